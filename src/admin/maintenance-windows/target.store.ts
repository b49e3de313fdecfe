import type { MemberId, ServiceId, SubsystemId } from '../../exchange/identifier.js'
import type { AdminTransaction } from '../admin-database.store.js'

/** Who owns a system; undefined for one that is not registered, or has ended. */
export async function ownerOfSystem(
  client: AdminTransaction,
  subsystem: SubsystemId,
): Promise<MemberId | undefined> {
  const { rows } = await client.query<{ owner: MemberId }>(
    `SELECT coalesce(owner, member) AS owner FROM sluice.subsystem
      WHERE id = $1 AND status <> 'liquidated'`,
    [subsystem],
  )
  return rows[0]?.owner
}

export async function isOffered(client: AdminTransaction, service: ServiceId): Promise<boolean> {
  const { rowCount } = await client.query(
    `SELECT FROM sluice.service WHERE id = $1 AND status <> 'liquidated'`,
    [service],
  )
  return rowCount === 1
}
