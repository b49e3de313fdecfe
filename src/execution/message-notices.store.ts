import type { ClientBase } from 'pg'

/**
 * Takes over which notices were given of these messages (SC-07), in the caller's transaction. What the outbox keeps of
 * them is looked up rather than told by workers, so that a notice costs them nothing.
 */
export async function takeNotices(client: ClientBase, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await client.query(
    `UPDATE sluice.execution e
        SET delivered_at = coalesce(e.delivered_at, n.delivered), accepted_at = coalesce(e.accepted_at, n.accepted),
            registered_at = coalesce(e.registered_at, n.registered), refused_at = coalesce(e.refused_at, n.refused),
            notice_due_at = CASE WHEN n.accepted IS NULL THEN e.notice_due_at END
       FROM (SELECT exchange_id, min(at) FILTER (WHERE code = 'CATDIRILIB') AS delivered,
                    min(at) FILTER (WHERE code IN ('QEBUL_EDILIB', 'QEYDIYYATA_ALINIB')) AS accepted,
                    min(at) FILTER (WHERE code = 'QEYDIYYATA_ALINIB') AS registered,
                    min(at) FILTER (WHERE code = 'IMTINA') AS refused
               FROM sluice.outbox_notice WHERE exchange_id = ANY ($1::uuid[]) GROUP BY 1) n
      WHERE e.id = n.exchange_id`,
    [ids],
  )
  await forgetEnded(client, ids)
}

/** Of what has ended there is nothing more to do. */
export async function forgetEnded(client: ClientBase, ids: readonly string[]): Promise<void> {
  await client.query(
    `UPDATE sluice.execution SET look_at = NULL, remind_at = NULL, overdue_at = NULL, notice_due_at = NULL
      WHERE id = ANY ($1::uuid[]) AND ended_at IS NOT NULL`,
    [ids],
  )
}
