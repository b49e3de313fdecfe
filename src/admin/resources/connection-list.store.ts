import type { Queried } from '../admin-database.store.js'
import type { ConnectionDuty, ConnectionList, KeptDuty } from './connection-list.js'

interface ListRow {
  readonly id: string
  readonly title_az: string
  readonly title_en: string
  readonly legal_basis: string
  readonly domain: string
  readonly made_at: Date
  readonly made_by: string
}

const columns = 'id, title_az, title_en, legal_basis, domain, made_at, made_by'

export async function addList(
  database: Queried,
  list: Omit<ConnectionList, 'madeAt'>,
  lines: readonly ConnectionDuty[],
): Promise<void> {
  const { id, title, legalBasis, domain, madeBy } = list
  await database.query(
    `INSERT INTO sluice.connection_list (id, title_az, title_en, legal_basis, domain, made_by)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [id, title.az, title.en, legalBasis, domain, madeBy],
  )
  await database.query(
    `INSERT INTO sluice.connection_duty (list, position, owner, system, object, due, duty, way)
     SELECT $1, position, owner, system, object, due, duty, way
       FROM jsonb_to_recordset($2::jsonb) AS line (position integer, owner text, system text,
         object text, due date, duty text, way text)`,
    [id, JSON.stringify(lines.map((line, index) => ({ ...line, position: index + 1 })))],
  )
}

export async function hasDomain(database: Queried, code: string): Promise<boolean> {
  const { rowCount } = await database.query('SELECT FROM sluice.domain WHERE code = $1', [code])
  return rowCount === 1
}

/** In the order of making. */
export async function listLists(
  database: Queried,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): Promise<ConnectionList[]> {
  const { rows } = await database.query<ListRow>(
    `SELECT ${columns} FROM sluice.connection_list WHERE ($2::uuid IS NULL OR id > $2)
      ORDER BY id LIMIT $1`,
    [limit, after ?? null],
  )
  return rows.map(listIn)
}

export async function findList(database: Queried, id: string): Promise<ConnectionList | undefined> {
  const { rows } = await database.query<ListRow>(
    `SELECT ${columns} FROM sluice.connection_list WHERE id = $1`,
    [id],
  )
  return rows[0] && listIn(rows[0])
}

/** The lines of a list; one is connected once its system, or one of its owner's, has been active. */
export async function dutiesOf(database: Queried, list: string): Promise<KeptDuty[]> {
  const { rows } = await database.query<
    Omit<KeptDuty, 'object'> & { readonly object: string | null }
  >(
    `SELECT d.owner, d.system, d.object, d.due::text AS due, d.duty, d.way,
            EXISTS (
              SELECT FROM sluice.subsystem s
               WHERE (s.id = d.object OR d.object IS NULL AND (coalesce(s.owner, s.member) = d.owner
                   -- What was the owner's before it merged into another, has been connected for it.
                   OR s.member = d.owner AND sluice.has_merged(d.owner, s.owner)))
                 AND s.domain = l.domain AND s.status <> 'liquidated'
                 AND EXISTS (
                   SELECT FROM sluice.registry_history h
                    WHERE h.noun = 'subsystem' AND h.id = s.id AND h.entry ->> 'status' = 'active')
            ) AS "isConnected"
       FROM sluice.connection_duty d JOIN sluice.connection_list l ON l.id = d.list
      WHERE d.list = $1 ORDER BY d.position`,
    [list],
  )
  return rows.map(({ object, ...line }) => ({ ...line, object: object ?? undefined }))
}

function listIn(row: ListRow): ConnectionList {
  return {
    id: row.id,
    title: { az: row.title_az, en: row.title_en },
    legalBasis: row.legal_basis,
    domain: row.domain,
    madeAt: row.made_at,
    madeBy: row.made_by,
  }
}
