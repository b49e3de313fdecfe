import type { ClientBase } from 'pg'

/** Who asks: in a transaction, or a pool. */
export type FactsReader = Pick<ClientBase, 'query'>

/** Standing of a member; undefined where there is none of this name. */
export async function memberStatus(client: ClientBase, id: string): Promise<string | undefined> {
  const { rows } = await client.query<{ status: string }>(
    'SELECT status FROM sluice.member WHERE id = $1',
    [id],
  )
  return rows[0]?.status
}

/** DER of the certificates of a system that are in use. */
export async function activeCertificates(client: ClientBase, system: string): Promise<Buffer[]> {
  const { rows } = await client.query<{ der: Buffer }>(
    `SELECT der FROM sluice.certificate WHERE subsystem = $1 AND status = 'active'`,
    [system],
  )
  return rows.map(({ der }) => der)
}

/** The contract of a service that is not liquidated; undefined where there is none. */
export async function contractDigestOf(
  client: FactsReader,
  service: string,
): Promise<string | undefined> {
  const { rows } = await client.query<{ digest: string | null }>(
    `SELECT contract_digest AS digest FROM sluice.service WHERE id = $1 AND status <> 'liquidated'`,
    [service],
  )
  return rows[0]?.digest ?? undefined
}
