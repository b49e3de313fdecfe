import type { Pool, PoolClient } from 'pg'
import { readContent, selectOf } from './registry-content.store.js'
import type { RegistryContent } from './registry-content.js'
import {
  accessRightTable,
  authorityTable,
  certificateTable,
  domainTable,
  memberTable,
  serviceTable,
  subsystemTable,
} from './registry-tables.js'
import type { Row, Table } from './table.js'
import { personalDataTable, resourceTable } from './resource-tables.js'

/** An entry of the registry, and which state of it. */
export interface Revised<T> {
  readonly entry: T
  readonly revision: number
}

/** A state that an entry was in. */
export interface PastState<T> extends Revised<T> {
  readonly writtenAt: Date
  /** Who made it so; undefined where the build of that time did not say. */
  readonly actor: string | undefined
}

export interface ListTerms {
  readonly limit: number
  /** The key behind which the list begins. */
  readonly after?: string | undefined
  /** Values that columns must have; undefined for any. */
  readonly where?: Readonly<Record<string, string | undefined>>
}

/** The registry entry by entry, as it is and as it was, for those who look at it. */
export class RegistryReader {
  readonly #pool: Pool

  constructor(pool: Pool) {
    this.#pool = pool
  }

  async find<T>(table: Table<T>, id: string): Promise<Revised<T> | undefined> {
    const { rows } = await this.#pool.query<Row>(
      `SELECT ${selected(table)}, e.revision FROM sluice.${table.table} e WHERE e.${keyOf(table)} = $1`,
      [id],
    )
    return rows[0] && revised(table, rows[0])
  }

  /** The entry as it was at a moment; undefined where there was none. */
  async findAt<T>(table: Table<T>, id: string, at: Date): Promise<Revised<T> | undefined> {
    const { rows } = await this.#pool.query<Row>(
      `${pastOf(table)} WHERE h.noun = $1 AND h.id = $2 AND h.written_at <= $3
        ORDER BY h.revision DESC LIMIT 1`,
      [table.table, id, at],
    )
    return rows[0] && revised(table, rows[0])
  }

  /** States of an entry, the latest first. @param before - a revision that the list begins behind */
  async history<T>(
    table: Table<T>,
    id: string,
    { limit, before }: { readonly limit: number; readonly before?: number | undefined },
  ): Promise<PastState<T>[]> {
    const { rows } = await this.#pool.query<Row>(
      `${pastOf(table)} WHERE h.noun = $1 AND h.id = $2 AND ($4::bigint IS NULL OR h.revision < $4)
        ORDER BY h.revision DESC LIMIT $3`,
      [table.table, id, limit, before ?? null],
    )
    return rows.map((row) => ({
      ...revised(table, row),
      writtenAt: row.written_at as Date,
      actor: (row.actor as string | null) ?? undefined,
    }))
  }

  /** In the order of keys. */
  async list<T>(table: Table<T>, { limit, after, where = {} }: ListTerms): Promise<Revised<T>[]> {
    const asked = Object.entries(where).filter(([, value]) => value !== undefined)
    const known = new Set([...table.columns.map(({ name }) => name)])
    for (const [name] of asked) {
      if (!known.has(name)) throw new Error(`sluice.${table.table} has no column ${name}`)
    }
    const key = `e.${keyOf(table)} COLLATE "C"`
    const conditions = asked.map(([name], at) => `AND e.${name} = $${at + 3}`)
    const { rows } = await this.#pool.query<Row>(
      `SELECT ${selected(table)}, e.revision FROM sluice.${table.table} e
        WHERE ($2::text IS NULL OR ${key} > $2) ${conditions.join(' ')} ORDER BY ${key} LIMIT $1`,
      [limit, after ?? null, ...asked.map(([, value]) => value)],
    )
    return rows.map((row) => revised(table, row))
  }

  /** All of the registry as it was at a moment, in the order of keys. */
  async contentAt(at: Date): Promise<RegistryContent> {
    const client = await this.#pool.connect()
    try {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
      const now = await readContent(client, { forChange: true })
      const past = <T>(table: Table<T>): Promise<T[]> => allAt(client, table, at)
      const ders = new Map(now.certificates.map(({ thumbprint, der }) => [thumbprint, der]))
      const content = {
        ...now,
        domains: await past(domainTable),
        authorities: await past(authorityTable),
        members: await past(memberTable),
        subsystems: await past(subsystemTable),
        services: await past(serviceTable),
        certificates: (await past(certificateTable)).map((each) => ({
          ...each,
          der: ders.get(each.thumbprint) ?? each.der,
        })),
        accessRights: await past(accessRightTable),
        resources: await past(resourceTable),
        personalData: await past(personalDataTable),
      }
      await client.query('COMMIT')
      return content
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined)
      throw error
    } finally {
      client.release()
    }
  }
}

async function allAt<T>(client: PoolClient, table: Table<T>, at: Date): Promise<T[]> {
  const { rows } = await client.query<Row>(
    `SELECT DISTINCT ON (h.id COLLATE "C") ${selected(table)} FROM sluice.registry_history h,
            jsonb_populate_record(NULL::sluice.${table.table}, h.entry) e
      WHERE h.noun = $1 AND h.written_at <= $2 ORDER BY h.id COLLATE "C", h.revision DESC`,
    [table.table, at],
  )
  return rows.map(table.read)
}

function pastOf<T>(table: Table<T>): string {
  return `SELECT ${selected(table)}, h.revision, h.written_at, h.actor
            FROM sluice.registry_history h,
                 jsonb_populate_record(NULL::sluice.${table.table}, h.entry) e`
}

function selected<T>({ columns }: Table<T>): string {
  const read = columns.filter(({ derived }) => !derived)
  return read.map((each) => selectOf(each, 'e')).join(', ')
}

function keyOf<T>({ columns }: Table<T>): string {
  const [key] = columns
  if (!key) throw new Error('a table has columns')
  return key.name
}

function revised<T>({ read }: Table<T>, row: Row): Revised<T> {
  return { entry: read(row), revision: Number(row.revision) }
}
