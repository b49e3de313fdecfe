import { createPublicKey, hash, verify, type KeyObject } from 'node:crypto'
import { ArchiveError } from './archive-error.js'

// C2SP signed-note and tlog-cosignature, read apart from the code that writes them.

/** A key that a note may be signed by, of the form `name+id+key`. */
export interface VerifierKey {
  readonly name: string
  readonly id: Buffer
  readonly kind: 'log' | 'witness'
  readonly key: KeyObject
}

const idBytes = 4
const keyBytes = 32
const timeBytes = 8
const signatureBytes = 64
const logKind = 1
const witnessKind = 4
const spkiOfEd25519 = Buffer.from('302a300506032b6570032100', 'hex')

/** @returns undefined for what is no such key, or of an algorithm that is not known here */
export function readVerifierKey(text: string): VerifierKey | undefined {
  const parts = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/u.exec(text.trim())
  const [, name = '', idText = '', value = ''] = parts ?? []
  const bytes = Buffer.from(value, 'base64')
  const kind = bytes[0] === logKind ? 'log' : 'witness'
  const isKnown = bytes[0] === logKind || bytes[0] === witnessKind
  if (!isKnown || bytes.length !== 1 + keyBytes) return undefined
  const id = Buffer.from(idText, 'hex')
  const digest = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), bytes]), 'buffer')
  if (!digest.subarray(0, idBytes).equals(id)) return undefined
  const spki = Buffer.concat([spkiOfEd25519, bytes.subarray(1)])
  return { name, id, kind, key: createPublicKey({ key: spki, format: 'der', type: 'spki' }) }
}

/** The text of a note, with its line break, and the signatures below it. */
export interface SignedText {
  readonly text: string
  readonly signatures: readonly { readonly name: string; readonly value: Buffer }[]
}

/** @throws ArchiveError for what is no signed note */
export function readSignedText(note: Buffer): SignedText {
  const whole = note.toString('utf8')
  const end = whole.lastIndexOf('\n\n')
  if (end < 0 || !whole.endsWith('\n') || !Buffer.from(whole).equals(note)) throw unreadable()
  const lines = whole.slice(end + 2, -1).split('\n')
  const signatures = lines.map((line) => {
    const [, name = '', value = ''] = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+=*)$/u.exec(line) ?? []
    const bytes = Buffer.from(value, 'base64')
    if (name === '' || bytes.length <= idBytes) throw unreadable()
    return { name, value: bytes }
  })
  return { text: whole.slice(0, end + 1), signatures }
}

/**
 * A checkpoint's note as its log signed it, without the lines that witnesses put below: its bytes are what
 * timestamps are over. Its lines are those that bear the name of the origin, and come first.
 */
export function noteOfLog(note: Buffer, origin: string): Buffer {
  const whole = note.toString('utf8')
  const end = whole.lastIndexOf('\n\n') + 2
  const lines = whole.slice(end, -1).split('\n')
  const own = lines.filter((line) => line.startsWith(`\u2014 ${origin} `))
  return Buffer.from(whole.slice(0, end) + own.map((line) => `${line}\n`).join(''))
}

/** What a checkpoint says: first three lines of its text (C2SP tlog-checkpoint). */
export function readCheckpointText(text: string): { origin: string; size: number; root: string } {
  const [origin = '', size = '', root = ''] = text.split('\n')
  if (origin === '' || !/^(?:0|[1-9][0-9]{0,15})$/.test(size)) throw unreadable()
  return { origin, size: Number(size), root }
}

/** Whose signatures a note has by name; none of them is checked here. */
export function signersOf({ signatures }: SignedText): string[] {
  return signatures.map(({ name }) => name)
}

/**
 * Checks that this key signed the note.
 * @throws ArchiveError signature-missing, signature-wrong
 */
export function checkSignature({ text, signatures }: SignedText, by: VerifierKey): void {
  const own = signatures.filter(
    ({ name, value }) => name === by.name && value.subarray(0, idBytes).equals(by.id),
  )
  const [signature] = own
  if (!signature || own.length > 1) throw new ArchiveError('signature-missing', by.name)
  const value = signature.value.subarray(idBytes)
  const seconds = by.kind === 'witness' && value.length > timeBytes ? value.readBigUInt64BE() : 0n
  const signed = by.kind === 'log' ? text : `cosignature/v1\ntime ${seconds}\n${text}`
  const bytes = by.kind === 'log' ? value : value.subarray(timeBytes)
  if (bytes.length !== signatureBytes || !verify(null, Buffer.from(signed), by.key, bytes)) {
    throw new ArchiveError('signature-wrong', by.name)
  }
}

function unreadable(): ArchiveError {
  return new ArchiveError('part-unreadable', 'checkpoint')
}
