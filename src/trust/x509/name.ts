import { contentOf, DerError, derTag, rawOf, type DerReader, type DerValue } from './der.js'
import { oidOf } from './der-values.js'
import { listItemsMax } from '../../limits/certificates.js'

/** A distinguished name, prepared for comparison (RFC 5280 §7.1). */
export interface Name {
  /** Comparable form of each relative distinguished name, most significant first. */
  readonly rdns: readonly string[]
  /** Comparable form of the whole name: two names are the same where their keys are. */
  readonly key: string
  /** For people, most significant first: `C=AZ, O=Vergilər Nazirliyi, CN=GCQ`. */
  readonly text: string
  /** Values of emailAddress attributes, which rfc822 name constraints bind too. */
  readonly emails: readonly string[]
}

const emailAddress = '1.2.840.113549.1.9.1'

const shortNames: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.97': 'organizationIdentifier',
  '0.9.2342.19200300.100.1.25': 'DC',
  [emailAddress]: 'emailAddress',
}

/** Reads a Name (RFC 5280 §4.1.2.4) where the reader stands. @throws DerError */
export function readName(reader: DerReader): Name {
  const sequence = reader.enter(derTag.sequence)
  const parts: Rdn[] = []
  while (!sequence.done) {
    if (parts.length >= listItemsMax) throw new DerError('a name has too many parts')
    parts.push(readRdn(sequence.enter(derTag.set)))
  }
  return {
    rdns: parts.map((part) => part.key),
    key: nameKey(parts.map((part) => part.key)),
    text: parts.map((part) => part.text).join(', '),
    emails: parts.flatMap((part) => part.emails),
  }
}

/** Comparable form of a name made of these comparable parts. */
export function nameKey(rdns: readonly string[]): string {
  return JSON.stringify(rdns)
}

export interface Rdn {
  readonly key: string
  readonly text: string
  readonly emails: readonly string[]
}

/** Reads the attributes of one RelativeDistinguishedName; the reader stands inside it. @throws DerError */
export function readRdn(set: DerReader): Rdn {
  const keys: string[] = []
  const texts: string[] = []
  const emails: string[] = []
  do {
    if (keys.length >= listItemsMax) throw new DerError('a name has too many parts')
    const attribute = set.enter(derTag.sequence)
    const type = oidOf(attribute.next(derTag.oid))
    const value = attribute.next()
    attribute.finish()
    const text = textOf(value)
    keys.push(rawAttributeKey(type, value))
    texts.push(`${shortNames[type] ?? type}=${printable(text ?? rawOf(value).toString('hex'))}`)
    if (type === emailAddress && text !== undefined) emails.push(text)
  } while (!set.done)
  return { key: keys.sort().join('+'), text: texts.join('+'), emails }
}

/** Comparable form of one attribute with a value of characters. */
export function attributeKey(type: string, text: string): string {
  return JSON.stringify([type, prepared(text)])
}

/** Comparable form of one attribute. @throws DerError */
export function rawAttributeKey(type: string, value: DerValue): string {
  const text = textOf(value)
  return text === undefined
    ? JSON.stringify([type, rawOf(value).toString('hex'), 'raw'])
    : attributeKey(type, text)
}

/** Whether `name` lies in the subtree of `base`. */
export function isWithin(name: Name, base: Name): boolean {
  return base.rdns.every((rdn, index) => name.rdns[index] === rdn)
}

const decoders: Readonly<Record<number, (bytes: Buffer) => string>> = {
  [derTag.utf8String]: (bytes) => decodeUtf8(bytes),
  [derTag.printableString]: (bytes) => bytes.toString('latin1'),
  [derTag.teletexString]: (bytes) => bytes.toString('latin1'),
  [derTag.ia5String]: (bytes) => bytes.toString('latin1'),
  [derTag.visibleString]: (bytes) => bytes.toString('latin1'),
  [derTag.bmpString]: (bytes) => decodeWide(bytes, 2),
  [derTag.universalString]: (bytes) => decodeWide(bytes, 4),
}

/** A directory string's text; undefined for a value that is no character string. */
function textOf(value: DerValue): string | undefined {
  return decoders[value.tag]?.(contentOf(value))
}

function decodeUtf8(bytes: Buffer): string {
  const text = bytes.toString('utf8')
  if (!Buffer.from(text, 'utf8').equals(bytes)) throw new DerError('a name is not UTF-8')
  return text
}

function decodeWide(bytes: Buffer, width: 2 | 4): string {
  if (bytes.length % width !== 0) throw new DerError('a name breaks off')
  let text = ''
  for (let at = 0; at < bytes.length; at += width) {
    const point = bytes.readUIntBE(at, width)
    if (point > 0x10ffff) throw new DerError('a name holds no character')
    text += String.fromCodePoint(point)
  }
  if (!text.isWellFormed()) throw new DerError('a name holds half a character')
  return text
}

// Most names are ASCII, for which the rules come down to less; the general way costs 20 times more.
const ascii = /^[ -~]*$/

/** RFC 4518 §2 as RFC 5280 §7.1 uses it: map, normalise, fold case, collapse white space. */
function prepared(text: string): string {
  const mapped = ascii.test(text)
    ? text.toLowerCase()
    : text
        .replace(/[\t-\r\u0085\p{Z}]/gu, ' ')
        .replace(/[\p{Cc}\p{Cf}\u034f\u180b-\u180d\ufe00-\ufe0f\ufffc]/gu, '')
        .normalize('NFKC')
        .toLowerCase()
        .normalize('NFKC')
  return mapped.replace(/ +/g, ' ').trim()
}

/** Control and format characters could forge lines of a report. */
function printable(text: string): string {
  const safe = ascii.test(text) ? text : text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd')
  return safe.slice(0, 256)
}
