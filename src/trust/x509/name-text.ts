import { DerError, DerReader } from './der.js'
import { attributeKey, rawAttributeKey, type Name } from './name.js'

/*
 * Distinguished names as text (RFC 4514, and what was written before it). Only for looking a
 * certificate up among those that are registered: nothing is believed because of such a text.
 */

/** What stacks write for the types that names have; in capitals. */
const typesByKeyword: Readonly<Record<string, string>> = {
  CN: '2.5.4.3',
  SN: '2.5.4.4',
  SURNAME: '2.5.4.4',
  SERIALNUMBER: '2.5.4.5',
  C: '2.5.4.6',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  S: '2.5.4.8',
  STREET: '2.5.4.9',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  T: '2.5.4.12',
  TITLE: '2.5.4.12',
  G: '2.5.4.42',
  GN: '2.5.4.42',
  GIVENNAME: '2.5.4.42',
  ORGANIZATIONIDENTIFIER: '2.5.4.97',
  DC: '0.9.2342.19200300.100.1.25',
  UID: '0.9.2342.19200300.100.1.1',
  E: '1.2.840.113549.1.9.1',
  EMAIL: '1.2.840.113549.1.9.1',
  EMAILADDRESS: '1.2.840.113549.1.9.1',
}

/**
 * Whether a text names the same as `name`. RFC 4514 writes the most significant part last; some stacks
 * write it first, and both are taken.
 */
export function namesSame(text: string, name: Name): boolean {
  const rdns = readNameText(text)
  if (rdns?.length !== name.rdns.length) return false
  const last = rdns.length - 1
  return (
    rdns.every((rdn, index) => rdn === name.rdns[last - index]) ||
    rdns.every((rdn, index) => rdn === name.rdns[index])
  )
}

// One attribute, with what follows it: `,` or `;` and another part, `+` and another of the same part. No
// two pieces of it can take the same character, so that a search for a match never tries in vain for long.
const attribute = new RegExp(
  '\\s*(?:[Oo][Ii][Dd]\\.)?([A-Za-z][A-Za-z0-9-]*|[0-9]+(?:\\.[0-9]+)+)\\s*=\\s*' +
    '("(?:[^"\\\\]|\\\\.)*"\\s*|(?:(?:[^\\s",;+\\\\]|\\\\.)(?:[^",;+\\\\]|\\\\.)*)?)([,;+]|$)',
  'suy',
)

/** Comparable form of each part, in the order of the text; undefined where it is no name. */
function readNameText(text: string): string[] | undefined {
  const rdns: string[] = []
  let keys: string[] = []
  attribute.lastIndex = 0
  for (;;) {
    const [, type = '', value = '', end] = attribute.exec(text) ?? []
    const key = keyOf(type, withoutTrailingSpace(value))
    if (key === undefined) return undefined
    keys.push(key)
    if (end === '+') continue
    rdns.push(keys.sort().join('+'))
    keys = []
    if (end === '') return rdns
  }
}

/** DER in hexadecimal (RFC 4514 §2.4). */
const hexValue = /^#(?:[0-9A-Fa-f]{2})+$/

/** Space at the end is none of the value's, unless a backslash stands before it. */
function withoutTrailingSpace(value: string): string {
  const bare = value.trimEnd()
  return bare.endsWith('\\') && bare.length < value.length ? `${bare} ` : bare
}

function keyOf(type: string, value: string): string | undefined {
  const oid = /^[0-9]/.test(type) ? type : typesByKeyword[type.toUpperCase()]
  if (oid === undefined) return undefined
  if (!hexValue.test(value)) return attributeKey(oid, unescaped(value))
  try {
    return rawAttributeKey(oid, new DerReader(Buffer.from(value.slice(1), 'hex')).next())
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}

/** RFC 4514 §2.4: a backslash before two hexadecimal digits is an octet, before all else the character. */
function unescaped(value: string): string {
  const inner = value.startsWith('"') ? value.slice(1, -1) : value
  return inner.replace(/(?:\\[0-9A-Fa-f]{2})+|\\(.)/gsu, (escaped, character?: string) =>
    character === undefined
      ? Buffer.from(escaped.replaceAll('\\', ''), 'hex').toString('utf8')
      : character,
  )
}
