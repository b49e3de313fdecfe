import type { LogSnapshot } from './log-snapshot.store.js'

/** Entries of a log that lie in an archive file. */
export interface ArchivedRange {
  readonly log: string
  readonly from: number
  /** Not in the range. */
  readonly to: number
}

/** Payloads of a service that were erased at the end of their retention. */
export interface Erasure {
  readonly service: string
  readonly fromId: string
  readonly beforeId: string
}

/**
 * What went to archives until now, not until the snapshot was taken: a partition that is dropped meanwhile is gone
 * from the snapshot, too.
 */
export async function readArchived(snapshot: LogSnapshot): Promise<ArchivedRange[]> {
  if (!(await isThere(snapshot, 'log_archive'))) return []
  const rows = await snapshot.rowsNow<{ log: string; from: string; to: string }>(
    'SELECT log, from_index AS from, to_index AS to FROM sluice.log_archive ORDER BY log, from_index',
  )
  return rows.map(({ log, from, to }) => ({ log, from: Number(from), to: Number(to) }))
}

/** Erasures until now that an act in the audit log answers for. */
export async function readErasures(snapshot: LogSnapshot): Promise<Erasure[]> {
  if (!(await isThere(snapshot, 'payload_erasure'))) return []
  return snapshot.rowsNow<{ service: string; fromId: string; beforeId: string }>(
    `SELECT service, from_id::text AS "fromId", before_id::text AS "beforeId"
       FROM sluice.payload_erasure JOIN sluice.audit_log_entry USING (act_id)`,
  )
}

async function isThere(snapshot: LogSnapshot, table: string): Promise<boolean> {
  const [row] = await snapshot.rowsNow<{ found: boolean }>(
    'SELECT to_regclass($1) IS NOT NULL AS found',
    [`sluice.${table}`],
  )
  return row?.found === true
}
