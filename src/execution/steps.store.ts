import type { ClientBase } from 'pg'
import type { ExecutionStep } from '../exchange/execution.js'
import { forgetEnded, takeNotices } from './message-notices.store.js'

/** A row of `sluice.execution_step`: what a message says of a case. */
interface Step {
  readonly position: string
  readonly exchange_id: string
  readonly step: ExecutionStep
  readonly case_id: string
  readonly domain: string
  readonly sender: string
  readonly recipient: string
  readonly provider: string
  readonly deadline: Date | null
  readonly reminder_days: number | null
  readonly notice_hours: number | null
  readonly at: Date
}

/**
 * Carries out what messages said of cases, oldest first, in the caller's transaction. One node at a time: an event follows
 * the case that it is of, and two would overtake each other.
 * @returns how many; undefined where another node is at it
 */
export async function carryOutSteps(
  client: ClientBase,
  limit: number,
): Promise<number | undefined> {
  const { rows: locks } = await client.query<{ held: boolean }>(
    `SELECT pg_try_advisory_xact_lock(hashtextextended('sluice.execution_step', 0)) AS held`,
  )
  if (locks[0]?.held !== true) return undefined
  const { rows } = await client.query<Step>(
    'SELECT * FROM sluice.execution_step ORDER BY position LIMIT $1',
    [limit],
  )
  for (const step of rows) {
    if (step.step === 'opened') await open(client, step)
    else await tell(client, step)
  }
  await client.query('DELETE FROM sluice.execution_step WHERE position = ANY ($1::bigint[])', [
    rows.map(({ position }) => position),
  ])
  return rows.length
}

/** Another copy to the same recipient opens nothing, unless what came before was refused. */
async function open(client: ClientBase, step: Step): Promise<void> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT id FROM sluice.execution
      WHERE case_id = $1 AND domain = $2 AND sender = $3 AND provider = $4 AND refused_at IS NULL`,
    [step.case_id, step.domain, step.sender, step.provider],
  )
  const [before] = rows
  if (before) {
    await takeNotices(client, [before.id])
    const { rowCount } = await client.query(
      'UPDATE sluice.execution SET copies = copies + 1 WHERE id = $1 AND refused_at IS NULL',
      [before.id],
    )
    if (rowCount === 1) return
  }
  // A reminder comes in the second half of the time that there is, however short that is.
  await client.query(
    `INSERT INTO sluice.execution (id, domain, case_id, sender, recipient, provider, received_at, first_deadline,
       deadline, reminder_days, look_at, remind_at, overdue_at, notice_due_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9::smallint, $7, ${remindAt('$8', '$7', '$9::smallint')}, $8,
       $7::timestamptz + make_interval(hours => $10::integer))`,
    [
      ...[step.exchange_id, step.domain, step.case_id, step.sender, step.recipient, step.provider],
      ...[step.at, step.deadline, step.reminder_days, step.notice_hours],
    ],
  )
}

const times = {
  registered: 'registered_at',
  forwarded: 'forwarded_at',
  'in-execution': 'in_execution_at',
  answered: 'answered_at',
  archived: 'archived_at',
} as const

/**
 * Whoever was sent a case tells who sent it what became of it; of a case of others nobody can tell anything. A new
 * deadline counts while the case is open: both sides are reminded of it, and told of it, anew.
 */
async function tell(client: ClientBase, step: Step): Promise<void> {
  if (step.step === 'opened') return
  const column = times[step.step]
  const { rows } = await client.query<{ id: string }>(
    `UPDATE sluice.execution SET ${column} = coalesce(${column}, $5), notice_due_at = NULL
      WHERE case_id = $1 AND domain = $2 AND sender = $3 AND provider = $4 AND refused_at IS NULL RETURNING id`,
    [step.case_id, step.domain, step.provider, step.sender, step.at],
  )
  const ids = rows.map(({ id }) => id)
  if (step.deadline) {
    await client.query(
      `UPDATE sluice.execution SET deadline = $2, overdue_at = $2, remind_at = ${remindAt('$2', '$3', 'reminder_days')}
        WHERE id = ANY ($1::uuid[]) AND ended_at IS NULL AND deadline IS DISTINCT FROM $2`,
      [ids, step.deadline, step.at],
    )
  }
  await forgetEnded(client, ids)
}

/** Some days before the deadline, but in the second half of the time that is left; null where none is. */
function remindAt(deadline: string, since: string, days: string): string {
  const [until, from] = [`${deadline}::timestamptz`, `${since}::timestamptz`]
  const early = `${until} - make_interval(days => ${days}::integer)`
  return `CASE WHEN ${until} > ${from} THEN greatest(${early}, ${from} + (${until} - ${from}) / 2) END`
}
