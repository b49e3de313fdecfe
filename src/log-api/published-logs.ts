import { bundleEntryBytesMax } from '../limits/transparency.js'
import type { LogTreeStore, StoredCheckpoint } from '../sequencing/log-tree.store.js'
import { parseCheckpoint } from '../tlog/checkpoint.js'
import type { NoteKey } from '../tlog/note-keys.js'
import { NoteError, parseNote } from '../tlog/note.js'
import { hashesAtLevel, tileWidth, type TilePlace } from '../tlog/tile.js'
import type { CosignatureStore } from './cosignature.store.js'
import { verifyCosignature } from './verify-cosignature.js'

export interface PublishedLogsParts {
  /** Read under the role of the auditors. */
  readonly tree: Pick<
    LogTreeStore,
    'latestCheckpoints' | 'latestCheckpoint' | 'checkpointAt' | 'tile' | 'entries'
  >
  readonly cosignatures: Pick<CosignatureStore, 'linesUnder' | 'newestCosigned'>
  /** Written under the role of the jobs. */
  readonly keep: CosignatureStore['keep']
  readonly witnesses: readonly NoteKey[]
}

/** What became of a witness's signature that was handed in. */
export type HandedIn = 'kept' | 'notAsNote' | 'notFound' | 'noWitness'

/** The logs as far as checkpoints were published: nothing beyond is shown, since it could still change. */
export class PublishedLogs {
  readonly #parts: PublishedLogsParts
  /** Sizes only grow, so a size that was read once may be asked for without the database. */
  readonly #sizes = new Map<string, number>()

  constructor(parts: PublishedLogsParts) {
    this.#parts = parts
  }

  latestCheckpoints(): Promise<StoredCheckpoint[]> {
    return this.#parts.tree.latestCheckpoints()
  }

  /**
   * A checkpoint with the witnesses' lines below the log's own (C2SP tlog-tiles, "Checkpoints").
   * @param isCosigned - the newest that a witness vouched for
   */
  async checkpoint(log: string, isCosigned: boolean): Promise<string | undefined> {
    const { tree, cosignatures } = this.#parts
    const size = isCosigned ? await cosignatures.newestCosigned(log) : undefined
    if (isCosigned && size === undefined) return undefined
    const checkpoint =
      size === undefined ? await tree.latestCheckpoint(log) : await tree.checkpointAt(log, size)
    if (!checkpoint) return undefined
    const lines = await cosignatures.linesUnder(log, checkpoint.size)
    return checkpoint.note + lines.map((line) => `${line.trimEnd()}\n`).join('')
  }

  /** Hashes of a tile, full or partial. */
  async hashes(log: string, place: TilePlace): Promise<Buffer | undefined> {
    return (await this.#reaches(log, place)) ? this.#parts.tree.tile(log, place) : undefined
  }

  /**
   * An entry bundle: each entry with its length before it (C2SP tlog-tiles, "Log entries").
   * @returns 'archived' where the log has them, but not here any more
   */
  async bundle(
    log: string,
    index: number,
    width: number,
  ): Promise<Buffer | 'archived' | undefined> {
    if (!(await this.#reaches(log, { level: 0, index, width }))) return undefined
    const entries = await this.#parts.tree.entries(log, index * tileWidth, width)
    if (entries.length < width) return 'archived'
    return Buffer.concat(entries.flatMap(({ entry }) => [lengthOf(entry), entry]))
  }

  /** Takes a checkpoint with witnesses' signatures below it; what is not a known witness's is not kept. */
  async handIn(log: string, origin: string, body: Uint8Array): Promise<HandedIn> {
    const { tree, witnesses, keep } = this.#parts
    const found = asNote(body)
    if (found?.checkpoint.origin !== origin) return 'notAsNote'
    const { note, checkpoint } = found
    const { size } = checkpoint
    const stored = await tree.checkpointAt(log, size)
    if (!stored || parseNote(stored.note).text !== note.text) return 'notFound'
    let count = 0
    for (const key of witnesses) {
      try {
        await keep({ log, size, witness: key.name, ...verifyCosignature(note, key) })
        count += 1
      } catch (error) {
        if (!(error instanceof NoteError)) throw error
      }
    }
    return count > 0 ? 'kept' : 'noWitness'
  }

  async #reaches(log: string, { level, index, width }: TilePlace): Promise<boolean> {
    const last = index * tileWidth + width
    if (last <= hashesAtLevel(this.#sizes.get(log) ?? 0, level)) return true
    const checkpoint = await this.#parts.tree.latestCheckpoint(log)
    if (!checkpoint) return false
    this.#sizes.set(log, checkpoint.size)
    return last <= hashesAtLevel(checkpoint.size, level)
  }
}

function asNote(body: Uint8Array) {
  try {
    const note = parseNote(body)
    return { note, checkpoint: parseCheckpoint(note.text) }
  } catch (error) {
    if (error instanceof NoteError) return undefined
    throw error
  }
}

function lengthOf({ length }: Buffer): Buffer {
  if (length > bundleEntryBytesMax) throw new RangeError('an entry is too long for a bundle')
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(length)
  return bytes
}
