import type { ClientBase } from 'pg'
import type { RegistryContent } from './registry-content.js'
import {
  accessRightTable,
  authorityTable,
  certificateTable,
  domainTable,
  memberTable,
  serviceTable,
  subsystemTable,
  type Row,
  type Table,
} from './registry-tables.js'

/** DER by thumbprint: a certificate read once is the same object for good. */
export type DerCache = ReadonlyMap<string, Uint8Array>

/** The generation of the registry, for a follower that asks whether anything has changed. */
export async function readGeneration(client: ClientBase): Promise<number> {
  return (await readVersion(client)).generation
}

export interface ReadOptions {
  /** Only entries that changed after this generation; all where it is absent. */
  readonly since?: number
  /** Certificates read before. */
  readonly known?: DerCache
}

/** Reads the registry, or what has changed in it, as it is at one moment, in no order. */
export async function readRegistry(
  client: ClientBase,
  options: ReadOptions = {},
): Promise<RegistryContent> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  try {
    const content = await readContent(client, options)
    await client.query('COMMIT')
    return content
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}

/** Reads the registry within the caller's transaction, in no order. */
export async function readContent(
  client: ClientBase,
  { since = -1, known = new Map() }: ReadOptions = {},
): Promise<RegistryContent> {
  return {
    ...(await readVersion(client)),
    domains: await readTable(client, domainTable, since),
    members: await readTable(client, memberTable, since),
    subsystems: await readTable(client, subsystemTable, since),
    services: await readTable(client, serviceTable, since),
    certificates: await readCertified(client, certificateTable, since, known),
    authorities: await readCertified(client, authorityTable, since, known),
    accessRights: await readTable(client, accessRightTable, since),
    revocationLists: await readLists(client, since),
  }
}

async function readVersion(
  client: ClientBase,
): Promise<Pick<RegistryContent, 'generation' | 'instance'>> {
  const { rows } = await client.query<{ generation: string; instance: string | null }>(
    'SELECT generation, instance FROM sluice.registry_version',
  )
  const [row] = rows
  if (!row) throw new Error('sluice.registry_version has no row')
  return { generation: Number(row.generation), instance: row.instance ?? undefined }
}

async function readTable<T>(
  client: ClientBase,
  { table, columns, read }: Table<T>,
  since: number,
): Promise<T[]> {
  const selected = columns.filter(({ derived }) => !derived).map(selectOf)
  const { rows } = await client.query<Row>(
    `SELECT ${selected.join(', ')} FROM sluice.${table} WHERE revision > $1`,
    [since],
  )
  return rows.map(read)
}

function selectOf({ name, type }: { readonly name: string; readonly type: string }): string {
  if (type === 'timestamptz') return `date_part('epoch', ${name}) * 1000 AS ${name}`
  if (type === 'text[]') return `array_to_string(${name}, ',') AS ${name}`
  return name
}

/** Entries with a certificate, whose bytes are read only where they are not known yet. */
async function readCertified<T extends { readonly thumbprint: string }>(
  client: ClientBase,
  table: Table<T>,
  since: number,
  known: DerCache,
): Promise<T[]> {
  const columns = table.columns.filter(({ name }) => name !== 'der')
  const entries = await readTable(client, { ...table, columns }, since)
  const missing = entries.map(({ thumbprint }) => thumbprint).filter((each) => !known.has(each))
  const { rows } = await client.query<{ thumbprint: string; der: Buffer }>(
    `SELECT thumbprint, der FROM sluice.${table.table} WHERE thumbprint = ANY($1)`,
    [missing],
  )
  const read = new Map(rows.map(({ thumbprint, der }) => [thumbprint, new Uint8Array(der)]))
  return entries.map((entry) => {
    const der = known.get(entry.thumbprint) ?? read.get(entry.thumbprint)
    if (!der) throw new Error('a certificate vanished within one transaction')
    return { ...entry, der }
  })
}

async function readLists(
  client: ClientBase,
  since: number,
): Promise<RegistryContent['revocationLists']> {
  const { rows } = await client.query<{ authority: string; digest: string; der: Buffer }>(
    'SELECT authority, digest, der FROM sluice.revocation_list WHERE revision > $1',
    [since],
  )
  return rows.map(({ der, ...list }) => ({ ...list, der: new Uint8Array(der) }))
}
