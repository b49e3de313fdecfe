import { parseCheckpoint, type Checkpoint } from '../tlog/checkpoint.js'
import { verifyNote, type NoteKey } from '../tlog/note-keys.js'
import { NoteError, type Note } from '../tlog/note.js'

/** A checkpoint whose signature by its log was checked. */
export interface SeenCheckpoint extends Checkpoint {
  /** Text and the log's own signature, nothing else: what strangers add is not kept. */
  readonly note: Note
}

/**
 * Checks who signed a checkpoint, and of which log it is.
 * @throws NoteError
 */
export function seenCheckpoint(note: Note, key: NoteKey): SeenCheckpoint {
  const { text } = verifyNote(note, key)
  const checkpoint = parseCheckpoint(text)
  if (checkpoint.origin !== key.name) throw new NoteError('the checkpoint is another log’s')
  const own = note.signatures.filter(({ name, keyId }) => name === key.name && keyId === key.keyId)
  return { ...checkpoint, note: { text, signatures: own } }
}
