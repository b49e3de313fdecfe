import type { Queried } from '../admin-database.store.js'
import type { AgencyTable } from './agency-figures.js'

export interface KeptFigures extends AgencyTable {
  readonly id: string
  readonly title: string
  readonly madeAt: Date
  readonly madeBy: string
}

interface Row {
  readonly id: string
  readonly title: string
  readonly made_at: Date
  readonly made_by: string
  readonly lines: AgencyTable['lines']
  readonly printed: AgencyTable['printed'] | null
}

const columns = 'id, title, made_at, made_by, lines, printed'

export async function addFigures(
  database: Queried,
  { id, title, madeBy, lines, printed }: Omit<KeptFigures, 'madeAt'>,
): Promise<KeptFigures> {
  const { rows } = await database.query<Row>(
    `INSERT INTO sluice.agency_figures (id, title, made_by, lines, printed)
     VALUES ($1, $2, $3, $4, $5) RETURNING ${columns}`,
    [id, title, madeBy, JSON.stringify(lines), printed ? JSON.stringify(printed) : null],
  )
  const [row] = rows
  if (!row) throw new Error('the figures were not written')
  return figuresIn(row)
}

export async function findFigures(database: Queried, id: string): Promise<KeptFigures | undefined> {
  const { rows } = await database.query<Row>(
    `SELECT ${columns} FROM sluice.agency_figures WHERE id = $1`,
    [id],
  )
  return rows[0] && figuresIn(rows[0])
}

/** In the order of making. */
export async function listFigures(
  database: Queried,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): Promise<KeptFigures[]> {
  const { rows } = await database.query<Row>(
    `SELECT ${columns} FROM sluice.agency_figures WHERE ($2::uuid IS NULL OR id > $2)
      ORDER BY id LIMIT $1`,
    [limit, after ?? null],
  )
  return rows.map(figuresIn)
}

function figuresIn({ made_at: madeAt, made_by: madeBy, printed, ...row }: Row): KeptFigures {
  return { ...row, madeAt, madeBy, printed: printed ?? undefined }
}
