import type pg from 'pg'
import { tileRootsKeptMax } from '../limits/transparency.js'
import { hashBytes } from '../tlog/merkle.js'
import { auditLog } from '../tlog/checkpoint.js'
import { subtreeRoot, tileWidth, type TilePlace } from '../tlog/tile.js'

/** What the stores of the trees read with: one connection, or several. */
export type Queryable = Pick<pg.ClientBase, 'query'> | Pick<pg.Pool, 'query'>

/**
 * Tiles of the logs (C2SP tlog-tiles). Full ones are stored. Of a partial one the hashes are in the entries
 * that it is over, or are roots of the full tiles below it: those never change, so they are kept here.
 */
export class LogTiles {
  readonly #database: Queryable
  readonly #roots = new Map<string, Buffer>()

  constructor(database: Queryable) {
    this.#database = database
  }

  /** @returns undefined where the log does not reach so far */
  async read(log: string, { level, index, width }: TilePlace): Promise<Buffer | undefined> {
    const [full] = await this.#full(log, level, index, 1)
    if (full) return full.hashes.subarray(0, width * hashBytes)
    if (width === tileWidth) return undefined
    const first = index * tileWidth
    const hashes =
      level === 0
        ? await this.#leafHashes(log, first, width)
        : await this.#rootsBelow(log, level - 1, first, width)
    return hashes.length === width ? Buffer.concat(hashes) : undefined
  }

  async #full(
    log: string,
    level: number,
    first: number,
    count: number,
  ): Promise<{ readonly index: number; readonly hashes: Buffer }[]> {
    const { rows } = await this.#database.query<{ index: string; hashes: Buffer }>(
      `SELECT index, hashes FROM sluice.log_tile
        WHERE log = $1 AND level = $2 AND index >= $3 AND index < $4 ORDER BY index`,
      [log, level, first, first + count],
    )
    return rows.map(({ index, hashes }) => ({ index: Number(index), hashes }))
  }

  /** Leaf hashes as the entries' rows state them, as far as there are any without a gap. */
  async #leafHashes(log: string, first: number, count: number): Promise<Buffer[]> {
    const { rows } = await this.#database.query<{ hash: Buffer }>(
      `SELECT entry.leaf_hash AS hash FROM sluice.log_sequence AS place
         JOIN ${entryTableOf(log)} AS entry ON ${isAtPlace(log)}
        WHERE place.log = $1 AND place.index >= $2 AND place.index < $3 ORDER BY place.index`,
      [log, first, first + count],
    )
    return rows.map(({ hash }) => hash)
  }

  /** Roots of full tiles, as far as there are any. */
  async #rootsBelow(log: string, level: number, first: number, count: number): Promise<Buffer[]> {
    const nameOf = (index: number): string => `${level}/${index}/${log}`
    const roots: Buffer[] = []
    for (let index = first; index < first + count; index += 1) {
      const known = this.#roots.get(nameOf(index))
      if (!known) break
      roots.push(known)
    }
    const from = first + roots.length
    if (from === first + count) return roots
    if (this.#roots.size > tileRootsKeptMax) this.#roots.clear()
    for (const { index, hashes } of await this.#full(log, level, from, first + count - from)) {
      const root = subtreeRoot(hashes, 0, tileWidth)
      this.#roots.set(nameOf(index), root)
      roots.push(root)
    }
    return roots
  }
}

/** The table that holds the entries of a log. */
export function entryTableOf(log: string): string {
  return log === auditLog ? 'sluice.audit_log_entry' : 'sluice.message_log_entry'
}

/** That the row `entry` of that table is the one that has the place `place`. */
export function isAtPlace(log: string): string {
  return log === auditLog
    ? 'entry.act_id = place.entry_id AND place.part = 0'
    : 'entry.exchange_id = place.entry_id AND entry.half = place.part'
}
