import { consistencyProof, inclusionProof, type ReadHash } from '../tlog/merkle.js'
import { hashesFromTiles, type TilePlace } from '../tlog/tile.js'
import { entryTableOf, isAtPlace, LogTiles, type Queryable } from './log-tiles.store.js'

/** A checkpoint as it is stored. */
export interface StoredCheckpoint {
  readonly log: string
  readonly size: number
  readonly root: Buffer
  /** The signed note (C2SP signed-note) by the log's key alone; cosignatures are kept apart. */
  readonly note: string
  readonly madeAt: Date
}

/** Which half of an exchange an entry tells of, or 0 for an administrator's act. */
export type EntryPart = 0 | 1 | 2

/** Where an entry has its place for ever. */
export interface LogPlace {
  readonly log: string
  readonly index: number
}

/** An entry with its place. */
export interface PlacedEntry extends LogPlace {
  /** The exchange, or the act. */
  readonly entryId: string
  readonly part: EntryPart
  /** Canonical bytes. */
  readonly entry: Buffer
  /** As the row states it. */
  readonly leafHash: Buffer
}

interface CheckpointRow {
  readonly log: string
  readonly size: string
  readonly root_hash: Buffer
  readonly note: string
  readonly made_at: Date
}

const checkpointColumns = 'log, size, root_hash, note, made_at'

/**
 * Reads the logs as trees: checkpoints, tiles, places of entries, proofs. The role of the jobs and that of
 * the auditors may. Nothing is checked here: whoever gets a proof verifies it.
 */
export class LogTreeStore {
  readonly #database: Queryable
  readonly #tiles: LogTiles

  constructor(database: Queryable) {
    this.#database = database
    this.#tiles = new LogTiles(database)
  }

  /** The newest checkpoint of each log, by name of the log. */
  async latestCheckpoints(): Promise<StoredCheckpoint[]> {
    // One step down the index for each log, however many checkpoints it has.
    const { rows } = await this.#database.query<CheckpointRow>(
      `WITH RECURSIVE name AS (
         (SELECT log FROM sluice.log_checkpoint ORDER BY log LIMIT 1)
         UNION ALL
         SELECT (SELECT log FROM sluice.log_checkpoint
                  WHERE log > name.log ORDER BY log LIMIT 1) FROM name WHERE name.log IS NOT NULL
       )
       SELECT newest.* FROM name CROSS JOIN LATERAL (
         SELECT ${checkpointColumns} FROM sluice.log_checkpoint
          WHERE log = name.log ORDER BY size DESC LIMIT 1) AS newest
        ORDER BY log`,
    )
    return rows.map(storedCheckpoint)
  }

  /** The newest checkpoint of a log; undefined where it has none yet. */
  latestCheckpoint(log: string): Promise<StoredCheckpoint | undefined> {
    return this.#checkpoint('log = $1 ORDER BY size DESC LIMIT 1', [log])
  }

  /** The checkpoint of exactly this size. */
  checkpointAt(log: string, size: number): Promise<StoredCheckpoint | undefined> {
    return this.#checkpoint('log = $1 AND size = $2', [log, size])
  }

  /** The first checkpoint of at least this size: of index + 1, the first that an entry is under. */
  firstCheckpointFrom(log: string, size: number): Promise<StoredCheckpoint | undefined> {
    return this.#checkpoint('log = $1 AND size >= $2 ORDER BY size LIMIT 1', [log, size])
  }

  /** The place of an entry; undefined while it has none. */
  async placeOf(entryId: string, part: EntryPart): Promise<LogPlace | undefined> {
    const { rows } = await this.#database.query<{ log: string; index: string }>(
      'SELECT log, index FROM sluice.log_sequence WHERE entry_id = $1 AND part = $2',
      [entryId, part],
    )
    const [row] = rows
    return row && { log: row.log, index: Number(row.index) }
  }

  /**
   * Entries by index, as many as are there without a gap from the first on: what went to an archive is
   * missing.
   */
  async entries(log: string, first: number, count: number): Promise<PlacedEntry[]> {
    const { rows } = await this.#database.query<{
      index: string
      entry_id: string
      part: EntryPart
      entry: Buffer
      leaf_hash: Buffer
    }>(
      `SELECT place.index, place.entry_id, place.part, entry.entry, entry.leaf_hash
         FROM sluice.log_sequence AS place JOIN ${entryTableOf(log)} AS entry ON ${isAtPlace(log)}
        WHERE place.log = $1 AND place.index >= $2 AND place.index < $3 ORDER BY place.index`,
      [log, first, first + count],
    )
    const entries = rows.map((row) => ({
      log,
      index: Number(row.index),
      entryId: row.entry_id,
      part: row.part,
      entry: row.entry,
      leafHash: row.leaf_hash,
    }))
    const gap = entries.findIndex(({ index }, at) => index !== first + at)
    return gap < 0 ? entries : entries.slice(0, gap)
  }

  /** The hashes of a tile, full or partial; undefined where the log does not reach so far. */
  tile(log: string, place: TilePlace): Promise<Buffer | undefined> {
    return this.#tiles.read(log, place)
  }

  /** Hashes of the complete subtrees of the first `size` entries, which proofs are made from. */
  hashesOf(log: string, size: number): ReadHash {
    return hashesFromTiles(size, async (place) => {
      const tile = await this.tile(log, place)
      if (!tile) throw new RangeError(`the log ${log} does not reach to size ${size}`)
      return tile
    })
  }

  /**
   * RFC 9162 §2.1.3.1.
   * @throws RangeError for an index that is not below the size, or a size that the log has not reached
   */
  inclusionProof({ log, index }: LogPlace, size: number): Promise<Buffer[]> {
    return inclusionProof(index, size, this.hashesOf(log, size))
  }

  /**
   * RFC 9162 §2.1.4.1.
   * @throws RangeError unless 0 < from <= size, or for a size that the log has not reached
   */
  consistencyProof(log: string, from: number, size: number): Promise<Buffer[]> {
    return consistencyProof(from, size, this.hashesOf(log, size))
  }

  async #checkpoint(condition: string, values: unknown[]): Promise<StoredCheckpoint | undefined> {
    const { rows } = await this.#database.query<CheckpointRow>(
      `SELECT ${checkpointColumns} FROM sluice.log_checkpoint WHERE ${condition}`,
      values,
    )
    return rows[0] && storedCheckpoint(rows[0])
  }
}

function storedCheckpoint(row: CheckpointRow): StoredCheckpoint {
  return {
    log: row.log,
    size: Number(row.size),
    root: row.root_hash,
    note: row.note,
    madeAt: row.made_at,
  }
}
