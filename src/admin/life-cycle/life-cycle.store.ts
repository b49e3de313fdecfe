import type { Queried } from '../admin-database.store.js'
import { v7 as newId } from 'uuid'
import type { LifeCycleEvent, LifeCyclePlan, LifeCycleState } from './life-cycle-event.js'

interface Row {
  readonly id: string
  readonly kind: LifeCycleEvent['kind']
  readonly subject: string
  readonly target: string | null
  readonly alias_until: Date | null
  readonly archive_place: string | null
  readonly reason: string
  readonly due_at: Date
  readonly filed_at: Date
  readonly filed_by: string
  readonly state: LifeCycleState
  readonly ended_at: Date | null
  readonly ended_by: string | null
  readonly trouble: string | null
  readonly revision: number
}

const columns = `id, kind, subject, target, alias_until, archive_place, reason, due_at, filed_at,
  filed_by, state, ended_at, ended_by, trouble, revision`

/** Files what is to happen. @throws Error of the database where something else is planned for the subject */
export async function fileEvent(
  database: Queried,
  plan: LifeCyclePlan,
  filedBy: string,
): Promise<LifeCycleEvent> {
  const { rows } = await database.query<Row>(
    `INSERT INTO sluice.life_cycle_event
       (id, kind, subject, target, alias_until, archive_place, reason, due_at, filed_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING ${columns}`,
    [
      ...[newId(), plan.kind, plan.subject, plan.target ?? null, plan.aliasUntil ?? null],
      ...[plan.archivePlace ?? null, plan.reason, plan.dueAt, filedBy],
    ],
  )
  const [row] = rows
  if (!row) throw new Error('the event was not written')
  return eventIn(row)
}

export async function findEvent(
  database: Queried,
  id: string,
): Promise<LifeCycleEvent | undefined> {
  const { rows } = await database.query<Row>(
    `SELECT ${columns} FROM sluice.life_cycle_event WHERE id = $1`,
    [id],
  )
  return rows[0] && eventIn(rows[0])
}

/** Newest first. */
export async function listEvents(
  database: Queried,
  page: {
    readonly limit: number
    readonly after?: string | undefined
    readonly state?: string | undefined
    readonly subject?: string | undefined
  },
): Promise<LifeCycleEvent[]> {
  const { rows } = await database.query<Row>(
    `SELECT ${columns} FROM sluice.life_cycle_event
      WHERE ($2::uuid IS NULL OR id < $2) AND ($3::text IS NULL OR state = $3)
        AND ($4::text IS NULL OR subject = $4) ORDER BY id DESC LIMIT $1`,
    [page.limit, page.after ?? null, page.state ?? null, page.subject ?? null],
  )
  return rows.map(eventIn)
}

/** Those whose day has come, the oldest first. */
export async function dueEvents(
  database: Queried,
  now: Date,
  limit: number,
): Promise<LifeCycleEvent[]> {
  const { rows } = await database.query<Row>(
    `SELECT ${columns} FROM sluice.life_cycle_event
      WHERE state = 'planned' AND due_at <= $1 ORDER BY due_at, id LIMIT $2`,
    [now, limit],
  )
  return rows.map(eventIn)
}

/** Ends a planned event, in the caller's transaction. @returns whether it was planned still, in this revision */
export async function endEvent(
  database: Queried,
  { id, revision }: Pick<LifeCycleEvent, 'id' | 'revision'>,
  state: Exclude<LifeCycleState, 'planned'>,
  endedBy: string,
): Promise<boolean> {
  const { rowCount } = await database.query(
    `UPDATE sluice.life_cycle_event
        SET state = $3, ended_at = clock_timestamp(), ended_by = $4, trouble = NULL,
            revision = revision + 1
      WHERE id = $1 AND revision = $2 AND state = 'planned'`,
    [id, revision, state, endedBy],
  )
  return rowCount === 1
}

/** Notes why an event did not go through; it is tried again. The revision stays: nothing of the plan has changed. */
export async function noteTrouble(database: Queried, id: string, trouble: string): Promise<void> {
  await database.query(
    `UPDATE sluice.life_cycle_event SET trouble = $2 WHERE id = $1 AND state = 'planned'`,
    [id, trouble],
  )
}

/**
 * Members that are told when something happens to a system or a member: its owner, who comes after it, and consumers of its services
 * by rights in force.
 */
export async function concernedBy(
  database: Queried,
  subject: string,
  target: string | undefined,
): Promise<string[]> {
  const { rows } = await database.query<{ member: string }>(
    `WITH own AS (
       SELECT id, coalesce(owner, member) AS owner FROM sluice.subsystem
        WHERE id = $1 OR coalesce(owner, member) = $1
     ), resource AS (
       SELECT owner, offered_by FROM sluice.information_resource WHERE id = $1 OR owner = $1
     )
     SELECT owner AS member FROM own
     UNION
     SELECT coalesce(s.owner, s.member) FROM sluice.access_right r
       JOIN own ON own.id = r.provider JOIN sluice.subsystem s ON s.id = r.consumer
      WHERE r.status = 'active'
     UNION
     SELECT owner FROM resource
     UNION
     -- Who reads what a resource gives.
     SELECT coalesce(s.owner, s.member) FROM resource, jsonb_array_elements_text(offered_by) AS code
       JOIN sluice.access_right r ON r.service = code OR starts_with(r.service, code || '/')
       JOIN sluice.subsystem s ON s.id = r.consumer
      WHERE r.status = 'active'
     UNION
     SELECT id FROM sluice.member WHERE id IN ($1, $2)
     ORDER BY 1`,
    [subject, target ?? ''],
  )
  return rows.map(({ member }) => member)
}

function eventIn(row: Row): LifeCycleEvent {
  return {
    id: row.id,
    kind: row.kind,
    subject: row.subject as LifeCycleEvent['subject'],
    target: row.target ?? undefined,
    aliasUntil: row.alias_until ?? undefined,
    archivePlace: row.archive_place ?? undefined,
    reason: row.reason,
    dueAt: row.due_at,
    filedAt: row.filed_at,
    filedBy: row.filed_by,
    state: row.state,
    endedAt: row.ended_at ?? undefined,
    endedBy: row.ended_by ?? undefined,
    trouble: row.trouble ?? undefined,
    revision: row.revision,
  }
}
