import type { Pool } from 'pg'
import type { TroubleReason } from '../../registry/provider-trouble.js'

/** All that decides in which state a service is. */
export interface ServiceFacts {
  /** Of the service, its system, the owner and the domain. */
  readonly statuses: readonly string[]
  /** Where the service itself says so. */
  readonly maintenance: { readonly from: Date | undefined; readonly until: Date } | undefined
  /** Announced works on it or on its system that are not over. */
  readonly windows: readonly { readonly from: Date; readonly until: Date }[]
  /** The day by which it, or its system, has to have a positive opinion; of two the sooner. */
  readonly recheckUntil: Date | undefined
  /** For everybody; what one member alone gets no answers from is well for others. */
  readonly trouble: { readonly reason: TroubleReason; readonly since: Date } | undefined
}

interface Row {
  readonly statuses: string[]
  readonly maintenance_from: Date | null
  readonly maintenance_until: Date | null
  readonly reason: TroubleReason | null
  readonly since: Date | null
  readonly recheck_until: Date | null
}

/** @returns undefined where there is no such service */
export async function findServiceFacts(
  pool: Pool,
  service: string,
  now: Date,
): Promise<ServiceFacts | undefined> {
  const { rows } = await pool.query<Row>(
    `SELECT ARRAY[s.status, p.status, m.status, d.status] AS statuses, t.reason, t.since,
            s.maintenance_from, s.maintenance_until,
            (SELECT min(q.until) FROM sluice.recheck q
              WHERE q.object IN (s.id, p.id) AND q.state IN ('open', 'denied')) AS recheck_until
       FROM sluice.service s JOIN sluice.subsystem p ON p.id = s.subsystem
       JOIN sluice.member m ON m.id = coalesce(p.owner, p.member)
       JOIN sluice.domain d ON d.code = p.domain
       LEFT JOIN sluice.provider_trouble t
         ON t.service = s.id AND t.state = 'FAULTY' AND t.member IS NULL AND t.consumer IS NULL
      WHERE s.id = $1`,
    [service],
  )
  const [row] = rows
  if (!row) return undefined
  const { statuses, maintenance_from: from, maintenance_until: until, reason, since } = row
  const windows = await pool.query<{ from: Date; until: Date }>(
    `SELECT w.starts_at AS from, w.ends_at AS until FROM sluice.maintenance_window w
       JOIN sluice.service s ON s.id = $1 AND s.subsystem = w.subsystem
      WHERE (w.service IS NULL OR w.service = $1) AND w.ends_at > $2
        AND w.called_off_at IS NULL AND w.ended_at IS NULL`,
    [service, now],
  )
  return {
    statuses,
    maintenance: until ? { from: from ?? undefined, until } : undefined,
    windows: windows.rows,
    recheckUntil: row.recheck_until ?? undefined,
    trouble: reason && since ? { reason, since } : undefined,
  }
}
