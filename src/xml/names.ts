/**
 * Names after XML 1.0 §2.3 and Namespaces in XML 1.0 §3 and §4. The scan of a document takes every
 * byte outside ASCII for part of a name; whether the characters may stand in a name is decided here,
 * once for every name that is new.
 */
import { colon } from './characters.js'

/** 1 for the bytes that a name may hold: of ASCII exactly those, and every byte above. */
export const isNameByte = new Uint8Array(256)
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._:') {
  isNameByte[character.charCodeAt(0)] = 1
}
isNameByte.fill(1, 0x80)

// NameStartChar and what NameChar adds to it, without the colon, which splits a qualified name.
const start =
  'A-Z_a-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C\\u200D' +
  '\\u2070-\\u218F\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD\\u{10000}-\\u{EFFFF}'
const ncName = new RegExp(`^[${start}][${start}\\-.0-9\\u00B7\\u0300-\\u036F\\u203F\\u2040]*$`, 'u')

/** NCName (Namespaces in XML 1.0 §3): a name without a colon. */
export function isNcName(text: string): boolean {
  return ncName.test(text)
}

/** A qualified name in its parts; both are latin1 readings of UTF-8, like the name. */
export interface QualifiedName {
  readonly prefix: string
  readonly local: string
}

/**
 * Splits a qualified name, given as the latin1 reading of its UTF-8.
 * @returns undefined when it is none
 */
export function splitName(octets: string): QualifiedName | undefined {
  const at = octets.indexOf(String.fromCharCode(colon))
  const prefix = at < 0 ? '' : octets.slice(0, at)
  const local = octets.slice(at + 1)
  if (at >= 0 && !isNcName(utf8Of(prefix))) return undefined
  return isNcName(utf8Of(local)) ? { prefix, local } : undefined
}

/** The text whose UTF-8, read as latin1, is `octets`. */
export function utf8Of(octets: string): string {
  return Buffer.from(octets, 'latin1').toString('utf8')
}
