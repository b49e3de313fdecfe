import { setTimeout as pause } from 'node:timers/promises'
import { parseCheckpoint, type Checkpoint } from '../src/tlog/checkpoint.js'
import { hashBytes } from '../src/tlog/merkle.js'
import { parseVerifierKey, verifyNote } from '../src/tlog/note-keys.js'
import { parseNote } from '../src/tlog/note.js'
import { tilePath } from '../src/tlog/tile-path.js'
import { tileOf, tileWidth } from '../src/tlog/tile.js'

const waitMsMax = 20_000
const pauseMs = 100

/** A checkpoint, and which of its entries has the hash that was looked for. */
export interface FoundEntry {
  readonly checkpoint: Checkpoint
  readonly index: number
}

/**
 * Looks for an entry's hash at the end of a log, as anybody may, until its checkpoints have come to it.
 * @param address - of the log, before `/checkpoint`
 * @param key - the log's, as `name+id+key`
 * @throws Error where it is not there in time
 * @throws NoteError for a checkpoint that this key did not sign
 */
export async function untilPublished(
  address: string,
  key: string,
  leafHash: Buffer,
): Promise<FoundEntry> {
  const deadline = Date.now() + waitMsMax
  while (Date.now() < deadline) {
    const checkpoint = await checkpointOf(address, key)
    const index = checkpoint && (await indexIn(address, checkpoint.size, leafHash))
    if (checkpoint && index !== undefined) return { checkpoint, index }
    await pause(pauseMs)
  }
  throw new Error(`the entry was not in the log within ${waitMsMax / 1_000} seconds`)
}

/**
 * Waits for a timestamp over a checkpoint, as the bus's metrics tell of it.
 * @param management - address of the metrics
 * @param seconds - Unix time that the timestamp has to be later than
 * @returns Unix time of the timestamp, in seconds
 * @throws Error where there is none in time
 */
export async function untilStamped(management: string, seconds: number): Promise<number> {
  const deadline = Date.now() + waitMsMax
  while (Date.now() < deadline) {
    const metrics = (await read(`${management}/metrics`))?.toString('utf8') ?? ''
    const [, last = '0'] =
      /^sluice_timestamp_last_seconds(?:\{[^}]*\})? (\S+)$/m.exec(metrics) ?? []
    if (Number(last) > seconds) return Number(last)
    await pause(pauseMs)
  }
  throw new Error(`no checkpoint was stamped within ${waitMsMax / 1_000} seconds`)
}

async function checkpointOf(address: string, key: string): Promise<Checkpoint | undefined> {
  const bytes = await read(`${address}/checkpoint`)
  return bytes && parseCheckpoint(verifyNote(parseNote(bytes), parseVerifierKey(key)).text)
}

/** Among the last entries: those of the last tile, and of the one before. */
async function indexIn(
  address: string,
  size: number,
  leafHash: Buffer,
): Promise<number | undefined> {
  for (const last of [size - 1, size - 1 - tileWidth]) {
    if (last < 0) continue
    const place = tileOf(0, last, size)
    const hashes = await read(`${address}/${tilePath(place)}`)
    for (let at = 0; hashes && at < place.width; at += 1) {
      const hash = hashes.subarray(at * hashBytes, (at + 1) * hashBytes)
      if (hash.equals(leafHash)) return place.index * tileWidth + at
    }
  }
  return undefined
}

async function read(url: string): Promise<Buffer | undefined> {
  const answer = await fetch(url)
  return answer.ok ? Buffer.from(await answer.arrayBuffer()) : undefined
}
