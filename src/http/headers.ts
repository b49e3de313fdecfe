import type { RawHeaders } from '../exchange/http-content.js'

/**
 * Fields that belong to one connection and not to the message (RFC 9110 §7.6.1), those that frame it,
 * and those that tell of the host behind it (X-Road REST v1 §4.3, filtered headers).
 */
const ofTheConnection: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'server',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
])

/**
 * Fields that speak for the bus's own address or tell a provider to read another request than the
 * one that was signed; no signature has to cover them, so they stop here, in both directions.
 */
const ofTheHop: ReadonlySet<string> = new Set([
  'alt-svc',
  'cookie',
  'forwarded',
  'public-key-pins',
  'set-cookie',
  'strict-transport-security',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-forwarded-proto',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'x-original-url',
  'x-rewrite-url',
])

/** Fields whose meaning the exchange depends on; a request MUST NOT carry one of them twice. */
export function isEnvelopeField(lowerName: string): boolean {
  return lowerName.startsWith('x-road-') || lowerName.startsWith('sluice-')
}

/**
 * Whether a name is an envelope field's in another spelling. CGI, WSGI and PHP fold every character
 * but letters and digits into one, so that `X_Road_Client` would reach a provider's code as the
 * sender, unsigned.
 */
export function isDisguisedEnvelopeField(lowerName: string): boolean {
  // Nearly all names begin with neither x nor s.
  const first = lowerName.charCodeAt(0)
  if (first !== 0x78 && first !== 0x73) return false
  // Nor has any that is spelt right a character that would be folded into another one.
  if (!/[^a-z0-9-]/.test(lowerName)) return false
  const folded = lowerName.replace(/[^a-z0-9]/g, '-')
  return isEnvelopeField(folded)
}

const neverNamedByConnection = /^(?:x-road-|sluice-|content-|signature|host$|date$|authorization$)/

/** A field that `Connection` names and that belongs to the message all the same; undefined if none. */
export function stolenField(connection: string): string | undefined {
  return connection
    .toLowerCase()
    .split(',')
    .map((option) => option.trim())
    .find((option) => neverNamedByConnection.test(option))
}

/** First value of a field, or undefined. */
export function firstValue(rawHeaders: RawHeaders, lowerName: string): string | undefined {
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? ''
    if (name.length === lowerName.length && name.toLowerCase() === lowerName) {
      return rawHeaders[i + 1]
    }
  }
  return undefined
}

/** All values of a list field in order, as one value (RFC 9110 §5.3), or undefined. */
export function joinedValue(rawHeaders: RawHeaders, lowerName: string): string | undefined {
  let joined: string | undefined
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? ''
    if (name.length !== lowerName.length || name.toLowerCase() !== lowerName) continue
    const value = rawHeaders[i + 1] ?? ''
    joined = joined === undefined ? value : `${joined}, ${value}`
  }
  return joined
}

/**
 * Fields of a message that travel on to its receiver: without those of the connection, those that
 * `Connection` names, and those that `keep` refuses.
 * @param keep - is asked with the lower-case name
 */
export function endToEnd(rawHeaders: RawHeaders, keep: (lowerName: string) => boolean): string[] {
  const kept: string[] = []
  let named: Set<string> | undefined
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? ''
    const lowerName = name.toLowerCase()
    if (lowerName === 'connection') named = addOptions(named, rawHeaders[i + 1] ?? '')
    if (ofTheConnection.has(lowerName) || ofTheHop.has(lowerName)) continue
    if (isDisguisedEnvelopeField(lowerName) || !keep(lowerName)) continue
    kept.push(name, rawHeaders[i + 1] ?? '')
  }
  return named ? without(kept, [...named]) : kept
}

/** Removes every field of these lower-case names. */
export function without(rawHeaders: RawHeaders, lowerNames: readonly string[]): string[] {
  const kept: string[] = []
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? ''
    if (!isOneOf(name, lowerNames)) kept.push(name, rawHeaders[i + 1] ?? '')
  }
  return kept
}

/** Fields of a provider's answer that the bus's signature over its reply takes in. */
const signedInReplies = ['content-type', 'signature-input', 'signature', 'content-digest'] as const

/**
 * The field of a provider's answer that the bus could not sign: RFC 9421 §2.5 lets no bytes outside
 * ASCII into a signature base.
 */
export function unsignableField(rawHeaders: RawHeaders): string | undefined {
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? ''
    if (!isOneOf(name, signedInReplies)) continue
    if (/[^\t\x20-\x7e]/.test(rawHeaders[i + 1] ?? '')) return name.toLowerCase()
  }
  return undefined
}

// Most names differ in length already, and need no lower case.
function isOneOf(name: string, lowerNames: readonly string[]): boolean {
  for (const lowerName of lowerNames) {
    if (name.length === lowerName.length && name.toLowerCase() === lowerName) return true
  }
  return false
}

// The two common options name no field; only what else stands there costs a second pass.
function addOptions(named: Set<string> | undefined, value: string): Set<string> | undefined {
  for (const option of value.toLowerCase().split(',')) {
    const trimmed = option.trim()
    if (trimmed === '' || trimmed === 'keep-alive' || trimmed === 'close') continue
    // What belongs to the message is not the connection's to take away (RFC 9110 §7.6.1).
    if (neverNamedByConnection.test(trimmed)) continue
    named ??= new Set()
    named.add(trimmed)
  }
  return named
}

/** A message's head as text, in the bytes it has on the wire (Latin-1). */
export function headBytes(startLine: string, rawHeaders: RawHeaders): Buffer {
  let text = `${startLine}\r\n`
  for (let i = 0; i < rawHeaders.length; i += 2) {
    text += `${rawHeaders[i] ?? ''}: ${rawHeaders[i + 1] ?? ''}\r\n`
  }
  return Buffer.from(`${text}\r\n`, 'latin1')
}
