import { createPublicKey, hash, verify, type KeyObject } from 'node:crypto'
import { TextDecoder } from 'node:util'
import { noteBytesMax, noteSignaturesMax } from '../limits/transparency.js'

/** Bytes are not what C2SP signed-note, tlog-checkpoint or tlog-cosignature describe. */
export class FormatError extends Error {
  override readonly name = 'FormatError'
}

/** A key that somebody's signatures under notes are checked by: the text `name+id+key`. */
export interface VerifierKey {
  readonly name: string
  readonly id: number
  /** A witness states when it signed; a log does not. */
  readonly isWitness: boolean
  readonly publicKey: KeyObject
}

export interface SignatureLine {
  readonly name: string
  readonly id: number
  readonly bytes: Buffer
}

/** A checkpoint as a note says it, with the signatures below. */
export interface SignedCheckpoint {
  readonly text: string
  readonly origin: string
  readonly size: number
  readonly root: Buffer
  readonly signatures: readonly SignatureLine[]
}

const logKeyType = 0x01
const witnessKeyType = 0x04
const rawKeyBytes = 32
const signatureBytes = 64
const idBytes = 4
/** A domain's code has a hundred characters, of which each may take twelve in its log's origin. */
const nameCharsMax = 1_400
const timeBytes = 8
/** RFC 8410 §4: what stands before an Ed25519 key in a SubjectPublicKeyInfo. */
const spkiStart = Buffer.from('302a300506032b6570032100', 'hex')
const dash = '\u2014 '
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** @throws FormatError for a text that is no key of a log or of a witness */
export function readVerifierKey(text: string): VerifierKey {
  const firstPlus = text.indexOf('+')
  const secondPlus = text.indexOf('+', firstPlus + 1)
  const name = text.slice(0, firstPlus)
  const idText = text.slice(firstPlus + 1, secondPlus)
  const bytes = strictBase64(text.slice(secondPlus + 1))
  const type = bytes?.[0]
  const isKnown = type === logKeyType || type === witnessKeyType
  if (!bytes || bytes.length !== 1 + rawKeyBytes || !isKnown || !isKeyName(name)) {
    throw new FormatError('this is no verifier key of the form name+id+key')
  }
  const digest = idOf(name, bytes)
  const id = digest.readUInt32BE(0)
  if (idText !== digest.toString('hex', 0, idBytes)) {
    throw new FormatError('the id of the verifier key is not that of its name and key')
  }
  const key = Buffer.concat([spkiStart, bytes.subarray(1)])
  const publicKey = createPublicKey({ key, format: 'der', type: 'spki' })
  return { name, id, isWitness: type === witnessKeyType, publicKey }
}

/** The same key as one that states when it signs, as witnesses do and logs may (C2SP tlog-cosignature). */
export function witnessKeyOf({ name, publicKey }: VerifierKey): VerifierKey {
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(spkiStart.length)
  const id = idOf(name, Buffer.concat([Buffer.of(witnessKeyType), raw])).readUInt32BE(0)
  return { name, id, isWitness: true, publicKey }
}

/** A key's id is the beginning of this (C2SP signed-note). */
function idOf(name: string, typeAndKey: Buffer): Buffer {
  return hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), typeAndKey]), 'buffer')
}

/** @throws FormatError for what is no signed checkpoint */
export function readCheckpoint(note: Uint8Array | string): SignedCheckpoint {
  if (note.length > noteBytesMax) throw new FormatError('the note is too long')
  const whole = typeof note === 'string' ? note : decoded(note)
  const end = whole.lastIndexOf('\n\n') + 1
  const text = whole.slice(0, end)
  const [origin = '', sizeText = '', rootText = ''] = text.split('\n')
  const root = strictBase64(rootText)
  const size = Number(sizeText)
  const isSize = String(size) === sizeText && Number.isSafeInteger(size) && size >= 0
  if (end === 0 || origin === '' || !isSize || root?.length !== 32 || hasControls(text)) {
    throw new FormatError('the text of the note is no checkpoint')
  }
  const below = whole.slice(end + 1)
  const lines = below.split('\n')
  if (lines.pop() !== '' || lines.length === 0 || lines.length > noteSignaturesMax) {
    throw new FormatError('the note has no signatures, too many, or is cut')
  }
  return { text, origin, size, root, signatures: lines.map(readSignatureLine) }
}

/** One line below a note, without its line break. @throws FormatError */
export function readSignatureLine(line: string): SignatureLine {
  const space = line.indexOf(' ', dash.length)
  const name = line.slice(dash.length, space)
  const bytes = space < 0 ? undefined : strictBase64(line.slice(space + 1))
  if (!line.startsWith(dash) || !isKeyName(name) || !bytes || bytes.length <= idBytes) {
    throw new FormatError('a line below the note is no signature')
  }
  return { name, id: bytes.readUInt32BE(0), bytes: bytes.subarray(idBytes) }
}

/**
 * Whether this line is the key's signature over the text.
 * @returns when a witness signed, Unix seconds; 0 of a log; undefined for a signature that is wrong
 */
export function signatureTime(
  text: string,
  line: SignatureLine,
  key: VerifierKey,
): number | undefined {
  if (line.name !== key.name || line.id !== key.id) return undefined
  if (!key.isWitness) return isSigned(text, line.bytes, key.publicKey) ? 0 : undefined
  const seconds = statedTime(line)
  if (seconds === undefined) return undefined
  const signed = `cosignature/v1\ntime ${seconds}\n${text}`
  return isSigned(signed, line.bytes.subarray(timeBytes), key.publicKey) ? seconds : undefined
}

/** When a witness says in its line that it signed, Unix seconds; undefined for a line of another form. */
export function statedTime({ bytes }: SignatureLine): number | undefined {
  if (bytes.length !== timeBytes + signatureBytes) return undefined
  const seconds = Number(bytes.readBigUInt64BE(0))
  return Number.isSafeInteger(seconds) ? seconds : undefined
}

function isSigned(text: string, signature: Buffer, key: KeyObject): boolean {
  return signature.length === signatureBytes && verify(null, Buffer.from(text), key, signature)
}

function decoded(note: Uint8Array): string {
  try {
    return utf8.decode(note)
  } catch {
    throw new FormatError('the note is not in UTF-8')
  }
}

/** One spelling only, so that no changed letter goes unseen. */
function strictBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.length > 0 && bytes.toString('base64') === text ? bytes : undefined
}

function isKeyName(name: string): boolean {
  return name.length > 0 && name.length <= nameCharsMax && !/[\s+\p{Cc}]/u.test(name)
}

function hasControls(text: string): boolean {
  return /[\u0000-\u0009\u000b-\u001f]/.test(text)
}
