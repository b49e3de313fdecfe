import type { ClientBase } from 'pg'
import { decodeEntry, type EntryFields, type Half } from '../../src/message-log/entry.js'
import { masterKeyOf } from '../../src/message-log/payload-cipher.js'
import { findPayload, openClosedPayload } from '../../src/message-log/payload-reader.store.js'
import { testPayloadKey } from './message-log.js'

/** A half as it is kept: what its entry says, and its message opened. */
export async function readClosedPayload(
  client: ClientBase,
  place: { readonly exchangeId: string; readonly half: Half },
): Promise<{ fields: EntryFields; head: Buffer; payload: Buffer }> {
  const { rows } = await client.query<{ entry: Buffer }>(
    'SELECT entry FROM sluice.message_log_entry WHERE exchange_id = $1 AND half = $2',
    [place.exchangeId, place.half],
  )
  const closed = await findPayload(client, place)
  if (!closed || !rows[0]) throw new Error('there is no such half')
  const { head, payload } = openClosedPayload(closed, masterKeyOf(testPayloadKey))
  return { fields: decodeEntry(rows[0].entry), head, payload }
}
