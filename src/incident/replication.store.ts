import type { ClientBase, Pool } from 'pg'
import type { ReplicaRow } from './replication-lag.js'
import { replicasShownMax } from './limits.js'

interface Row {
  readonly name: string | null
  readonly address: string | null
  readonly state: string | null
  readonly sync_state: string | null
  readonly written: string
  readonly flushed: string | null
  readonly replayed: string | null
  readonly replay_lag_ms: number | null
}

/** Standbys that are connected to the database, as it sees them. */
export async function readReplicas(
  database: Pick<Pool | ClientBase, 'query'>,
): Promise<ReplicaRow[]> {
  const { rows } = await database.query<Row>('SELECT * FROM sluice.replicas() LIMIT $1', [
    replicasShownMax,
  ])
  return rows.map((row) => ({
    name: row.name ?? '',
    address: row.address ?? undefined,
    state: row.state ?? undefined,
    isSynchronous: row.sync_state === 'sync' || row.sync_state === 'quorum',
    written: Number(row.written),
    flushed: row.flushed === null ? undefined : Number(row.flushed),
    replayed: row.replayed === null ? undefined : Number(row.replayed),
    replayLagMs: row.replay_lag_ms ?? 0,
  }))
}
