import type { ClientBase } from 'pg'

type Database = Pick<ClientBase, 'query'>

/** Who stopped something that is theirs, where it was not the operator. */
export type SuspendedBy = 'owner' | 'founder'

/** What of a system or a service says who may stop it, and let it go on. */
export interface Stoppable {
  readonly owner: string
  readonly domain: string
  readonly status: string
  /** Undefined where the operator suspended it, and where it is not suspended. */
  readonly suspendedBy: SuspendedBy | undefined
}

interface Row {
  readonly owner: string
  readonly domain: string
  readonly status: string
  readonly suspended_by: SuspendedBy | null
}

const reads = {
  subsystem: `
    SELECT coalesce(s.owner, s.member) AS owner, s.domain, s.status, u.side AS suspended_by
      FROM sluice.subsystem s LEFT JOIN sluice.suspension u ON u.object = s.id WHERE s.id = $1`,
  service: `
    SELECT coalesce(s.owner, s.member) AS owner, s.domain, v.status, u.side AS suspended_by
      FROM sluice.service v JOIN sluice.subsystem s ON s.id = v.subsystem
      LEFT JOIN sluice.suspension u ON u.object = v.id WHERE v.id = $1`,
} as const

/** @param client - in the transaction that changes it, under the registry's lock */
export async function findStoppable(
  client: Database,
  table: keyof typeof reads,
  id: string,
): Promise<Stoppable | undefined> {
  const { rows } = await client.query<Row>(reads[table], [id])
  const [row] = rows
  if (!row) return undefined
  const { owner, domain, status, suspended_by: by } = row
  return { owner, domain, status, suspendedBy: by ?? undefined }
}

export async function noteSuspension(
  client: Database,
  object: string,
  side: SuspendedBy,
): Promise<void> {
  await client.query(
    `INSERT INTO sluice.suspension (object, side) VALUES ($1, $2)
     ON CONFLICT (object) DO UPDATE SET side = EXCLUDED.side, since = clock_timestamp()`,
    [object, side],
  )
}

/** It is the operator's from now on. */
export async function forgetSuspension(client: Database, object: string): Promise<void> {
  await client.query('DELETE FROM sluice.suspension WHERE object = $1', [object])
}
