import type pg from 'pg'
import { auditLog, logOfDomain, unassignedLog } from '../tlog/checkpoint.js'
import { parseSnapshot, type Snapshot, type Taken } from './taken.js'

/** What one log got in a pass. */
export interface PlacedBatch {
  readonly log: string
  readonly count: number
  /** Leaf hashes in the order of their places. */
  readonly hashes: Buffer
  /** When the first of them was recorded. */
  readonly oldestAt: Date
  /** The last of them in their order: its transaction, or its id where old ones were looked for. */
  readonly last: string
}

/** What a pass found and gave places. */
export interface PlacedEntries {
  readonly snapshot: Snapshot
  readonly logs: readonly PlacedBatch[]
  readonly count: number
}

interface Row {
  readonly snapshot: string
  readonly log: string | null
  readonly count: number
  readonly hashes: Buffer
  readonly oldest: Date
  readonly last: string
}

/**
 * A row that two passes see is given one place all the same. OFFSET keeps this a look into the index for each
 * row, whatever the planner thinks of the number of rows.
 */
export const hasNoPlace = (id: string, part: string): string =>
  `NOT EXISTS (SELECT FROM sluice.log_sequence AS place
                WHERE place.entry_id = ${id} AND place.part = ${part} OFFSET 0)`

// No code of a domain is longer. Whoever writes rows past the registry gets no log of that name, whose origin and
// key nobody could bear: it would stop the logs of all others. The verifier tells of such a row.
const domainCharsMax = 100

const exchangeRows = `
  SELECT CASE WHEN domain IS NULL OR char_length(domain) > ${domainCharsMax} THEN '${unassignedLog}' ELSE '${logOfDomain('')}' || domain END AS log,
         written_in, row_id, exchange_id AS entry_id, half AS part, recorded_at, leaf_hash
    FROM sluice.message_log_entry
   WHERE true`
const unplacedExchangeRows = `${exchangeRows} AND ${hasNoPlace('exchange_id', 'half')}`

const actRows = `
  SELECT '${auditLog}', written_in, NULL::bigint, act_id, 0::smallint, recorded_at, leaf_hash
    FROM sluice.audit_log_entry
   WHERE true`
const unplacedActRows = `${actRows} AND ${hasNoPlace('act_id', '0::smallint')}`

// Rows that name a transaction still to come were loaded from a dump; they had their turn among the old.
const isNew = 'written_in >= $3::xid8 AND written_in < pg_snapshot_xmax(pg_current_snapshot())'
const wasOpen = 'written_in = ANY($4::xid8[])'

const newRows = (exchanges: string, acts: string): string => `
  (${exchanges} AND ${wasOpen})
  UNION ALL
  (${exchanges} AND ${isNew} ORDER BY written_in, row_id LIMIT $5)
  UNION ALL
  (${acts} AND ${wasOpen})
  UNION ALL
  (${acts} AND ${isNew} ORDER BY written_in, act_id LIMIT $5)`

const oldRows = `
  (${unplacedExchangeRows} AND exchange_id >= $3::uuid ORDER BY exchange_id, half LIMIT $5)
  UNION ALL
  (${unplacedActRows} AND act_id >= $4::uuid ORDER BY act_id LIMIT $5)`

/**
 * The server itself writes the places: of a row no more than its hash leaves it.
 * @param order - of rows in their log
 * @param last - what of a row tells how far the pass came
 */
const placing = (rows: string, order: string, last: string): string => `
  WITH waiting (log, written_in, row_id, entry_id, part, recorded_at, leaf_hash)
    AS MATERIALIZED (${rows}),
  numbered AS (
    SELECT waiting.*, row_number() OVER (PARTITION BY log ORDER BY ${order}) - 1 AS number
      FROM waiting),
  placed AS (
    INSERT INTO sluice.log_sequence (log, index, entry_id, part)
    SELECT numbered.log, coalesce(head.size, 0) + number, entry_id, part
      FROM numbered LEFT JOIN unnest($1::text[], $2::bigint[]) AS head (log, size)
                    ON head.log = numbered.log)
  SELECT pg_current_snapshot()::text AS snapshot, found.*
    FROM (VALUES (1)) AS one LEFT JOIN (
      SELECT log, count(*)::integer AS count,
             string_agg(leaf_hash, ''::bytea ORDER BY number) AS hashes,
             min(recorded_at) AS oldest, max(${last})::text AS last
        FROM numbered GROUP BY log) AS found ON true`

const placingRows = (rows: string): string =>
  placing(rows, 'written_in, row_id, entry_id', 'written_in::text::bigint')
const placingNew = placingRows(newRows(exchangeRows, actRows))
const placingUnplaced = placingRows(newRows(unplacedExchangeRows, unplacedActRows))
const placingOld = placing(oldRows, 'entry_id, part', 'entry_id::text COLLATE "C"')

/** Of each log, where its next entry goes; a log that is not named begins. */
export type LogSizes = ReadonlyMap<string, number>

/**
 * Gives places to rows that have become visible since the last pass, in the transaction that is going on:
 * rows of one transaction stay together, in the order in which they were written.
 * @param rowsMax - new rows of exchanges, and of acts, in one pass
 * @param isExact - that no row which is not taken has a place already: to look for each costs a fifth of the pass.
 *   Where one has, the keys of the table make it fail
 */
export function placeNewEntries(
  client: pg.ClientBase,
  sizes: LogSizes,
  taken: Taken,
  rowsMax: number,
  isExact: boolean,
): Promise<PlacedEntries> {
  const values = [String(taken.next), taken.open.map(String), rowsMax]
  const statement = isExact
    ? { name: 'sluice-place-new', text: placingNew }
    : { name: 'sluice-place-unplaced', text: placingUnplaced }
  return place(client, statement, sizes, values)
}

/** Ids from which on old rows are looked for. */
export interface OldRowsFrom {
  readonly exchangeId: string
  readonly actId: string
}

/**
 * Gives places to rows in the order of their ids, whatever transaction they name: what was there before there
 * was a sequencer names none, and after a dump was loaded the numbers have begun again.
 */
export function placeOldEntries(
  client: pg.ClientBase,
  sizes: LogSizes,
  from: OldRowsFrom,
  rowsMax: number,
): Promise<PlacedEntries> {
  const values = [from.exchangeId, from.actId, rowsMax]
  return place(client, { name: 'sluice-place-old', text: placingOld }, sizes, values)
}

async function place(
  client: pg.ClientBase,
  statement: { readonly name: string; readonly text: string },
  sizes: LogSizes,
  values: readonly unknown[],
): Promise<PlacedEntries> {
  const { rows } = await client.query<Row>({
    ...statement,
    values: [[...sizes.keys()], [...sizes.values()], ...values],
  })
  const logs = rows.flatMap(({ log, count, hashes, oldest, last }) =>
    log === null ? [] : [{ log, count, hashes, oldestAt: oldest, last }],
  )
  return {
    snapshot: parseSnapshot(rows[0]?.snapshot ?? ''),
    logs,
    count: logs.reduce((sum, { count }) => sum + count, 0),
  }
}
