import type { AdminTransaction } from '../admin-database.store.js'

/** Domains in which members own systems. */
export async function domainsOfMembers(
  client: AdminTransaction,
  members: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (members.length === 0) return new Map()
  const { rows } = await client.query<{ member: string; domains: string[] }>(
    `SELECT coalesce(owner, member) AS member, array_agg(DISTINCT domain ORDER BY domain) AS domains
       FROM sluice.subsystem WHERE coalesce(owner, member) = ANY ($1) GROUP BY 1`,
    [members],
  )
  return new Map(rows.map(({ member, domains }) => [member, domains]))
}
