import type { Pool } from 'pg'
import { providerOf, type ServiceCode } from '../../exchange/identifier.js'

type Database = Pick<Pool, 'query'>

/** A consumer that may call a service that gives of a resource, by an access right in force. */
export interface ResourceConsumer {
  readonly consumer: string
  readonly owner: string
  readonly service: string
  readonly accessRight: string
}

/** Consumers of services by rights in force at a moment, in the order of their names. */
export async function consumersOf(
  database: Database,
  codes: readonly string[],
  { now, limit }: { readonly now: Date; readonly limit: number },
): Promise<ResourceConsumer[]> {
  const { rows } = await database.query<ResourceConsumer>(
    `SELECT r.consumer, coalesce(s.owner, s.member) AS owner, c.code AS service, r.id AS "accessRight"
       FROM unnest($1::text[], $2::text[]) AS c (provider, code)
       JOIN sluice.access_right r
         ON r.provider = c.provider AND (r.service = c.code OR starts_with(r.service, c.code || '/'))
       JOIN sluice.subsystem s ON s.id = r.consumer
      WHERE r.status = 'active' AND s.status <> 'liquidated'
        AND r.valid_from <= $3 AND (r.valid_until IS NULL OR r.valid_until > $3)
      ORDER BY 1, 3, 4 LIMIT $4`,
    [codes.map((code) => providerOf(code as ServiceCode)), codes, now, limit],
  )
  return rows
}

export interface RelatedResource {
  readonly id: string
  readonly owner: string
  readonly name: { readonly az: string; readonly en: string }
  readonly offeredBy: readonly string[]
  readonly readBy: readonly string[]
}

/** Resources that are not ended, all of them or those meant, in the order of their names. */
export async function relatedResources(
  database: Database,
  wanted: { readonly resource?: string | undefined; readonly owner?: string | undefined },
  limit: number,
): Promise<RelatedResource[]> {
  const { rows } = await database.query<RelatedResource>(
    `SELECT id, owner, json_build_object('az', name_az, 'en', name_en) AS name,
            offered_by AS "offeredBy", read_by AS "readBy"
       FROM sluice.information_resource
      WHERE status <> 'liquidated' AND ($1::text IS NULL OR id = $1)
        AND ($2::text IS NULL OR owner = $2)
      ORDER BY id COLLATE "C" LIMIT $3`,
    [wanted.resource ?? null, wanted.owner ?? null, limit],
  )
  return rows
}

/** How many entries of the State Registers each holder has. */
export interface HolderCounts {
  readonly holder: string
  readonly name: { readonly az: string; readonly en: string }
  readonly resources: number
  readonly personalDataSystems: number
}

export async function countByHolder(database: Database): Promise<HolderCounts[]> {
  const { rows } = await database.query<HolderCounts>(
    `WITH held AS (
       SELECT owner, 1 AS resources, 0 AS systems FROM sluice.information_resource
        WHERE state AND status <> 'liquidated'
       UNION ALL
       SELECT coalesce(r.owner, s.owner, s.member), 0, 1 FROM sluice.personal_data_system p
         LEFT JOIN sluice.information_resource r ON r.id = p.id
         LEFT JOIN sluice.subsystem s ON s.id = p.id
        WHERE p.status = 'active'
     )
     SELECT m.id AS holder, json_build_object('az', m.name_az, 'en', m.name_en) AS name,
            sum(resources)::int AS resources, sum(systems)::int AS "personalDataSystems"
       FROM held JOIN sluice.member m ON m.id = held.owner
      GROUP BY m.id ORDER BY m.id COLLATE "C"`,
  )
  return rows
}
