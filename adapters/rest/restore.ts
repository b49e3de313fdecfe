import type { KeptRequest } from '../../src/exchange/envelope.js'
import type { HttpRequestContent } from '../../src/exchange/http-content.js'
import { normalisedAuthority } from '../../src/http/head.js'
import { firstValue } from '../../src/http/headers.js'
import { parseHead, requestLineOf } from '../../src/http/kept-head.js'

/**
 * A request of this lane again, as the message log keeps it.
 * @param scheme - by which consumers reach the bus; the head does not say it
 * @throws HttpHeadError
 */
export function restoreRequest(
  { head, payload }: Pick<KeptRequest, 'head' | 'payload'>,
  scheme: 'http' | 'https',
): HttpRequestContent {
  const parsed = parseHead(head)
  const { method, target } = requestLineOf(parsed)
  const { rawHeaders } = parsed
  return {
    format: 'http',
    method,
    scheme,
    authority: normalisedAuthority(firstValue(rawHeaders, 'host') ?? '', scheme) ?? '',
    target,
    rawHeaders,
    head: () => head,
    readPayload: () => Promise.resolve(payload),
  }
}
