import type { LogSnapshot } from './log-snapshot.store.js'

/** Entries below one hash of the lowest level of tiles (C2SP tlog-tiles). */
export const tileWidth = 256
const levels = [0, 1, 2, 3, 4, 5, 6, 7]

export interface TileRow {
  readonly level: number
  readonly index: number
  readonly hashes: Buffer
}

/** What a log has; sizes as the rows state them. */
export interface LogExtent {
  readonly log: string
  /** One above the highest index. */
  readonly places: number
  /** Size of the newest checkpoint; 0 of none. */
  readonly signed: number
}

/** Every log that has any row, in the order of their names. */
export async function readLogs(snapshot: LogSnapshot): Promise<LogExtent[]> {
  // One step down the index for each log, however many rows it has.
  const namesOf = (table: string): string => `(
    WITH RECURSIVE name AS (
      (SELECT log FROM sluice.${table} ORDER BY log LIMIT 1)
      UNION ALL
      SELECT (SELECT log FROM sluice.${table} WHERE log > name.log ORDER BY log LIMIT 1)
        FROM name WHERE name.log IS NOT NULL)
    SELECT log FROM name WHERE log IS NOT NULL)`
  const tables = ['log_sequence', 'log_tile', 'log_checkpoint']
  const rows = await snapshot.rows<{ log: string; last: string | null; signed: string | null }>(
    `SELECT log,
       (SELECT index FROM sluice.log_sequence AS s WHERE s.log = name.log ORDER BY index DESC LIMIT 1) AS last,
       (SELECT size FROM sluice.log_checkpoint AS c WHERE c.log = name.log ORDER BY size DESC LIMIT 1) AS signed
     FROM (${tables.map(namesOf).join(' UNION ')}) AS name ORDER BY log COLLATE "C"`,
  )
  return rows.map(({ log, last, signed }) => ({
    log,
    places: last === null ? 0 : Number(last) + 1,
    signed: Number(signed ?? 0),
  }))
}

/** Tiles that a tree fills while it grows from one size to another. */
export async function readTiles(
  snapshot: LogSnapshot,
  log: string,
  [from, to]: readonly [from: number, to: number],
): Promise<TileRow[]> {
  const tilesOf = (size: number): number[] =>
    levels.map((level) => Math.floor(size / tileWidth ** (level + 1)))
  const rows = await snapshot.rows<{ level: number; index: string; hashes: Buffer }>(
    `SELECT tile.level, tile.index, tile.hashes
       FROM unnest($2::smallint[], $3::bigint[], $4::bigint[]) AS range (level, first, beyond)
       JOIN sluice.log_tile AS tile ON tile.log = $1 AND tile.level = range.level
        AND tile.index >= range.first AND tile.index < range.beyond`,
    [log, levels, tilesOf(from), tilesOf(to)],
  )
  return rows.map(({ level, index, hashes }) => ({ level, index: Number(index), hashes }))
}

/** Tiles that a tree of this size cannot fill, the first of each level. */
export async function readTilesBeyond(
  snapshot: LogSnapshot,
  log: string,
  size: number,
): Promise<Omit<TileRow, 'hashes'>[]> {
  const rows = await snapshot.rows<{ level: number; index: string }>(
    `SELECT level, min(index) AS index FROM sluice.log_tile
      WHERE log = $1 AND index >= div($2::numeric, ${tileWidth}::numeric ^ (level + 1))
      GROUP BY level ORDER BY level`,
    [log, size],
  )
  return rows.map(({ level, index }) => ({ level, index: Number(index) }))
}

export interface CheckpointRow {
  readonly size: number
  readonly rootHash: Buffer
  readonly note: string
  /** Microseconds since 1970. */
  readonly madeAt: number
}

interface RawCheckpoint {
  readonly size: string
  readonly root: Buffer
  readonly note: string
  readonly made: string
}

const checkpointsReadMax = 100_000
const checkpointColumns = `size, root_hash AS root, note, ${microseconds('made_at')} AS made`

/** Checkpoints above one size and up to another, smallest first. */
export async function readCheckpoints(
  snapshot: LogSnapshot,
  log: string,
  [above, upTo]: readonly [above: number, upTo: number],
): Promise<CheckpointRow[]> {
  const rows = await snapshot.rows<RawCheckpoint>(
    `SELECT ${checkpointColumns} FROM sluice.log_checkpoint
      WHERE log = $1 AND size > $2 AND size <= $3 ORDER BY size LIMIT ${checkpointsReadMax}`,
    [log, above, upTo],
  )
  return rows.map(checkpointRow)
}

/** The newest checkpoints of a log, largest first. */
export async function readNewestCheckpoints(
  snapshot: LogSnapshot,
  log: string,
): Promise<CheckpointRow[]> {
  const rows = await snapshot.rows<RawCheckpoint>(
    `SELECT ${checkpointColumns} FROM sluice.log_checkpoint WHERE log = $1 ORDER BY size DESC LIMIT 1000`,
    [log],
  )
  return rows.map(checkpointRow)
}

function checkpointRow({ size, root, note, made }: RawCheckpoint): CheckpointRow {
  return { size: Number(size), rootHash: root, note, madeAt: Number(made) }
}

/** What somebody else says of a checkpoint: a witness in a line, or a time-stamping authority in a token. */
export interface AttestationRow {
  readonly size: number
  readonly by: string
  readonly line: string | undefined
  readonly token: Buffer | undefined
  /** Microseconds since 1970. */
  readonly at: number
}

/** Cosignatures and time-stamps of checkpoints above one size and up to another, smallest first. */
export async function readAttestations(
  snapshot: LogSnapshot,
  log: string,
  [above, upTo]: readonly [above: number, upTo: number],
): Promise<AttestationRow[]> {
  const range = 'log = $1 AND size > $2 AND size <= $3'
  const rows = await snapshot.rows<{
    size: string
    by: string
    line: string | null
    token: Buffer | null
    at: string
  }>(
    `SELECT size, witness AS by, line, NULL::bytea AS token, ${microseconds('made_at')} AS at
       FROM sluice.log_cosignature WHERE ${range}
     UNION ALL
     SELECT size, tsa, NULL, token, ${microseconds('stamped_at')} FROM sluice.log_timestamp WHERE ${range}
     ORDER BY size, by`,
    [log, above, upTo],
  )
  return rows.map(({ size, by, line, token, at }) => ({
    size: Number(size),
    by,
    line: line ?? undefined,
    token: token ?? undefined,
    at: Number(at),
  }))
}

/** Cosignatures and time-stamps of a checkpoint that is not there. */
export async function readLoneAttestations(
  snapshot: LogSnapshot,
): Promise<
  { readonly log: string; readonly size: number; readonly by: string; isStamp: boolean }[]
> {
  const alone = `NOT EXISTS (SELECT FROM sluice.log_checkpoint AS c WHERE c.log = a.log AND c.size = a.size)`
  const rows = await snapshot.rows<{ log: string; size: string; by: string; stamp: boolean }>(
    `SELECT log, size, witness AS by, false AS stamp FROM sluice.log_cosignature AS a WHERE ${alone}
     UNION ALL
     SELECT log, size, tsa, true FROM sluice.log_timestamp AS a WHERE ${alone}
     ORDER BY log, size, by LIMIT ${checkpointsReadMax}`,
  )
  return rows.map(({ log, size, by, stamp }) => ({ log, size: Number(size), by, isStamp: stamp }))
}

function microseconds(column: string): string {
  return `(extract(epoch FROM ${column}) * 1000000)::bigint`
}
