import type { Row } from './copy-rows.js'
import type { LogSnapshot } from './log-snapshot.store.js'

/** Name of the log of administrators' acts. */
export const auditLogName = 'audit'

/** Columns of an entry with its place, by their number in the row. */
export const place = {
  index: 0,
  entryId: 1,
  part: 2,
  /** Transaction that gave the place. */
  placedIn: 3,
  /** Of an entry with a place: whether the transaction that wrote the row is the one that it names. */
  isAsWritten: 4,
  /** Of one without: whether the sequencer has passed it by. */
  isPassedBy: 4,
  entry: 5,
  leafHash: 6,
  kind: 7,
  recordedAt: 8,
  // Of an exchange; of an act the first of them is its actor.
  domain: 9,
  actor: 9,
  consumer: 10,
  service: 11,
  outcome: 12,
  dataKeyId: 13,
  nonce: 14,
  ciphertext: 15,
} as const

const ofEntry = 'e.entry, e.leaf_hash, e.kind, e.recorded_at'
const ofExchange = `${ofEntry}, e.domain, e.consumer, e.service, e.outcome`
const ofAct = `${ofEntry}, e.actor`
const ofPayload = 'p.data_key_id, p.nonce, p.ciphertext'
const isAsWritten = 'e.xmin = e.written_in::xid'

export interface PlaceRange {
  readonly log: string
  readonly from: number
  /** Not in the range. */
  readonly to: number
  readonly withPayloads: boolean
}

/** Places of a log in the order of their indexes, each with its entry, where that is there. */
export function streamPlaces(
  snapshot: LogSnapshot,
  { log, from, to, withPayloads }: PlaceRange,
  onRow: (row: Row) => void,
): Promise<void> {
  const ofPlace = `s.index, s.entry_id, s.part, s.xmin, ${isAsWritten}`
  const range = `s.log = ${snapshot.text(log)} AND s.index >= ${from} AND s.index < ${to} ORDER BY s.index`
  if (log === auditLogName) {
    const sql = `SELECT ${ofPlace}, ${ofAct} FROM sluice.log_sequence AS s
      LEFT JOIN sluice.audit_log_entry AS e ON e.act_id = s.entry_id AND s.part = 0 WHERE ${range}`
    return snapshot.stream(sql, place.actor + 1, onRow, 'lookup')
  }
  const columns = withPayloads ? `${ofExchange}, ${ofPayload}` : ofExchange
  const payloads = withPayloads
    ? 'LEFT JOIN sluice.message_log_payload AS p ON p.exchange_id = s.entry_id AND p.half = s.part'
    : ''
  const sql = `SELECT ${ofPlace}, ${columns} FROM sluice.log_sequence AS s
    LEFT JOIN sluice.message_log_entry AS e ON e.exchange_id = s.entry_id AND e.half = s.part
    ${payloads} WHERE ${range}`
  const count = withPayloads ? place.ciphertext + 1 : place.outcome + 1
  return snapshot.stream(sql, count, onRow, 'lookup')
}

/** Ids of one stretch of time, the first one included and the second not. */
export interface IdRange {
  readonly from: string
  readonly to: string | undefined
}

/** Entries of exchanges that have a place in no log; the columns are those of a place. */
export function streamUnplaced(
  snapshot: LogSnapshot,
  range: IdRange,
  onRow: (row: Row) => void,
): Promise<void> {
  const sql = `SELECT -1::bigint, e.exchange_id, e.half, NULL, e.written_in < l.low, ${ofExchange}, ${ofPayload}
    FROM sluice.message_log_entry AS e LEFT JOIN sluice.log_sequencer AS l ON true
    LEFT JOIN sluice.message_log_payload AS p ON p.exchange_id = e.exchange_id AND p.half = e.half
    WHERE ${within('e.exchange_id', range)} AND NOT EXISTS (
      SELECT FROM sluice.log_sequence AS s WHERE ${within('s.entry_id', range)}
         AND s.entry_id = e.exchange_id AND s.part = e.half)`
  return snapshot.stream(sql, place.ciphertext + 1, onRow)
}

/** Acts that have no place. */
export function streamUnplacedActs(
  snapshot: LogSnapshot,
  onRow: (row: Row) => void,
): Promise<void> {
  const sql = `SELECT -1::bigint, e.act_id, 0::smallint, NULL, e.written_in < l.low, ${ofAct}
    FROM sluice.audit_log_entry AS e LEFT JOIN sluice.log_sequencer AS l ON true
    WHERE NOT EXISTS (
      SELECT FROM sluice.log_sequence AS s WHERE s.entry_id = e.act_id AND s.part = 0)`
  return snapshot.stream(sql, place.actor + 1, onRow)
}

/** Payloads without an entry: exchange and half. */
export function streamLonePayloads(
  snapshot: LogSnapshot,
  range: IdRange,
  onRow: (row: Row) => void,
): Promise<void> {
  const sql = `SELECT p.exchange_id, p.half FROM sluice.message_log_payload AS p
    WHERE ${within('p.exchange_id', range)} AND NOT EXISTS (
      SELECT FROM sluice.message_log_entry AS e WHERE ${within('e.exchange_id', range)}
         AND e.exchange_id = p.exchange_id AND e.half = p.half)`
  return snapshot.stream(sql, 2, onRow)
}

