import type { ClientBase, Pool } from 'pg'
import type { MemberId } from '../exchange/identifier.js'
import type { FiledWindow } from './filed-window.js'

type Queried = Pick<Pool, 'query'> | Pick<ClientBase, 'query'>

/** A window, and which state of it. */
export interface RevisedWindow extends FiledWindow {
  readonly revision: number
}

interface Row {
  readonly id: string
  readonly member: FiledWindow['member'] | null
  readonly subsystem: FiledWindow['subsystem'] | null
  readonly service: FiledWindow['service'] | null
  readonly starts_at: Date
  readonly ends_at: Date
  readonly works_az: string
  readonly works_en: string
  readonly filed_at: Date
  readonly announced_at: Date
  readonly late: boolean
  readonly called_off_at: Date | null
  readonly ended_at: Date | null
  readonly revision: string
}

const columns = `w.id, w.member, w.subsystem, w.service, w.starts_at, w.ends_at, w.works_az, w.works_en,
  w.filed_at, w.announced_at, w.late, w.called_off_at, w.ended_at, w.revision`

export async function addWindow(client: Queried, window: FiledWindow): Promise<void> {
  const { id, member, subsystem, service, from, until, works, filedAt, announcedAt, late } = window
  await client.query(
    `INSERT INTO sluice.maintenance_window (id, member, subsystem, service, starts_at, ends_at, works_az, works_en,
       filed_at, announced_at, late) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      ...[id, member ?? null, subsystem ?? null, service ?? null, from, until],
      ...[works.az, works.en, filedAt, announcedAt, late],
    ],
  )
}

/** Writes what may change of a window. */
export async function updateWindow(client: Queried, window: FiledWindow): Promise<void> {
  const { id, from, until, works, announcedAt, late, calledOffAt, endedAt } = window
  await client.query(
    `UPDATE sluice.maintenance_window SET starts_at = $2, ends_at = $3, works_az = $4, works_en = $5,
       announced_at = $6, late = $7, called_off_at = $8, ended_at = $9 WHERE id = $1`,
    [
      ...[id, from, until, works.az, works.en, announcedAt, late],
      ...[calledOffAt ?? null, endedAt ?? null],
    ],
  )
}

/** @param lock - until the end of the transaction */
export async function findWindow(
  client: Queried,
  id: string,
  lock = false,
): Promise<RevisedWindow | undefined> {
  const { rows } = await client.query<Row>(
    `SELECT ${columns} FROM sluice.maintenance_window w WHERE w.id = $1 ${lock ? 'FOR UPDATE' : ''}`,
    [id],
  )
  return rows[0] && windowOf(rows[0])
}

/** Windows of a system, or of the bus, that are not over. */
export async function countOpen(
  client: Queried,
  subsystem: string | undefined,
  now: Date,
): Promise<number> {
  const { rows } = await client.query<{ open: string }>(
    `SELECT count(*) AS open FROM sluice.maintenance_window
      WHERE subsystem IS NOT DISTINCT FROM $1 AND ends_at > $2
        AND called_off_at IS NULL AND ended_at IS NULL`,
    [subsystem ?? null, now],
  )
  return Number(rows[0]?.open)
}

/** Windows of a system, or of the bus, that were filed since then, whatever has become of them. */
export async function countFiledSince(
  client: Queried,
  subsystem: string | undefined,
  since: Date,
): Promise<number> {
  const { rows } = await client.query<{ filed: string }>(
    `SELECT count(*) AS filed FROM sluice.maintenance_window
      WHERE subsystem IS NOT DISTINCT FROM $1 AND filed_at > $2`,
    [subsystem ?? null, since],
  )
  return Number(rows[0]?.filed)
}

/** States that a window was in, the first one among them. */
export async function countStates(client: Queried, id: string): Promise<number> {
  const { rows } = await client.query<{ states: string }>(
    `SELECT count(*) AS states FROM sluice.registry_history
      WHERE noun = 'maintenance_window' AND id = $1`,
    [id],
  )
  return Number(rows[0]?.states)
}

export interface WindowsWanted {
  readonly limit: number
  readonly after?: string | undefined
  readonly kind?: 'bus' | 'member' | undefined
  readonly member?: string | undefined
  /** A system, with its services, or a service. */
  readonly target?: string | undefined
  /** Those that have a moment in common with this time. */
  readonly from?: Date | undefined
  readonly until?: Date | undefined
  /** Those that begin last first, so that what is cut off is the oldest. */
  readonly isLatestFirst?: boolean
}

/** In the order in which they were filed, unless something else is said. */
export async function listWindows(
  client: Queried,
  { limit, after, kind, member, target, from, until, isLatestFirst = false }: WindowsWanted,
): Promise<RevisedWindow[]> {
  const { rows } = await client.query<Row>(
    `SELECT ${columns} FROM sluice.maintenance_window w
      WHERE ($1::uuid IS NULL OR w.id > $1)
        AND ($2::text IS NULL OR (w.member IS NULL) = ($2 = 'bus'))
        AND ($3::text IS NULL OR w.member = $3)
        AND ($4::text IS NULL OR w.subsystem = $4 OR w.service = $4)
        AND ($5::timestamptz IS NULL OR coalesce(w.ended_at, w.ends_at) > $5)
        AND ($6::timestamptz IS NULL OR w.starts_at < $6)
      ORDER BY ${isLatestFirst ? 'w.starts_at DESC, ' : ''}w.id LIMIT $7`,
    [
      ...[after ?? null, kind ?? null, member ?? null, target ?? null],
      ...[from ?? null, until ?? null, limit],
    ],
  )
  return rows.map(windowOf)
}

/** What a participant's duty to give notice came to. */
export interface WindowCounts {
  readonly member: MemberId
  readonly announced: number
  readonly late: number
  readonly calledOff: number
  readonly endedEarly: number
}

/** Windows by the time they began or were to begin in, a participant each, in the order of identifiers. */
export async function countWindows(
  client: Queried,
  wanted: {
    readonly from: Date | undefined
    readonly until: Date | undefined
    readonly ofMembers: readonly string[] | undefined
    readonly after: string | undefined
    readonly limit: number
  },
): Promise<WindowCounts[]> {
  const { from, until, ofMembers, after, limit } = wanted
  const { rows } = await client.query<Record<keyof WindowCounts, string>>(
    `SELECT member, count(*) AS announced,
            count(*) FILTER (WHERE late AND called_off_at IS NULL) AS late,
            count(called_off_at) AS "calledOff", count(ended_at) AS "endedEarly"
       FROM sluice.maintenance_window
      WHERE member IS NOT NULL AND ($1::timestamptz IS NULL OR starts_at >= $1)
        AND ($2::timestamptz IS NULL OR starts_at < $2)
        AND ($3::text[] IS NULL OR member = ANY ($3))
        AND ($4::text IS NULL OR member COLLATE "C" > $4)
      GROUP BY member ORDER BY member COLLATE "C" LIMIT $5`,
    [from ?? null, until ?? null, ofMembers ?? null, after ?? null, limit],
  )
  return rows.map(({ member, announced, late, calledOff, endedEarly }) => ({
    member: member as MemberId,
    announced: Number(announced),
    late: Number(late),
    calledOff: Number(calledOff),
    endedEarly: Number(endedEarly),
  }))
}

function windowOf(row: Row): RevisedWindow {
  const { id, starts_at: from, ends_at: until, late } = row
  return {
    ...{ id, from, until, late },
    member: row.member ?? undefined,
    subsystem: row.subsystem ?? undefined,
    service: row.service ?? undefined,
    works: { az: row.works_az, en: row.works_en },
    filedAt: row.filed_at,
    announcedAt: row.announced_at,
    calledOffAt: row.called_off_at ?? undefined,
    endedAt: row.ended_at ?? undefined,
    revision: Number(row.revision),
  }
}
