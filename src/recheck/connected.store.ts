import type { ClientBase, Pool } from 'pg'
import type { ConnectedObject } from './recheck.js'

type Queried = Pick<Pool, 'query'> | Pick<ClientBase, 'query'>

/**
 * What is connected, by the last case that brought it there, with owner, address and contract as the registry has them now. What came into the
 * registry without the desk has no application that could be checked, and is not among it.
 */
const connected = `
  SELECT c.id AS "connectionCase", c.kind, c.object_id AS object, c.domain,
         coalesce(s.owner, s.member, r.owner) AS member,
         CASE WHEN v.id IS NULL THEN c.application ELSE c.application || jsonb_strip_nulls(jsonb_build_object(
           'declaration', c.application -> 'declaration' || jsonb_build_object('address', v.address),
           'contract', v.contract_digest)) END AS application,
         coalesce((SELECT max(k.requirement_set) FROM sluice.connection_check k
                     LEFT JOIN sluice.recheck q ON q.id = k.recheck
                    WHERE k.case_id = c.id AND k.ended_at IS NOT NULL
                      AND (q.id IS NULL OR (q.scope = 'full' AND q.state = 'confirmed'))), 0) AS "checkedBy"
    FROM (SELECT DISTINCT ON (object_id) * FROM sluice.connection_case
           WHERE state = 'CONNECTED' ORDER BY object_id, id DESC) c
    LEFT JOIN sluice.service v ON c.kind = 'service' AND v.id = c.object_id
    LEFT JOIN sluice.subsystem s
      ON s.id = CASE c.kind WHEN 'service' THEN v.subsystem WHEN 'system' THEN c.object_id END
    LEFT JOIN sluice.information_resource r ON c.kind = 'resource' AND r.id = c.object_id
   WHERE coalesce(v.status, s.status, r.status) <> 'liquidated'
     AND coalesce(s.status, r.status) <> 'liquidated'`

/** @returns undefined for what is not connected by the desk */
export async function findConnected(
  client: Queried,
  object: string,
): Promise<ConnectedObject | undefined> {
  const { rows } = await client.query<ConnectedObject>(
    `SELECT * FROM (${connected}) o WHERE object = $1`,
    [object],
  )
  return rows[0]
}

/** Of these objects, those that a connection case has registered, or connected; what came without the desk is not among them. */
export async function registeredByCase(
  client: Queried,
  objects: readonly string[],
): Promise<string[]> {
  const { rows } = await client.query<{ object: string }>(
    `SELECT DISTINCT object_id AS object FROM sluice.connection_case
      WHERE object_id = ANY ($1) AND state IN ('REGISTERED', 'CONNECTED') ORDER BY object_id`,
    [objects],
  )
  return rows.map(({ object }) => object)
}

/** The contract that a service version is held to now, by its digest. */
export async function contractOf(client: Queried, service: string): Promise<string | undefined> {
  const { rows } = await client.query<{ contract: string | null }>(
    'SELECT contract_digest AS contract FROM sluice.service WHERE id = $1',
    [service],
  )
  return rows[0]?.contract ?? undefined
}

/** What new requirements ask to be rechecked. */
export interface RequirementsDue {
  readonly version: number
  readonly recheckUntil: Date
}

/** The newest requirements in force that have a day for what is connected. */
export async function requirementsDue(
  client: Queried,
  now: Date,
): Promise<RequirementsDue | undefined> {
  const { rows } = await client.query<RequirementsDue>(
    `SELECT version, recheck_until AS "recheckUntil" FROM sluice.requirement_set
      WHERE in_force_from <= $1 AND recheck_until IS NOT NULL ORDER BY version DESC LIMIT 1`,
    [now],
  )
  return rows[0]
}

/** What was not checked by this version yet, and is not being rechecked. */
export async function connectedBefore(
  client: Queried,
  version: number,
  limit: number,
): Promise<ConnectedObject[]> {
  const { rows } = await client.query<ConnectedObject>(
    `SELECT * FROM (${connected}) o
      WHERE "checkedBy" < $1 AND NOT EXISTS (SELECT FROM sluice.recheck q
        WHERE q.object = o.object AND q.scope = 'full' AND q.state IN ('open', 'denied', 'suspended'))
      ORDER BY object LIMIT $2`,
    [version, limit],
  )
  return rows
}
