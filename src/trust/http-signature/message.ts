import type {
  HttpReplyContent,
  HttpRequestContent,
  RawHeaders,
} from '../../exchange/http-content.js'
import { HeaderFields } from './header-fields.js'

/** A request as signature bases see it. */
export interface RequestMessage {
  readonly kind: 'request'
  readonly method: string
  readonly scheme: string
  readonly authority: string
  /** Origin form, undecoded. */
  readonly target: string
  readonly fields: HeaderFields
}

/** A response, with the request that it answers where that is known. */
export interface ReplyMessage {
  readonly kind: 'reply'
  readonly status: number
  readonly fields: HeaderFields
  readonly request: RequestMessage | undefined
}

export type HttpMessage = RequestMessage | ReplyMessage

export function requestMessage(content: HttpRequestContent): RequestMessage {
  const { method, scheme, authority, target, rawHeaders } = content
  return {
    kind: 'request',
    method,
    scheme,
    authority,
    target,
    fields: new HeaderFields(rawHeaders),
  }
}

export function replyMessage(
  content: Pick<HttpReplyContent, 'status' | 'rawHeaders'>,
  request: RequestMessage | undefined,
): ReplyMessage {
  const { status, rawHeaders } = content
  return { kind: 'reply', status, fields: new HeaderFields(rawHeaders), request }
}

const absoluteUri = /^(https?):\/\/([^/?#@\s]+)([/?][^#\s]*)?$/i

/**
 * A request that is known by its absolute URI, as a client or the outbound side knows it. The URI is
 * taken as it stands: normalising it would sign another target than the one that is sent.
 * @throws TypeError when `targetUri` is no absolute http or https URI
 */
export function requestMessageOf(
  method: string,
  targetUri: string,
  rawHeaders: RawHeaders,
): RequestMessage {
  const [, scheme, authority, rest = '/'] = absoluteUri.exec(targetUri) ?? []
  if (scheme === undefined || authority === undefined) {
    throw new TypeError('the target must be an absolute http or https URI without a fragment')
  }
  return {
    kind: 'request',
    method,
    scheme: scheme.toLowerCase(),
    authority: normalAuthority(scheme.toLowerCase(), authority.toLowerCase()),
    target: rest.startsWith('/') ? rest : `/${rest}`,
    fields: new HeaderFields(rawHeaders),
  }
}

// RFC 9421 §2.2.3: the default port of the scheme is left out.
function normalAuthority(scheme: string, authority: string): string {
  const port = scheme === 'https' ? ':443' : ':80'
  return authority.endsWith(port) ? authority.slice(0, -port.length) : authority
}
