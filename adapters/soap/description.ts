import type { ArrivedRequest } from '../../src/http/connection.js'
import type { RenderedReply } from '../../src/http/lane.js'

const nothing = new Uint8Array()

/**
 * Answers `GET /{service}?wsdl`. It says what everybody may know, and so needs no exchange.
 * @returns undefined where something else is asked, or there is no such description
 */
export function describe(
  { incoming: { method, url = '' } }: ArrivedRequest,
  descriptions: ReadonlyMap<string, Uint8Array>,
): RenderedReply | undefined {
  if (method !== 'GET' && method !== 'HEAD') return undefined
  const [path = '', query] = url.split('?', 2)
  if (query?.toLowerCase() !== 'wsdl') return undefined
  const description = descriptions.get(decoded(path.slice(1)))
  if (!description) return undefined
  const rawHeaders = ['Content-Type', 'text/xml; charset=utf-8']
  rawHeaders.push('Content-Length', String(description.length))
  return { status: 200, rawHeaders, payload: method === 'HEAD' ? nothing : description }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return ''
  }
}
