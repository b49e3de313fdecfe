import type { IncomingMessage } from 'node:http'
import type { MalformedContent } from '../exchange/signed-content.js'
import { headBytes, isDisguisedEnvelopeField, stolenField } from './headers.js'
import { authoritiesMax } from '../limits/http.js'

export interface RequestHead {
  /** Lower case, default port dropped (RFC 9421 §2.2.3). */
  readonly authority: string
  /** Undefined for a chunked body; 0 where there is none. */
  readonly payloadBytes: number | undefined
}

export interface HeadTrouble {
  readonly reason: string
  readonly code: MalformedContent['code']
  readonly field: string
}

/** What a head is held to. */
export interface HeadRules {
  readonly scheme: 'http' | 'https'
  readonly headersMax: number
  /** With one of these every target begins; the first is the protocol's own. */
  readonly pathPrefixes: readonly [string, ...string[]]
  /** The bus's own authorities as `normalisedAuthority` has them; undefined where any is let pass. */
  readonly authorities: ReadonlySet<string> | undefined
}

const authorityPattern = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?$/
// Printable ASCII. Not the characters that one reader takes for another's (fragment, backslash) or
// that have no place in a URI; brackets, braces and bars are let pass, as many clients leave them raw.
const targetPattern = /^\/[!$-;=?-[\]-~]*$/

// A request in which a field that the signature covers can be taken away or put in again unsigned.
function misuse(name: string, value: string): HeadTrouble | undefined {
  const lowerName = name.toLowerCase()
  if (isDisguisedEnvelopeField(lowerName)) {
    return trouble('REQUEST_INVALID', lowerName, 'The header field is spelt like one of the bus.')
  }
  const stolen = lowerName === 'connection' ? stolenField(value) : undefined
  if (stolen === undefined) return undefined
  return trouble(
    'REQUEST_INVALID',
    'connection',
    'Connection names a header field that belongs to the message.',
  )
}

/**
 * What two readers of one head could understand differently is refused before anybody reads it (RFC
 * 9112 §11.2). Node's own parser has refused the rest: two lengths, length with chunks, folded lines,
 * blanks before the colon, control characters.
 */
export function checkHead(
  { url, httpVersion, rawHeaders }: Pick<IncomingMessage, 'url' | 'httpVersion' | 'rawHeaders'>,
  rules: HeadRules,
): RequestHead | HeadTrouble {
  const { headersMax, pathPrefixes } = rules
  if (rawHeaders.length > 2 * headersMax) {
    return trouble(
      'PAYLOAD_UNSAFE',
      'head',
      `The request has more than ${headersMax} header fields.`,
    )
  }
  if (httpVersion !== '1.1' && httpVersion !== '1.0') {
    return trouble('REQUEST_INVALID', 'protocol', 'The protocol must be HTTP/1.1.')
  }
  const target = url ?? ''
  if (!targetPattern.test(target)) {
    return trouble(
      'REQUEST_INVALID',
      'path',
      'The request target must be a path in valid characters.',
    )
  }
  if (!pathPrefixes.some((prefix) => target.startsWith(prefix))) {
    return trouble('REQUEST_INVALID', 'path', `The path does not begin with ${pathPrefixes[0]}.`)
  }
  return checkFields(rawHeaders, rules, httpVersion)
}

function checkFields(
  rawHeaders: readonly string[],
  { scheme, authorities }: HeadRules,
  httpVersion: string,
): RequestHead | HeadTrouble {
  let host: string | undefined
  let payloadBytes: number | undefined = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? ''
    const value = rawHeaders[i + 1] ?? ''
    const misused = misuse(name, value)
    if (misused) return misused
    // Lengths of host, content-length and transfer-encoding: the others need no second look.
    if (name.length === 4 && name.toLowerCase() === 'host') {
      if (host !== undefined)
        return trouble('PAYLOAD_UNSAFE', 'Host', 'The field Host is repeated.')
      host = value
    } else if (name.length === 14 && name.toLowerCase() === 'content-length') {
      payloadBytes = Number(value)
    } else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') {
      if (value.toLowerCase() !== 'chunked' || httpVersion !== '1.1') {
        return trouble('PAYLOAD_UNSAFE', 'Transfer-Encoding', 'Only chunked is understood.')
      }
      payloadBytes = undefined
    }
  }
  const authority = normalisedAuthority(host ?? '', scheme)
  if (authority === undefined) {
    return trouble('REQUEST_INVALID', 'Host', 'The field Host is missing or invalid.')
  }
  // A signature over `@path` alone does not say which host was meant.
  if (authorities && !authorities.has(authority)) {
    return trouble('REQUEST_INVALID', 'Host', 'The field Host names no address of this bus.')
  }
  if (payloadBytes !== undefined && !Number.isSafeInteger(payloadBytes)) {
    return trouble('PAYLOAD_UNSAFE', 'Content-Length', 'The length is out of range.')
  }
  return { authority, payloadBytes }
}

// Consumers use few names for the bus; what they send is looked at once.
const knownAuthorities = new Map<string, string>()

/** Lower case, default port dropped (RFC 9421 §2.2.3); undefined for what is no authority. */
export function normalisedAuthority(host: string, scheme: 'http' | 'https'): string | undefined {
  const key = `${scheme}:${host}`
  const known = knownAuthorities.get(key)
  if (known !== undefined) return known
  const lower = host.toLowerCase()
  if (!authorityPattern.test(lower)) return undefined
  const authority = lower.replace(scheme === 'http' ? /:80$/ : /:443$/, '')
  if (knownAuthorities.size < authoritiesMax) knownAuthorities.set(key, authority)
  return authority
}

/** A request's head as received; blanks around values are the only thing not kept. */
export function headOf({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  return headBytes(`${method ?? ''} ${url ?? ''} HTTP/${httpVersion}`, rawHeaders)
}

function trouble(code: HeadTrouble['code'], field: string, reason: string): HeadTrouble {
  return { code, field, reason }
}
