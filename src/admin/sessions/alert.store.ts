import type { ClientBase, Pool } from 'pg'
import { recordAct } from '../../audit-log/audit-log.store.js'
import type { Act } from '../../audit-log/act.js'
import type { JsonValue } from '../../canonical-json.js'

/** What a security officer is told of; its id is that of the act. */
export interface Alert {
  readonly id: string
  readonly kind: string
  readonly at: Date
  /** Id of the administrator whom it concerns. */
  readonly administrator: string | undefined
  readonly details: JsonValue
}

/** Records an act that the security officers are told of, too. */
export async function raiseAlert(
  client: ClientBase,
  act: Act & { readonly after: JsonValue },
  administrator: string,
  now: Date,
): Promise<void> {
  const { actId } = await recordAct(client, act, now)
  await client.query(
    'INSERT INTO sluice.admin_alert (id, kind, at, administrator, details) VALUES ($1, $2, $3, $4, $5)',
    [actId, act.kind, now, administrator, JSON.stringify(act.after)],
  )
}

interface Row extends Omit<Alert, 'administrator'> {
  readonly administrator: string | null
}

/** Newest first. */
export async function findAlerts(
  pool: Pool,
  { before, limit }: { readonly before?: string | undefined; readonly limit: number },
): Promise<Alert[]> {
  const { rows } = await pool.query<Row>(
    `SELECT id, kind, at, administrator, details FROM sluice.admin_alert
      WHERE $1::uuid IS NULL OR id < $1 ORDER BY id DESC LIMIT $2`,
    [before ?? null, limit],
  )
  return rows.map((row) => ({ ...row, administrator: row.administrator ?? undefined }))
}
