import type pg from 'pg'
import { decodeEntry } from './entry.js'
import {
  openPayload,
  unwrapDataKey,
  type MasterKey,
  type OpenedPayload,
  type PayloadPlace,
} from './payload-cipher.js'

/** A stored payload, found and not opened. */
export interface ClosedPayload {
  readonly place: PayloadPlace
  /** What the entry says that the payload's digest is. */
  readonly payloadDigest: string | undefined
  readonly dataKeyId: string
  readonly wrappedKey: Buffer
  readonly masterKeyId: string
  readonly nonce: Buffer
  readonly ciphertext: Buffer
}

/** A payload that cannot be opened; the message says why, and nothing of what is in it. */
export class PayloadTrouble extends Error {
  override readonly name = 'PayloadTrouble'
}

interface Row {
  readonly entry: Buffer
  readonly id: string
  readonly wrapped_key: Buffer
  readonly master_key_id: string
  readonly nonce: Buffer
  readonly ciphertext: Buffer
}

/** A connection, or several. */
export interface LogReader {
  query<Row extends pg.QueryResultRow>(sql: string, values: unknown[]): Promise<pg.QueryResult<Row>>
}

/** @returns undefined where there is no payload of this half: none was kept, or it was erased */
export async function findPayload(
  client: LogReader,
  place: PayloadPlace,
): Promise<ClosedPayload | undefined> {
  const found = await client.query<Row>(
    `SELECT entry, id, wrapped_key, master_key_id, nonce, ciphertext
       FROM sluice.message_log_payload AS payload
       JOIN sluice.message_log_entry USING (exchange_id, half)
       JOIN sluice.message_log_data_key ON id = data_key_id
      WHERE payload.exchange_id = $1 AND payload.half = $2`,
    [place.exchangeId, place.half],
  )
  const [row] = found.rows
  if (!row) return undefined
  return {
    place,
    payloadDigest: digestIn(row.entry),
    dataKeyId: row.id,
    wrappedKey: row.wrapped_key,
    masterKeyId: row.master_key_id,
    nonce: row.nonce,
    ciphertext: row.ciphertext,
  }
}

/** An entry that somebody changed to what is none says nothing; the payload is then refused. */
function digestIn(entry: Buffer): string | undefined {
  try {
    return decodeEntry(entry).payloadDigest
  } catch {
    return undefined
  }
}

/**
 * Opens a payload, and sees that it is the one that its entry speaks of.
 * @throws PayloadTrouble
 */
export function openClosedPayload(closed: ClosedPayload, master: MasterKey): OpenedPayload {
  const { place, dataKeyId, wrappedKey, masterKeyId } = closed
  if (masterKeyId !== master.id) {
    throw new PayloadTrouble(`it needs the payload key ${masterKeyId}, and this is ${master.id}`)
  }
  const opened = opening(() =>
    openPayload(unwrapDataKey(master, dataKeyId, wrappedKey), place, closed),
  )
  if (opened.digest !== closed.payloadDigest) {
    throw new PayloadTrouble('it is not the payload that its entry speaks of')
  }
  return opened
}

function opening(open: () => OpenedPayload): OpenedPayload {
  try {
    return open()
  } catch (error) {
    throw new PayloadTrouble('it, or its key, was changed in the database', { cause: error })
  }
}
