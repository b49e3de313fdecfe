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

/** DER by its digest, base64url SHA-256. Bytes once read need not be read again. */
export type DerCache = ReadonlyMap<string, Uint8Array>

/** The generation of the registry, for a follower that asks whether anything has changed. */
export async function readGeneration(client: ClientBase): Promise<number> {
  return (await readVersion(client)).generation
}

/**
 * Reads all of the registry as it is at one moment.
 * @param known - certificates and lists read before; they stay in use without being read again
 */
export async function readRegistry(client: ClientBase, known: DerCache): Promise<RegistryContent> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  try {
    const content = await readContent(client, known)
    await client.query('COMMIT')
    return content
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}

/** Reads all of the registry within the caller's transaction. */
export async function readContent(client: ClientBase, known: DerCache): Promise<RegistryContent> {
  return {
    ...(await readVersion(client)),
    domains: await readTable(client, domainTable),
    members: await readTable(client, memberTable),
    subsystems: await readTable(client, subsystemTable),
    services: await readTable(client, serviceTable),
    certificates: await readCertified(client, certificateTable, known),
    authorities: await readCertified(client, authorityTable, known),
    accessRights: await readTable(client, accessRightTable),
    revocationLists: await readLists(client, known),
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

async function readTable<T>(client: ClientBase, { table, columns, read }: Table<T>): Promise<T[]> {
  const selected = columns.map(({ name, type }) => selectOf(name, type))
  const order = columns[0]?.name ?? ''
  const { rows } = await client.query<Row>(
    `SELECT ${selected.join(', ')} FROM sluice.${table} ORDER BY ${order} COLLATE "C"`,
  )
  return rows.map(read)
}

function selectOf(name: string, type: string): string {
  if (type === 'timestamptz') return `date_part('epoch', ${name}) * 1000 AS ${name}`
  if (type === 'text[]') return `array_to_string(${name}, ',') AS ${name}`
  return name
}

/** Entries with a certificate, whose bytes are read only where they are not known yet. */
async function readCertified<T extends { readonly thumbprint: string }>(
  client: ClientBase,
  table: Table<T>,
  known: DerCache,
): Promise<T[]> {
  const columns = table.columns.filter(({ name }) => name !== 'der')
  const entries = await readTable(client, { ...table, columns })
  const wanted = entries.map(({ thumbprint }) => thumbprint)
  const ders = await readDers(client, table.table, 'thumbprint', wanted, known)
  return entries.map((entry) => ({ ...entry, der: derIn(ders, entry.thumbprint) }))
}

async function readLists(
  client: ClientBase,
  known: DerCache,
): Promise<RegistryContent['revocationLists']> {
  const { rows } = await client.query<{ authority: string; digest: string }>(
    'SELECT authority, digest FROM sluice.revocation_list ORDER BY authority COLLATE "C"',
  )
  const ders = await readDers(
    client,
    'revocation_list',
    'digest',
    rows.map(({ digest }) => digest),
    known,
  )
  return rows.map(({ authority, digest }) => ({ authority, digest, der: derIn(ders, digest) }))
}

async function readDers(
  client: ClientBase,
  table: string,
  key: string,
  wanted: readonly string[],
  known: DerCache,
): Promise<DerCache> {
  const missing = wanted.filter((digest) => !known.has(digest))
  if (missing.length === 0) return known
  const { rows } = await client.query<{ key: string; der: Buffer }>(
    `SELECT ${key} AS key, der FROM sluice.${table} WHERE ${key} = ANY($1)`,
    [missing],
  )
  const read = new Map<string, Uint8Array>(rows.map((row) => [row.key, new Uint8Array(row.der)]))
  for (const digest of wanted) {
    const der = known.get(digest)
    if (der) read.set(digest, der)
  }
  return read
}

function derIn(ders: DerCache, digest: string): Uint8Array {
  const der = ders.get(digest)
  if (!der) throw new Error('a certificate or list vanished within one transaction')
  return der
}
