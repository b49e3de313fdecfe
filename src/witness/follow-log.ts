import { BoundedClient } from '../bounded-request.js'
import { logFollowMsMax, noteBytesMax, witnessAnswerBytesMax } from '../limits/transparency.js'
import { consistencyProof, hashBytes, rootOf } from '../tlog/merkle.js'
import type { NoteKey } from '../tlog/note-keys.js'
import { formatNote, NoteError, parseNote } from '../tlog/note.js'
import { tilePath } from '../tlog/tile-path.js'
import { tileBytes, tileWidth, type TilePlace } from '../tlog/tile.js'
import { seenCheckpoint, type SeenCheckpoint } from './seen-checkpoint.js'
import { TileError, verifiedHashes } from './verified-tiles.js'
import type { Witness } from './witness.js'

/** A log that is followed: where it is read, and whose signature its checkpoints bear. */
export interface FollowedLog {
  /** Before `/checkpoint` and `/tile/…` (C2SP tlog-tiles: the prefix), without a slash at its end. */
  readonly address: string
  readonly key: NoteKey
}

/** How one turn at a log ended. */
export type FollowOutcome =
  /** Vouched for, and the log has the signature. */
  | { readonly kind: 'cosigned'; readonly size: number }
  /** The log could not be read, or its signature not be handed in; the next turn may do better. */
  | { readonly kind: 'failed'; readonly why: string }
  /** The log did not behave: nothing more of it is vouched for. */
  | { readonly kind: 'forked' | 'shrunk'; readonly why: string; readonly evidence: string }

export interface FollowOptions {
  /** Breaks the turn off. */
  readonly stop?: AbortSignal
  /** The whole turn, milliseconds. */
  readonly timeMsMax?: number
}

/** The log gave what it should not, but nothing that its signature is on. */
class LogTrouble extends Error {}

/**
 * One turn of a witness that fetches: checkpoint, tiles, consistency with what was seen last, signature. The
 * proof is computed here, from tiles; whatever the log's server sends, nothing is believed but hashes.
 */
export async function followLog(
  log: FollowedLog,
  witness: Witness,
  { stop, timeMsMax = logFollowMsMax }: FollowOptions = {},
): Promise<FollowOutcome> {
  const client = new BoundedClient()
  const limit = AbortSignal.timeout(timeMsMax)
  const signal = stop ? AbortSignal.any([limit, stop]) : limit
  try {
    return await follow(log, witness, { client, signal })
  } catch (error) {
    if (!isTroubleOfTheLog(error)) throw error
    return { kind: 'failed', why: error.message }
  } finally {
    await client.close()
  }
}

interface Reach {
  readonly client: BoundedClient
  readonly signal: AbortSignal
}

async function follow(log: FollowedLog, witness: Witness, reach: Reach): Promise<FollowOutcome> {
  const { key } = log
  const bytes = await fetchBytes(log, 'checkpoint', noteBytesMax, reach)
  const seen = seenCheckpoint(parseNote(bytes), key)
  const known = await witness.latest(key)
  if (known && seen.size < known.size) {
    const evidence = await witness.report('shrunk', key, known, seen)
    return { kind: 'shrunk', why: `it has ${seen.size} entries, and had ${known.size}`, evidence }
  }
  const { proof, fromRoot } = await pastOf(seen, known?.size ?? 0, log, reach)
  if (known && !fromRoot.equals(known.root)) {
    const evidence = await witness.report('forked', key, known, seen)
    return {
      kind: 'forked',
      why: `its first ${known.size} entries are others than before`,
      evidence,
    }
  }
  const note = formatNote(seen.note)
  const judgement = await witness.add({ oldSize: known?.size ?? 0, proof, note })
  if (judgement.kind !== 'cosigned') return { kind: 'failed', why: judgement.why }
  await handIn(log, formatNote(judgement.note), reach)
  return { kind: 'cosigned', size: judgement.size }
}

/** What the log's tiles say today of its state of before, and the proof that leads there. */
async function pastOf(
  { size, root }: SeenCheckpoint,
  from: number,
  log: FollowedLog,
  reach: Reach,
): Promise<{ readonly fromRoot: Buffer; readonly proof: Buffer[] }> {
  if (from === size) return { fromRoot: root, proof: [] }
  const read = await verifiedHashes(size, root, (place) => fetchTile(place, log, reach))
  const fromRoot = await rootOf(from, read)
  return { fromRoot, proof: from === 0 ? [] : await consistencyProof(from, size, read) }
}

/** C2SP tlog-tiles, "Partial Tiles": a log may have nothing but the full one once that is there. */
async function fetchTile(place: TilePlace, log: FollowedLog, reach: Reach): Promise<Buffer> {
  const bytes = place.width * hashBytes
  const path = tilePath(place)
  const part = await fetchIfThere(log, path, bytes, reach)
  if (part?.length === bytes) return part
  const isPartial = part === undefined && place.width < tileWidth
  const whole = tilePath({ ...place, width: tileWidth })
  const tile = isPartial ? await fetchBytes(log, whole, tileBytes, reach) : undefined
  if (tile?.length !== tileBytes) throw new LogTrouble(`${path} has not ${place.width} hashes`)
  return tile.subarray(0, bytes)
}

async function fetchBytes(
  log: FollowedLog,
  path: string,
  bytesMax: number,
  reach: Reach,
): Promise<Buffer> {
  const bytes = await fetchIfThere(log, path, bytesMax, reach)
  if (!bytes) throw new LogTrouble(`${path}: the log has none`)
  return bytes
}

async function fetchIfThere(
  { address }: FollowedLog,
  path: string,
  bytesMax: number,
  { client, signal }: Reach,
): Promise<Buffer | undefined> {
  const { status, body } = await asked(client.ask(`${address}/${path}`, { bytesMax, signal }), path)
  if (status === 404) return undefined
  if (status !== 200) throw new LogTrouble(`${path}: the log answers ${status}`)
  return body
}

async function handIn(
  { address }: FollowedLog,
  note: string,
  { client, signal }: Reach,
): Promise<void> {
  const asking = client.ask(`${address}/cosignature`, {
    method: 'POST',
    body: note,
    bytesMax: witnessAnswerBytesMax,
    signal,
  })
  const { status } = await asked(asking, 'cosignature')
  if (status === 403) {
    throw new LogTrouble(
      'cosignature: the log answers 403: it does not know this witness; its operator has to be given the verifier key',
    )
  }
  if (status !== 200) throw new LogTrouble(`cosignature: the log answers ${status}`)
}

async function asked<Value>(asking: Promise<Value>, path: string): Promise<Value> {
  try {
    return await asking
  } catch (error) {
    throw new LogTrouble(`${path}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}

function isTroubleOfTheLog(error: unknown): error is Error {
  return error instanceof LogTrouble || error instanceof NoteError || error instanceof TileError
}
