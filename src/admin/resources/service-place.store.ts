import type { Queried } from '../admin-database.store.js'

export const servicePlaces = ['portal', 'own-site'] as const
export const interactions = ['informative', 'interactive'] as const

/** Whether a service is in the Cabinet's list, and where people find it. */
export interface ServicePlace {
  /** Its code: all versions are one service to people. */
  readonly service: string
  /** The act that approved it, where one did. */
  readonly approvedBy: string | undefined
  readonly places: readonly (typeof servicePlaces)[number][]
  readonly interaction: (typeof interactions)[number]
  readonly revision: number
}

interface Row {
  readonly service: string
  readonly approved_by: string | null
  readonly places: ServicePlace['places']
  readonly interaction: ServicePlace['interaction']
  readonly revision: number
}

const columns = 'service, approved_by, places, interaction, revision'

/** @param lock - until the end of the transaction */
export async function findPlace(
  database: Queried,
  service: string,
  lock = false,
): Promise<ServicePlace | undefined> {
  const { rows } = await database.query<Row>(
    `SELECT ${columns} FROM sluice.service_place WHERE service = $1 ${lock ? 'FOR UPDATE' : ''}`,
    [service],
  )
  return rows[0] && placeIn(rows[0])
}

/** In the order of codes. */
export async function listPlaces(
  database: Queried,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): Promise<ServicePlace[]> {
  const { rows } = await database.query<Row>(
    `SELECT ${columns} FROM sluice.service_place
      WHERE ($2::text IS NULL OR service COLLATE "C" > $2) ORDER BY service COLLATE "C" LIMIT $1`,
    [limit, after ?? null],
  )
  return rows.map(placeIn)
}

/** Whether some version of a service is registered. */
export async function hasService(database: Queried, code: string): Promise<boolean> {
  const { rowCount } = await database.query(
    `SELECT FROM sluice.service WHERE subsystem || '/' || code = $1 LIMIT 1`,
    [code],
  )
  return rowCount === 1
}

export async function writePlace(
  database: Queried,
  { service, approvedBy, places, interaction }: Omit<ServicePlace, 'revision'>,
): Promise<void> {
  await database.query(
    `INSERT INTO sluice.service_place AS p (service, approved_by, places, interaction)
     VALUES ($1, $2, $3, $4)
     ON CONFLICT (service) DO UPDATE SET approved_by = EXCLUDED.approved_by,
       places = EXCLUDED.places, interaction = EXCLUDED.interaction, revision = p.revision + 1`,
    [service, approvedBy ?? null, places, interaction],
  )
}

function placeIn({ approved_by: approvedBy, ...row }: Row): ServicePlace {
  return { ...row, approvedBy: approvedBy ?? undefined }
}
