import { addCheckpointBytesMax, consistencyProofHashesMax } from '../limits/transparency.js'
import { parseSize } from './checkpoint.js'
import { hashBytes } from './merkle.js'
import { NoteError } from './note.js'

/** What a log asks of a witness (C2SP tlog-witness, "add-checkpoint"). */
export interface AddCheckpoint {
  /** Size of the checkpoint that the witness knows; 0 where it knows none. */
  readonly oldSize: number
  /** From the old size to that of the checkpoint. */
  readonly proof: readonly Buffer[]
  /** The checkpoint, signed. */
  readonly note: string
}

const oldSizePattern = /^old (?<size>[0-9]{1,20})$/

/** The body of the request. */
export function formatAddCheckpoint({ oldSize, proof, note }: AddCheckpoint): string {
  const lines = proof.map((hash) => `${hash.toString('base64')}\n`)
  return `old ${oldSize}\n${lines.join('')}\n${note}`
}

/**
 * Takes the body of the request apart; of the note nothing is checked here.
 * @throws NoteError for what is no such body
 */
export function parseAddCheckpoint(bytes: Uint8Array): AddCheckpoint {
  if (bytes.length > addCheckpointBytesMax) throw new NoteError('the request is too long')
  const text = decoded(bytes)
  // No line of this part is empty, so the first empty one ends it.
  const split = text.indexOf('\n\n')
  if (split < 0) throw new NoteError('the request has no empty line before its checkpoint')
  const [first = '', ...proof] = text.slice(0, split).split('\n')
  if (proof.length > consistencyProofHashesMax) throw new NoteError('the proof has too many lines')
  const oldSize = parseSize(oldSizePattern.exec(first)?.groups?.['size'] ?? '')
  if (oldSize === undefined) throw new NoteError('the request has no old size')
  return { oldSize, proof: proof.map(hashOf), note: text.slice(split + 2) }
}

function hashOf(line: string): Buffer {
  const hash = Buffer.from(line, 'base64')
  if (hash.length !== hashBytes || hash.toString('base64') !== line) {
    throw new NoteError('a line of the proof is no hash of 32 bytes')
  }
  return hash
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new NoteError('the request is not in UTF-8')
  }
}
