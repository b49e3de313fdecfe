import type { ClientBase, Pool } from 'pg'
import { v7 as newId } from 'uuid'
import type {
  Incident,
  IncidentCause,
  IncidentState,
  ReserveDecision,
  SaidText,
} from './incident.js'
import { causes, incidentCauses } from './incident.js'
import type { Sighting } from './sightings.js'

type Database = Pick<Pool | ClientBase, 'query'>

interface Row {
  readonly id: string
  readonly [column: string]: unknown
}

const columns = `id, cause, by_bus, opened_by, detail, description, started_at, entered_at, last_seen_at, state,
  decision, decision_reason, decided_by, decided_at, closed_by, closing, ended_at, revision`

/** What a new incident says. */
export type NewIncident = Pick<
  Incident,
  'cause' | 'byBus' | 'openedBy' | 'detail' | 'description' | 'startedAt' | 'lastSeenAt'
>

/** @returns undefined where the cause has an open incident already, over whatever node */
export async function addIncident(
  database: Database,
  incident: NewIncident,
  now: Date,
): Promise<Incident | undefined> {
  const { cause, byBus, openedBy, detail, description, startedAt, lastSeenAt } = incident
  const { rows } = await database.query<Row>(
    `INSERT INTO sluice.incident (id, cause, by_bus, opened_by, detail, description, started_at, entered_at, last_seen_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (cause) WHERE state <> 'closed' AND cause <> 'other' DO NOTHING RETURNING ${columns}`,
    [
      ...[newId(), cause, byBus, openedBy, detail ?? null],
      ...[description ? JSON.stringify(description) : null, startedAt, now, lastSeenAt],
    ],
  )
  return rows[0] && incidentOf(rows[0])
}

/**
 * Notes that a trouble is seen still, or was seen by another node as well.
 * @param isOver - one that is past already belongs to an incident that ended after it began, too
 * @returns whether an incident has it
 */
export async function noteSighting(
  database: Database,
  { cause, since, until, detail }: Sighting,
  isOver: boolean,
): Promise<boolean> {
  const { rowCount } = await database.query(
    `UPDATE sluice.incident SET last_seen_at = greatest(last_seen_at, $3), started_at = least(started_at, $2),
            detail = CASE WHEN by_bus THEN $4 ELSE detail END
      WHERE cause = $1 AND state <> 'closed'`,
    [cause, since, until, detail],
  )
  if (rowCount !== 0) return true
  if (!isOver) return false
  const { rows } = await database.query(
    `SELECT FROM sluice.incident WHERE cause = $1 AND state = 'closed' AND ended_at >= $2 LIMIT 1`,
    [cause, since],
  )
  return rows.length > 0
}

/** @param lock - until the end of the transaction */
export async function findIncident(
  database: Database,
  id: string,
  lock = false,
): Promise<Incident | undefined> {
  const { rows } = await database.query<Row>(
    `SELECT ${columns} FROM sluice.incident WHERE id = $1 ${lock ? 'FOR UPDATE' : ''}`,
    [id],
  )
  return rows[0] && incidentOf(rows[0])
}

/** Newest first. */
export async function listIncidents(
  database: Database,
  wanted: {
    readonly limit: number
    readonly after?: string | undefined
    readonly state?: IncidentState | undefined
    readonly cause?: IncidentCause | undefined
    /** Only what all participants are told of. */
    readonly isForEveryone: boolean
  },
): Promise<Incident[]> {
  const { limit, after, state, cause, isForEveryone } = wanted
  const shown = incidentCauses.filter((each) => !isForEveryone || causes[each].isForEveryone)
  const { rows } = await database.query<Row>(
    `SELECT ${columns} FROM sluice.incident
      WHERE ($2::uuid IS NULL OR id < $2) AND ($3::text IS NULL OR state = $3)
        AND ($4::text IS NULL OR cause = $4) AND cause = ANY ($5) ORDER BY id DESC LIMIT $1`,
    [limit, after ?? null, state ?? null, cause ?? null, shown],
  )
  return rows.map(incidentOf)
}

/** Incidents of nodes that no node has seen since then; nobody else closes them until the transaction ends. */
export async function lockQuiet(database: Database, since: Date): Promise<Incident[]> {
  const { rows } = await database.query<Row>(
    `SELECT ${columns} FROM sluice.incident
      WHERE state <> 'closed' AND by_bus AND last_seen_at < $1 ORDER BY id FOR UPDATE SKIP LOCKED`,
    [since],
  )
  return rows.map(incidentOf)
}

/** Open incidents that began before then, of causes that a reserve centre would remove; locked as well. */
export async function lockUndecided(database: Database, since: Date): Promise<Incident[]> {
  const raising = incidentCauses.filter((cause) => causes[cause].raisesDecision)
  const { rows } = await database.query<Row>(
    `SELECT ${columns} FROM sluice.incident
      WHERE state = 'open' AND started_at <= $1 AND cause = ANY ($2) ORDER BY id FOR UPDATE SKIP LOCKED`,
    [since, raising],
  )
  return rows.map(incidentOf)
}

/** That the decision about the reserve centre is waited for. */
export async function askDecision(database: Database, id: string): Promise<Incident> {
  return changed(database, `SET state = 'decision', revision = revision + 1 WHERE id = $1`, [id])
}

export async function decideIncident(
  database: Database,
  id: string,
  made: {
    readonly decision: ReserveDecision
    readonly reason: string
    readonly by: string
    readonly at: Date
  },
): Promise<Incident> {
  return changed(
    database,
    `SET state = 'decided', decision = $2, decision_reason = $3, decided_by = $4, decided_at = $5,
         revision = revision + 1 WHERE id = $1`,
    [id, made.decision, made.reason, made.by, made.at],
  )
}

export async function closeIncident(
  database: Database,
  id: string,
  made: { readonly by: string; readonly closing?: SaidText | undefined; readonly at: Date },
): Promise<Incident> {
  return changed(
    database,
    `SET state = 'closed', closed_by = $2, closing = $3, ended_at = greatest(started_at, $4),
         revision = revision + 1 WHERE id = $1`,
    [id, made.by, made.closing ? JSON.stringify(made.closing) : null, made.at],
  )
}

async function changed(
  database: Database,
  change: string,
  values: readonly unknown[],
): Promise<Incident> {
  const { rows } = await database.query<Row>(
    `UPDATE sluice.incident ${change} RETURNING ${columns}`,
    [...values],
  )
  const [row] = rows
  if (!row) throw new Error('the incident was locked')
  return incidentOf(row)
}

function incidentOf(row: Row): Incident {
  const incident: unknown = {
    id: row.id,
    cause: row['cause'],
    byBus: row['by_bus'],
    openedBy: row['opened_by'],
    detail: row['detail'] ?? undefined,
    description: row['description'] ?? undefined,
    startedAt: row['started_at'],
    enteredAt: row['entered_at'],
    lastSeenAt: row['last_seen_at'],
    state: row['state'],
    decision: row['decision'] ?? undefined,
    decisionReason: row['decision_reason'] ?? undefined,
    decidedBy: row['decided_by'] ?? undefined,
    decidedAt: row['decided_at'] ?? undefined,
    closedBy: row['closed_by'] ?? undefined,
    closing: row['closing'] ?? undefined,
    endedAt: row['ended_at'] ?? undefined,
    revision: row['revision'],
  }
  return incident as Incident
}
