import { verifyNote, type NoteKey } from '../tlog/note-keys.js'
import { formatSignature, NoteError, parseNote, type Note } from '../tlog/note.js'

/** What a witness signed, checked. */
export interface VerifiedCosignature {
  /** With its line break. */
  readonly line: string
  readonly signedAt: Date
}

/**
 * Checks a witness's signature under a note (C2SP tlog-cosignature).
 * @throws NoteError
 */
export function verifyCosignature(note: Note, key: NoteKey): VerifiedCosignature {
  const { signedAt } = verifyNote(note, key)
  // A cosignature says when; the epoch and what no calendar has are no times.
  if (!(Number(signedAt) > 0)) throw new NoteError(`the signature by ${key.name} says no time`)
  const own = note.signatures.find(({ name, keyId }) => name === key.name && keyId === key.keyId)
  if (!signedAt || !own) throw new NoteError(`${key.name} is no witness`)
  return { line: formatSignature(own), signedAt }
}

/** A checkpoint with what a witness answered below it. @throws NoteError */
export function withLines(note: string, lines: string): Note {
  return parseNote(note + lines)
}
