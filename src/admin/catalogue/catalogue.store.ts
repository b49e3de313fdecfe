import type { CatalogueMember, CatalogueResource } from '../../catalogue/catalogue-entry.js'
import type { TroubleReason } from '../../registry/provider-trouble.js'
import type { Queried } from '../admin-database.store.js'

// Columns are named one by one: addresses, contacts and grounds are never read.

/** Grows with every change of what the catalogue is made of. */
export async function catalogueVersion(database: Queried): Promise<string> {
  const { rows } = await database.query<{ version: string }>(
    `SELECT generation || ' ' || (SELECT coalesce(sum(revision), 0) FROM sluice.service_place) AS version
       FROM sluice.registry_version`,
  )
  return rows[0]?.version ?? ''
}

/** What was never in use is not in the catalogue yet: `noun` and `id` are the history's. */
const wasOpen = (noun: string, id: string): string =>
  `EXISTS (SELECT FROM sluice.registry_history h WHERE h.noun = '${noun}' AND h.id = ${id}
             AND h.entry ->> 'status' IN ('active', 'maintenance'))`

interface MemberRow {
  readonly id: string
  readonly name_az: string
  readonly name_en: string
  readonly status: string
  readonly successor: string | null
}

export async function catalogueMembers(database: Queried): Promise<CatalogueMember[]> {
  const { rows } = await database.query<MemberRow>(
    `SELECT id, name_az, name_en, status, successor FROM sluice.member m
      WHERE NOT archived AND ${wasOpen('member', 'm.id')}`,
  )
  return rows.map(({ id, name_az: az, name_en: en, status, successor }) => ({
    ...{ id, status, name: { az, en } },
    successor: successor ?? undefined,
  }))
}

/** A service as the database has it; its state follows from the moment. */
export interface ServiceRow {
  readonly id: string
  readonly subsystem: string
  readonly code: string
  readonly version: string
  readonly name_az: string | null
  readonly name_en: string | null
  readonly system_az: string
  readonly system_en: string
  readonly owner: string
  readonly owner_az: string
  readonly owner_en: string
  readonly domain: string
  readonly is_default: boolean
  readonly protocol: string
  readonly pattern: string
  readonly modes: string[]
  readonly has_contract: boolean
  readonly deprecated_from: Date | null
  readonly successor: string | null
  readonly maintenance_from: Date | null
  readonly maintenance_until: Date | null
  /** Of the service, its system, the owner and the domain. */
  readonly statuses: string[]
  readonly reason: TroubleReason | null
  readonly since: Date | null
  readonly approved_by: string | null
  readonly places: string[] | null
  readonly interaction: string | null
}

/** A fault that closes a service for one consumer alone is between the two. */
export async function catalogueServices(database: Queried): Promise<ServiceRow[]> {
  const { rows } = await database.query<ServiceRow>(
    `SELECT s.id, s.subsystem, s.code, s.version, s.name_az, s.name_en, p.domain,
            p.name_az AS system_az, p.name_en AS system_en,
            m.id AS owner, m.name_az AS owner_az, m.name_en AS owner_en,
            s.is_default, s.protocol, s.pattern, s.modes, s.contract_digest IS NOT NULL AS has_contract,
            s.deprecated_from, s.successor, s.maintenance_from, s.maintenance_until,
            ARRAY[s.status, p.status, m.status, d.status] AS statuses, t.reason, t.since,
            l.approved_by, l.places, l.interaction
       FROM sluice.service s JOIN sluice.subsystem p ON p.id = s.subsystem
       JOIN sluice.member m ON m.id = coalesce(p.owner, p.member)
       JOIN sluice.domain d ON d.code = p.domain
       LEFT JOIN sluice.provider_trouble t
         ON t.service = s.id AND t.state = 'FAULTY' AND t.member IS NULL AND t.consumer IS NULL
       LEFT JOIN sluice.service_place l ON l.service = s.subsystem || '/' || s.code
      WHERE NOT s.archived AND NOT p.archived AND ${wasOpen('service', 's.id')}`,
  )
  return rows
}

export interface WindowRow {
  readonly subsystem: string
  readonly service: string | null
  readonly from: Date
  readonly until: Date
}

/** Announced works that are not over. */
export async function catalogueWindows(database: Queried): Promise<WindowRow[]> {
  const { rows } = await database.query<WindowRow>(
    `SELECT subsystem, service, starts_at AS from, ends_at AS until FROM sluice.maintenance_window
      WHERE subsystem IS NOT NULL AND ends_at > clock_timestamp()
        AND called_off_at IS NULL AND ended_at IS NULL`,
  )
  return rows
}

interface ResourceRow extends MemberRow {
  readonly kind: string
  readonly owner: string
  readonly owner_az: string
  readonly owner_en: string
  readonly identifiers: string[]
  readonly data_objects: CatalogueResource['dataObjects']
  readonly offered_by: string[]
}

export async function catalogueResources(database: Queried): Promise<CatalogueResource[]> {
  const { rows } = await database.query<ResourceRow>(
    `SELECT r.id, r.kind, r.name_az, r.name_en, r.status, r.successor, r.identifiers,
            r.data_objects, r.offered_by, m.id AS owner, m.name_az AS owner_az, m.name_en AS owner_en
       FROM sluice.information_resource r JOIN sluice.member m ON m.id = r.owner
      WHERE ${wasOpen('information_resource', 'r.id')}`,
  )
  return rows.map((row) => ({
    ...{ id: row.id, kind: row.kind, status: row.status, identifiers: row.identifiers },
    owner: { id: row.owner, name: { az: row.owner_az, en: row.owner_en } },
    name: { az: row.name_az, en: row.name_en },
    dataObjects: row.data_objects.map(({ code, name: { az, en }, source }) => ({
      ...{ code, name: { az, en }, source },
    })),
    offeredBy: row.offered_by,
    successor: row.successor ?? undefined,
  }))
}
