import type { ClientBase } from 'pg'
import type { Execution } from './execution.js'
import { executionsOf } from './executions.store.js'
import { noticeLookMsMax, noticeLookMsMin } from './limits.js'
import { takeNotices } from './message-notices.store.js'

/** When the job has something to do with an execution. */
export type Due = 'remind_at' | 'overdue_at' | 'notice_due_at'

/**
 * Takes open executions of which this is due, in the caller's transaction; nobody else takes the same, and none is due
 * again. What was noticed of them by now is taken over before.
 */
export async function takeDue(
  client: ClientBase,
  due: Due,
  now: Date,
  limit: number,
): Promise<Execution[]> {
  const ids = await claim(client, due, now, limit)
  if (ids.length === 0) return []
  await takeNotices(client, ids)
  await client.query(`UPDATE sluice.execution SET ${due} = NULL WHERE id = ANY ($1::uuid[])`, [ids])
  return (await executionsOf(client, ids)).filter(({ endedAt }) => endedAt === undefined)
}

/** Looks for notices of open executions, ever more rarely. @returns of how many it looked */
export async function lookForNotices(
  client: ClientBase,
  now: Date,
  limit: number,
): Promise<number> {
  const ids = await claim(client, 'look_at', now, limit)
  await takeNotices(client, ids)
  await client.query(
    `UPDATE sluice.execution
        SET look_at = $2::timestamptz + least(greatest($2 - received_at, $3 * interval '1 ms'), $4 * interval '1 ms')
      WHERE id = ANY ($1::uuid[]) AND ended_at IS NULL`,
    [ids, now, noticeLookMsMin, noticeLookMsMax],
  )
  return ids.length
}

async function claim(
  client: ClientBase,
  due: Due | 'look_at',
  now: Date,
  limit: number,
): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT id FROM sluice.execution WHERE ${due} <= $1 ORDER BY ${due} LIMIT $2 FOR UPDATE SKIP LOCKED`,
    [now, limit],
  )
  return rows.map(({ id }) => id)
}
