import { TextDecoder } from 'node:util'
import { noteBytesMax, noteSignaturesMax } from '../limits/transparency.js'

/** A signed note, or a key for one, is not what it should be. */
export class NoteError extends Error {
  override readonly name = 'NoteError'
}

/** One signature line of a note. */
export interface NoteSignature {
  /** Name of the key. */
  readonly name: string
  /** First four bytes of the key's digest, as a number. */
  readonly keyId: number
  /** What follows the key id: its form is the algorithm's own matter. */
  readonly bytes: Buffer
}

/** A text with signatures below it (C2SP signed-note). */
export interface Note {
  /** Ends with a line break. */
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

const keyIdBytes = 4
// C2SP signed-note: no white space and no plus in the name of a key. A log's is its origin: of a hundred
// characters of a domain's code each may take twelve.
const namePattern = /^[^\s+\p{Cc}]{1,1400}$/u
const linePattern = /^\u2014 (?<name>[^\s+]+) (?<value>[A-Za-z0-9+/]+={0,2})$/u
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** @throws NoteError for a name that no key may have */
export function assertKeyName(name: string): void {
  if (!namePattern.test(name)) throw new NoteError(`${JSON.stringify(name)} is no name for a key`)
}

/** One signature line, with its line break. */
export function formatSignature({ name, keyId, bytes }: NoteSignature): string {
  const id = Buffer.alloc(keyIdBytes)
  id.writeUInt32BE(keyId)
  return `\u2014 ${name} ${Buffer.concat([id, bytes]).toString('base64')}\n`
}

/** The whole note. @throws NoteError for a text that cannot be signed */
export function formatNote({ text, signatures }: Note): string {
  assertText(text)
  return `${text}\n${signatures.map(formatSignature).join('')}`
}

/**
 * Takes a note apart. No signature is checked here, and lines of unknown keys are kept.
 * @throws NoteError for what is no note
 */
export function parseNote(bytes: Uint8Array | string): Note {
  const whole = decoded(bytes)
  // Signature lines hold no empty line, so the last one is where the text ends.
  const split = whole.lastIndexOf('\n\n')
  if (split < 0) throw new NoteError('the note has no signatures')
  const text = whole.slice(0, split + 1)
  assertText(text)
  const below = whole.slice(split + 2)
  if (!below.endsWith('\n')) throw new NoteError('the last line of the note has no end')
  const lines = below.slice(0, -1).split('\n')
  if (lines.length > noteSignaturesMax) throw new NoteError('the note has too many signatures')
  return { text, signatures: lines.map(parseSignature) }
}

/** Reads one signature line, without its line break. @throws NoteError */
export function parseSignature(line: string): NoteSignature {
  const { name = '', value = '' } = linePattern.exec(line)?.groups ?? {}
  const bytes = Buffer.from(value, 'base64')
  if (bytes.length <= keyIdBytes || bytes.toString('base64') !== value) {
    throw new NoteError('a line below the note is no signature')
  }
  assertKeyName(name)
  return { name, keyId: bytes.readUInt32BE(0), bytes: bytes.subarray(keyIdBytes) }
}

function decoded(bytes: Uint8Array | string): string {
  if (bytes.length > noteBytesMax) throw new NoteError('the note is too long')
  if (typeof bytes === 'string') return bytes
  try {
    return utf8.decode(bytes)
  } catch {
    throw new NoteError('the note is not in UTF-8')
  }
}

function assertText(text: string): void {
  const isSignable = text.endsWith('\n') && !hasControl(text) && text.isWellFormed()
  if (!isSignable) throw new NoteError('the text of the note cannot be signed')
}

// C2SP signed-note: no ASCII control characters but the line break.
function hasControl(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code < 0x20 && code !== 0x0a) return true
  }
  return false
}
