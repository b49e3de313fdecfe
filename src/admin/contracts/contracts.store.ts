import type { MemberId } from '../../exchange/identifier.js'
import type { ContractSummary } from '../../registry/contract.js'
import type { Queried } from '../admin-database.store.js'

/** A contract that the registry has. */
export interface KeptContract {
  readonly digest: string
  /** Undefined where a build registered it that did not write it down. */
  readonly facts: ContractSummary | undefined
  readonly registeredAt: Date
  /** Service versions that are held to it. */
  readonly services: readonly string[]
}

/** Who looks. */
export interface Sight {
  /** What is written for these members' systems is shown to them before any service names it; undefined: all is. */
  readonly ofMembers?: readonly MemberId[] | undefined
}

export interface ContractsWanted extends Sight {
  readonly limit: number
  readonly after?: string | undefined
  /** As in `contract.yaml`. */
  readonly service?: string | undefined
}

interface Row {
  readonly digest: string
  readonly facts: ContractSummary | null
  readonly registered_at: Date
  readonly services: string[] | null
}

const selected = `
  SELECT c.digest, c.facts, c.registered_at,
         (SELECT array_agg(s.id ORDER BY s.id) FROM sluice.service s WHERE s.contract_digest = c.digest) AS services
    FROM sluice.service_contract c`

/** What is in use is everybody's to see, and what is common; a draft is its own side's. `$1`: members, or null for all. */
const seen = `
  ($1::text[] IS NULL OR EXISTS (SELECT FROM sluice.service s WHERE s.contract_digest = c.digest)
    OR starts_with(c.facts ->> 'service', '*/')
    OR coalesce((SELECT coalesce(s.owner, s.member) FROM sluice.subsystem s WHERE s.id = ${firstOf(4)}),
                ${firstOf(3)}) = ANY ($1))`

/** The first segments of the service that a contract is written for: its system's name, or its member's. */
function firstOf(segments: number): string {
  return `array_to_string((string_to_array(c.facts ->> 'service', '/'))[1:${segments}], '/')`
}

/** In the order of digests. */
export async function listContracts(
  client: Queried,
  { limit, after, service, ofMembers }: ContractsWanted,
): Promise<KeptContract[]> {
  const { rows } = await client.query<Row>(
    `${selected} WHERE ${seen} AND ($3::text IS NULL OR c.digest COLLATE "C" > $3)
        AND ($4::text IS NULL OR c.facts ->> 'service' = $4)
      ORDER BY c.digest COLLATE "C" LIMIT $2`,
    [ofMembers ?? null, limit, after ?? null, service ?? null],
  )
  return rows.map(contractIn)
}

export async function findContract(
  client: Queried,
  digest: string,
  { ofMembers }: Sight = {},
): Promise<KeptContract | undefined> {
  const { rows } = await client.query<Row>(`${selected} WHERE ${seen} AND c.digest = $2`, [
    ofMembers ?? null,
    digest,
  ])
  return rows[0] && contractIn(rows[0])
}

/** The packed files of a contract. */
export async function filesOf(client: Queried, digest: string): Promise<Uint8Array | undefined> {
  const { rows } = await client.query<{ files: Buffer }>(
    'SELECT files FROM sluice.service_contract WHERE digest = $1',
    [digest],
  )
  return rows[0]?.files
}

/** Contracts written for services of one system. @param system - its identifier, or `*` */
export async function countContracts(client: Queried, system: string): Promise<number> {
  const { rows } = await client.query<{ count: string }>(
    `SELECT count(*) FROM sluice.service_contract c WHERE starts_with(c.facts ->> 'service', $1 || '/')`,
    [system],
  )
  return Number(rows[0]?.count)
}

function contractIn({ digest, facts, registered_at: registeredAt, services }: Row): KeptContract {
  return { digest, facts: facts ?? undefined, registeredAt, services: services ?? [] }
}
