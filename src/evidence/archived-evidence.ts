import { ArchiveError } from '../archive-reader/archive-error.js'
import {
  findArchived,
  type ArchivedEntry,
  type ArchivedExchange,
} from '../archive-reader/archived-exchange.js'
import { containerBytesMax } from '../limits/evidence.js'
import { parseVerifierKey, verifyNote } from '../tlog/note-keys.js'
import { formatNote, formatSignature, NoteError, parseNote } from '../tlog/note.js'
import { NoSuchExchange, type ArchivedEvidence, type ArchivedHalf } from './closed-exchange.js'
import type { CheckpointEvidence } from './exchange-evidence.js'

/** Archive files from which no evidence is made; the message says why to whoever named them. */
export class ArchiveNotUsable extends Error {
  override readonly name = 'ArchiveNotUsable'
}

/** The key by which a bus signs this log, in the form `name+id+key`, for a note that it signed. */
export type KeyOfLog = (log: string, note: string) => string

/**
 * Finds both halves of an exchange in files that `sluice log archive` made. The files are believed in nothing: each
 * entry is held against its file's checkpoint, and the checkpoint against the bus's own key.
 * @param paths - of files of one log, in any order; halves may lie in two of them
 * @throws NoSuchExchange, ArchiveNotUsable; Error where a file cannot be read
 */
export async function readArchived(
  paths: readonly string[],
  exchangeId: string,
  keyOf: KeyOfLog,
): Promise<ArchivedEvidence> {
  const found: ArchivedExchange[] = []
  for (const path of paths) {
    const exchange = await foundIn(path, exchangeId)
    if (!exchange) continue
    checkSigned(path, exchange, keyOf)
    found.push(exchange)
  }
  const [first, ...others] = found.toSorted((one, other) => other.size - one.size)
  if (!first) {
    throw new NoSuchExchange(`there is no exchange ${exchangeId} in ${paths.join(', ')}`)
  }
  if (others.some(({ origin }) => origin !== first.origin)) {
    throw new ArchiveNotUsable('The archive files are of different logs.')
  }
  const halves = [first, ...others].flatMap((exchange) => halvesOf(exchange, first.size))
  // A file that is named twice has nothing new.
  const byHalf = new Map(halves.toReversed().map((each) => [each.half, each]))
  checkHalves(byHalf)
  return {
    exchangeId,
    halves: [...byHalf.values()].toSorted((one, other) => one.half - other.half),
    checkpoint: checkpointOf(first),
    size: first.size,
  }
}

async function foundIn(path: string, exchangeId: string): Promise<ArchivedExchange | undefined> {
  try {
    return await findArchived(path, exchangeId, containerBytesMax)
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error
    throw new ArchiveNotUsable(`${path}: ${error.message}`, { cause: error })
  }
}

function checkSigned(path: string, { origin, log, note }: ArchivedExchange, keyOf: KeyOfLog): void {
  const text = note.toString('utf8')
  try {
    const key = parseVerifierKey(keyOf(log, text))
    if (key.name !== origin) throw new NoteError(`it is of the log ${origin}`)
    verifyNote(parseNote(text), key)
  } catch (error) {
    if (!(error instanceof NoteError)) throw error
    throw new ArchiveNotUsable(
      `The checkpoint in ${path} is not signed by this bus: ${error.message}.`,
      { cause: error },
    )
  }
}

function halvesOf({ entries, size }: ArchivedExchange, sizeOfAll: number): ArchivedHalf[] {
  return entries.flatMap(({ part, index, entry, proof, payload }) =>
    part === 1 || part === 2
      ? [
          {
            half: part,
            entry,
            index,
            proof: size === sizeOfAll ? proof : undefined,
            sealed: sealedOf(payload),
          },
        ]
      : [],
  )
}

function sealedOf(payload: ArchivedEntry['payload']): ArchivedHalf['sealed'] {
  if (!payload) return undefined
  const { nonce, ciphertext, dataKey } = payload
  const { id, wrappedKey, masterKeyId } = dataKey
  return { nonce, ciphertext, id, wrappedKey, masterKeyId }
}

/** Without its request an outcome would be evidence of nothing. @throws ArchiveNotUsable, NoSuchExchange */
function checkHalves(halves: ReadonlyMap<1 | 2, ArchivedHalf>): void {
  const [request, outcome] = [halves.get(1), halves.get(2)]
  if (!request && !outcome) throw new NoSuchExchange('the id is that of an act, and of no exchange')
  if (request || !outcome) return
  const { requestEntry } = JSON.parse(outcome.entry.toString('utf8')) as Record<string, unknown>
  if (requestEntry === undefined) return
  throw new ArchiveNotUsable(
    'The file has the outcome of this exchange, and its request is in the file before: give both, --archive FILE --archive FILE.',
  )
}

/** Stamped is the note by the log's key alone; below it the file has the lines of the witnesses. */
function checkpointOf({ log, origin, note, timestamps }: ArchivedExchange): CheckpointEvidence {
  const { text, signatures } = parseNote(note)
  const byLog = signatures.filter(({ name }) => name === origin)
  const byOthers = signatures.filter(({ name }) => name !== origin)
  return {
    log,
    note: formatNote({ text, signatures: byLog }),
    cosignatures: byOthers.map((each) => formatSignature(each).replace(/\n$/, '')),
    timestamps: timestamps.map(({ tsa, token, at }) => ({
      authority: tsa,
      token,
      stampedAt: at,
    })),
  }
}
