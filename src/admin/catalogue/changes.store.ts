import type { ClientBase } from 'pg'
import type { CatalogueChange, ChangedNoun, ChangeKind } from '../../catalogue/change.js'
import type { Queried } from '../admin-database.store.js'

interface Row {
  readonly position: string
  readonly at: Date
  readonly kind: ChangeKind
  readonly noun: ChangedNoun
  readonly object: string
  readonly member: string
  readonly name_az: string | null
  readonly name_en: string | null
  readonly successor: string | null
}

/** What was put away is out of the catalogue, and of what it says of the past. */
const inCatalogue = `
  NOT EXISTS (SELECT FROM sluice.service s JOIN sluice.subsystem p ON p.id = s.subsystem
               WHERE c.noun = 'service' AND s.id = c.object AND (s.archived OR p.archived))
  AND NOT EXISTS (SELECT FROM sluice.member m
                   WHERE c.noun = 'member' AND m.id = c.object AND m.archived)`

export interface ChangesWanted {
  readonly limit: number
  /** Position behind which the list begins; in the order that is asked for. */
  readonly after?: string | undefined
  readonly newestFirst: boolean
}

export async function listChanges(
  database: Queried,
  { limit, after, newestFirst }: ChangesWanted,
): Promise<CatalogueChange[]> {
  const [behind, order] = newestFirst ? ['<', 'DESC'] : ['>', 'ASC']
  const { rows } = await database.query<Row>(
    `SELECT c.* FROM sluice.catalogue_change c
      WHERE ($2::bigint IS NULL OR c.position ${behind} $2) AND ${inCatalogue}
      ORDER BY c.position ${order} LIMIT $1`,
    [limit, after ?? null],
  )
  return rows.map(({ name_az: az, name_en: en, successor, ...row }) => ({
    ...{ position: row.position, at: row.at, kind: row.kind, noun: row.noun, object: row.object },
    ...{ member: row.member, successor: successor ?? undefined },
    name: az !== null && en !== null ? { az, en } : undefined,
  }))
}

/** @returns its position */
export async function addChange(
  client: ClientBase,
  { at, kind, noun, object, member, name, successor }: Omit<CatalogueChange, 'position'>,
): Promise<string> {
  const { rows } = await client.query<{ position: string }>(
    `INSERT INTO sluice.catalogue_change (at, kind, noun, object, member, name_az, name_en, successor)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING position`,
    [at, kind, noun, object, member, name?.az ?? null, name?.en ?? null, successor ?? null],
  )
  const [row] = rows
  if (!row) throw new Error('the change was not written')
  return row.position
}