function within(column: string, { from, to }: IdRange): string {
  return `${column} >= '${from}'${to === undefined ? '' : ` AND ${column} < '${to}'`}`
}

/** First and last id of the exchanges, entries and payloads together; undefined of none. */
export async function readIdSpan(
  snapshot: LogSnapshot,
): Promise<{ readonly first: string; readonly last: string } | undefined> {
  const [row] = await snapshot.rows<{ first: string | null; last: string | null }>(
    `SELECT min(first::text) AS first, max(last::text) AS last FROM (
       SELECT (SELECT exchange_id FROM sluice.message_log_entry ORDER BY exchange_id LIMIT 1) AS first,
              (SELECT exchange_id FROM sluice.message_log_entry ORDER BY exchange_id DESC LIMIT 1) AS last
       UNION ALL
       SELECT (SELECT exchange_id FROM sluice.message_log_payload ORDER BY exchange_id LIMIT 1),
              (SELECT exchange_id FROM sluice.message_log_payload ORDER BY exchange_id DESC LIMIT 1)) AS span`,
  )
  return row && row.first !== null && row.last !== null
    ? { first: row.first, last: row.last }
    : undefined
}

/**
 * Leaf hashes of these exchanges' requests, as their rows state them and as full tiles have them; base64url by id.
 * The tile knows it where the row has gone to an archive.
 */
export async function readRequestHashes(
  snapshot: LogSnapshot,
  exchangeIds: readonly string[],
): Promise<Map<string, readonly string[]>> {
  const rows = await snapshot.rows<{ id: string; stated: Buffer | null; tile: Buffer | null }>(
    `SELECT wanted.id::text AS id, e.leaf_hash AS stated,
            substring(t.hashes FROM (s.index % 256)::integer * 32 + 1 FOR 32) AS tile
       FROM unnest($1::uuid[]) AS wanted (id)
       LEFT JOIN sluice.message_log_entry AS e ON e.exchange_id = wanted.id AND e.half = 1
       LEFT JOIN sluice.log_sequence AS s ON s.entry_id = wanted.id AND s.part = 1
       LEFT JOIN sluice.log_tile AS t ON t.log = s.log AND t.level = 0 AND t.index = s.index / 256`,
    [exchangeIds],
  )
  const textsOf = (hashes: readonly (Buffer | null)[]): string[] =>
    hashes.flatMap((hash) => (hash ? [hash.toString('base64url')] : []))
  return new Map(rows.map(({ id, stated, tile }) => [id, textsOf([stated, tile])]))
}

/** Whether a tile of entries before an index has this leaf hash. The newest tiles are looked through first. */
export async function isInArchivedTiles(
  snapshot: LogSnapshot,
  { log, upTo, hash }: { readonly log: string; readonly upTo: number; readonly hash: Buffer },
): Promise<boolean> {
  const rows = await snapshot.rows(
    `SELECT 1 FROM sluice.log_tile WHERE log = $1 AND level = 0 AND index * 256 < $2
        AND position($3::bytea IN hashes) > 0 ORDER BY index DESC LIMIT 1`,
    [log, upTo, hash],
  )
  return rows.length > 0
}

/**
 * Of rows that another transaction wrote than they name, those for which that is no surprise: older than the
 * column, moved to a partition by the transaction that made it, or left behind by one that recorded an archive.
 */
export async function readMovedRows(
  snapshot: LogSnapshot,
  ids: readonly string[],
): Promise<Set<string>> {
  const rows = await snapshot.rows<{ key: string }>(
    `SELECT e.exchange_id || '/' || e.half AS key FROM sluice.message_log_entry AS e
      WHERE e.exchange_id = ANY ($1::uuid[]) AND (e.written_in = '0' OR EXISTS (
        SELECT FROM pg_inherits AS i WHERE i.inhrelid = e.tableoid AND i.xmin = e.xmin)
        OR e.xmin IN (SELECT a.xmin FROM sluice.log_archive AS a))`,
    [ids],
  )
  return new Set(rows.map(({ key }) => key))
}

/** The first index of a log at or above another one; undefined if none is. */
export async function readNextIndex(
  snapshot: LogSnapshot,
  log: string,
  from: number,
): Promise<number | undefined> {
  const [row] = await snapshot.rows<{ index: string | null }>(
    'SELECT min(index) AS index FROM sluice.log_sequence WHERE log = $1 AND index >= $2',
    [log, from],
  )
  return row && row.index !== null ? Number(row.index) : undefined
}

/** How far the sequencer says it has come; undefined where it says nothing. */
export async function readSequencer(
  snapshot: LogSnapshot,
): Promise<{ readonly isAhead: boolean } | undefined> {
  const [row] = await snapshot.rows<{ ahead: boolean }>(
    `SELECT low > pg_snapshot_xmax(pg_current_snapshot()) AS ahead FROM sluice.log_sequencer`,
  )
  return row && { isAhead: row.ahead }
}

/** Data keys of payloads: id, master key's id, time, wrapped key. */
export function streamDataKeys(snapshot: LogSnapshot, onRow: (row: Row) => void): Promise<void> {
  const sql = 'SELECT id, master_key_id, created_at, wrapped_key FROM sluice.message_log_data_key'
  return snapshot.stream(sql, 4, onRow)
}
