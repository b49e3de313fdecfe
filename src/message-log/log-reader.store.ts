import type pg from 'pg'
import { exchangesShownMax } from '../limits/command-line.js'
import { decodeEntry, encodeEntry, type EntryFields, type Half } from './entry.js'
import { noticeIdsOf } from './notice-entry.js'

/** Which entries somebody wants to see. */
export type EntrySelection =
  | { readonly exchangeId: string }
  | { readonly messageId: string }
  /** The newest exchanges. */
  | { readonly last: number }

/** An entry as it is stored. */
export interface StoredEntry {
  readonly rowId: string
  readonly exchangeId: string
  readonly half: Half
  readonly recordedAt: Date
  readonly fields: EntryFields
  readonly leafHash: Buffer
  /** Whether the stored bytes are canonical and have the stored leaf hash. */
  readonly isIntact: boolean
}

interface Row {
  readonly row_id: string
  readonly exchange_id: string
  readonly half: Half
  readonly recorded_at: Date
  readonly entry: Buffer
  readonly leaf_hash: Buffer
}

/**
 * Reads entries, each exchange's halves together, oldest first; with a message what its recipient said of it. Payloads
 * stay closed.
 */
export async function readEntries(
  client: pg.ClientBase,
  selection: EntrySelection,
): Promise<StoredEntry[]> {
  const [condition, value] = conditionOf(selection)
  // Notices have the time of their message in their ids, and follow it.
  const order = 'exchangeId' in selection ? "kind = 'notice', recorded_at, " : ''
  const found = await client.query<Row>(
    `SELECT row_id, exchange_id, half, recorded_at, entry, leaf_hash
       FROM sluice.message_log_entry WHERE ${condition} ORDER BY ${order}exchange_id, half`,
    [value],
  )
  return found.rows.map(storedEntry)
}

function conditionOf(selection: EntrySelection): [condition: string, value: unknown] {
  if ('exchangeId' in selection) {
    const { exchangeId } = selection
    return ['exchange_id = ANY ($1::uuid[])', [exchangeId, ...noticeIdsOf(exchangeId)]]
  }
  if ('messageId' in selection) {
    // The message ids of refused requests are in their entries only.
    const text = "convert_from(entry, 'UTF8')::jsonb ->> 'messageId'"
    return [`${text} = $1`, selection.messageId]
  }
  // Exchange ids are ordered by time.
  const newest = `SELECT DISTINCT exchange_id FROM sluice.message_log_entry
                   ORDER BY exchange_id DESC LIMIT $1`
  return [`exchange_id IN (${newest})`, Math.min(selection.last, exchangesShownMax)]
}

function storedEntry(row: Row): StoredEntry {
  const fields = decodeEntry(row.entry)
  const again = encodeEntry(fields)
  return {
    rowId: row.row_id,
    exchangeId: row.exchange_id,
    half: row.half,
    recordedAt: row.recorded_at,
    fields,
    leafHash: row.leaf_hash,
    isIntact: row.entry.equals(again.bytes) && row.leaf_hash.equals(again.leafHash),
  }
}
