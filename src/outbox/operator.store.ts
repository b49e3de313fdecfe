import type pg from 'pg'
import { outboxLimits } from '../limits/one-way.js'
import { findMessages, type FoundMessage } from './outbox.store.js'
import { outboxChannel, wordOf } from './partition-keeper.store.js'

// What an operator does with the outbox, under the login of the schema's owner. Whoever holds the partition carries it
// out: a command writes no entries of the message log.

/** Which messages are shown. */
export interface MessageFilter {
  readonly sender: string | undefined
  readonly provider: string | undefined
}

/** Messages that wait, the oldest first. */
export function listMessages(
  client: pg.ClientBase,
  { sender, provider }: MessageFilter,
): Promise<FoundMessage[]> {
  return findMessages(
    client,
    '($1::text IS NULL OR sender = $1) AND ($2::text IS NULL OR provider = $2) ORDER BY position LIMIT $3',
    [sender ?? null, provider ?? null, outboxLimits.shownMax],
  )
}

/** @returns undefined where no such message waits */
export async function findMessage(
  client: pg.ClientBase,
  exchangeId: string,
): Promise<FoundMessage | undefined> {
  const [found] = await findMessages(client, 'exchange_id = $1', [exchangeId])
  return found
}

/** Has a message tried at once. @returns whether it waits */
export async function retryMessage(client: pg.ClientBase, exchangeId: string): Promise<boolean> {
  const { rows } = await client.query<{ partition: number }>(
    `UPDATE sluice.outbox_message SET next_at = '-infinity' WHERE exchange_id = $1
     RETURNING partition`,
    [exchangeId],
  )
  return told(client, rows)
}

/**
 * Has a message ended, and its sender told the ground.
 * @param record - records the act, in the same transaction
 * @returns whether it waits, and was not to be dropped already
 */
export async function dropMessage(
  client: pg.ClientBase,
  { exchangeId, ground }: { readonly exchangeId: string; readonly ground: string },
  record: (client: pg.ClientBase) => Promise<unknown>,
): Promise<boolean> {
  await client.query('BEGIN')
  try {
    const { rows } = await client.query<{ partition: number }>(
      `UPDATE sluice.outbox_message SET drop_ground = $2
        WHERE exchange_id = $1 AND drop_ground IS NULL RETURNING partition`,
      [exchangeId, ground],
    )
    if (rows.length > 0) await record(client)
    const isDone = await told(client, rows)
    await client.query('COMMIT')
    return isDone
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}

async function told(
  client: pg.ClientBase,
  rows: readonly { readonly partition: number }[],
): Promise<boolean> {
  const [row] = rows
  if (!row) return false
  await client.query('SELECT pg_notify($1, $2)', [outboxChannel, wordOf(row)])
  return true
}
