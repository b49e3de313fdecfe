import { IdentifierError, parseServiceId, serviceCodeOf } from '../../src/exchange/identifier.js'
import type { Catalogue } from '../../src/exchange/metaservice.js'
import type { ArrivedRequest } from '../../src/http/connection.js'
import { normalisedAuthority } from '../../src/http/head.js'
import type { RenderedReply } from '../../src/http/lane.js'
import { descriptionPrefix } from './service-path.js'

const nothing = new Uint8Array()

/**
 * Answers `GET /openapi/{service}` with the service's OpenAPI. It says what everybody may know, and so needs
 * no exchange.
 * @returns undefined where something else is asked
 */
export function describe(
  { incoming: { method, url = '', headers } }: ArrivedRequest,
  catalogue: Catalogue,
  scheme: 'http' | 'https',
): RenderedReply | undefined {
  if (!url.startsWith(descriptionPrefix)) return undefined
  const authority = normalisedAuthority(headers.host ?? '', scheme) ?? ''
  const isGet = method === 'GET' || method === 'HEAD'
  const description = isGet ? descriptionAt(url, catalogue, `${scheme}://${authority}`) : undefined
  const payload = description ?? nothing
  const rawHeaders = ['Content-Length', String(payload.length)]
  if (description) rawHeaders.push('Content-Type', 'application/json; charset=utf-8')
  return {
    status: description ? 200 : 404,
    rawHeaders,
    payload: method === 'HEAD' ? nothing : payload,
  }
}

function descriptionAt(url: string, catalogue: Catalogue, server: string): Uint8Array | undefined {
  const [path = ''] = url.slice(descriptionPrefix.length).split('?', 1)
  try {
    const service = parseServiceId(decodeURIComponent(path))
    const code = serviceCodeOf(service)
    return catalogue.description(code, service.slice(code.length + 1), 'openapi', server, 'anybody')
  } catch (error) {
    if (error instanceof IdentifierError || error instanceof URIError) return undefined
    throw error
  }
}
