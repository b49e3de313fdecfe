import type { ClientBase } from 'pg'
import type { MaintenanceWindow } from './maintenance-window.js'
import type { ContractSummary, RegisteredContract } from './contract.js'
import type { OcspAnswer } from './ocsp-answer.js'
import type { ProviderTrouble } from './provider-trouble.js'
import type { RegistryContent } from './registry-content.js'
import { personalDataTable, resourceTable } from './resource-tables.js'
import type { Service } from './service.js'
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

/** DER by thumbprint: a certificate read once is the same object for good. */
export type DerCache = ReadonlyMap<string, Uint8Array>

/** The generation of the registry, for a follower that asks whether anything has changed. */
export async function readGeneration(client: ClientBase): Promise<number> {
  return (await readVersion(client)).generation
}

export interface ReadOptions {
  /** For who changes the registry: the digests of all contracts and the bytes of none, and what no message is decided on by. */
  /** For who changes the registry: what all contracts say, and the bytes of none. */
  readonly forChange?: boolean
  /** Digests of contracts that were read before. */
  readonly knownContracts?: ReadonlyMap<string, unknown>
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
  options: ReadOptions = {},
): Promise<RegistryContent> {
  const { since = -1, known = new Map() } = options
  const services = await readTable(client, serviceTable, since)
  return {
    ...(await readVersion(client)),
    domains: await readTable(client, domainTable, since),
    members: await readTable(client, memberTable, since),
    subsystems: await readTable(client, subsystemTable, since),
    services,
    certificates: await readCertified(client, certificateTable, since, known),
    authorities: await readCertified(client, authorityTable, since, known),
    accessRights: await readTable(client, accessRightTable, since),
    resources: options.forChange ? await readTable(client, resourceTable, since) : [],
    personalData: options.forChange ? await readTable(client, personalDataTable, since) : [],
    revocationLists: await readLists(client, since),
    ocspAnswers: options.forChange ? [] : await readAnswers(client, since),
    maintenanceWindows: options.forChange ? [] : await readWindows(client, since),
    providerTroubles: options.forChange ? [] : await readTroubles(client, since),
    ...(await readContracts(client, services, options)),
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
  const selected = columns.filter(({ derived }) => !derived).map((each) => selectOf(each))
  const { rows } = await client.query<Row>(
    `SELECT ${selected.join(', ')} FROM sluice.${table} WHERE revision > $1`,
    [since],
  )
  return rows.map(read)
}

/** @param from - alias of the table, where another one has columns of the same names */
export function selectOf(
  { name, type }: { readonly name: string; readonly type: string },
  from = '',
): string {
  const column = from === '' ? name : `${from}.${name}`
  if (type === 'timestamptz') return `date_part('epoch', ${column}) * 1000 AS ${name}`
  if (type === 'text[]') return `array_to_string(${column}, ',') AS ${name}`
  return column
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

async function readContracts(
  client: ClientBase,
  services: readonly Service[],
  { forChange = false, knownContracts }: ReadOptions,
): Promise<Pick<RegistryContent, 'contracts' | 'contractSummaries'>> {
  if (forChange) {
    const { rows } = await client.query<{ digest: string; facts: ContractSummary | null }>(
      'SELECT digest, facts FROM sluice.service_contract',
    )
    const summaries = rows.map(({ digest, facts }) => [digest, facts ?? undefined] as const)
    return { contracts: [], contractSummaries: new Map(summaries) }
  }
  const wanted = services.flatMap(({ contract }) => contract?.digest ?? [])
  const missing = wanted.filter((digest) => knownContracts?.has(digest) !== true)
  const contracts: RegisteredContract[] = []
  // One by one: together they may be more than one answer of the database should hold.
  for (const digest of new Set(missing)) {
    const { rows } = await client.query<{ files: Buffer }>(
      'SELECT files FROM sluice.service_contract WHERE digest = $1',
      [digest],
    )
    for (const { files } of rows) contracts.push({ digest, files: new Uint8Array(files) })
  }
  return { contracts, contractSummaries: new Map() }
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

interface AnswerRow {
  readonly certificate: string
  readonly authority: string
  readonly status: OcspAnswer['status']
  readonly this_update: number
  readonly next_update: number
  readonly der: Buffer
}

async function readAnswers(client: ClientBase, since: number): Promise<readonly OcspAnswer[]> {
  const { rows } = await client.query<AnswerRow>(
    `SELECT certificate, authority, status, der,
            date_part('epoch', this_update) * 1000 AS this_update,
            date_part('epoch', next_update) * 1000 AS next_update
       FROM sluice.ocsp_answer WHERE revision > $1`,
    [since],
  )
  return rows.map(({ der, this_update: from, next_update: until, ...answer }) => ({
    ...answer,
    thisUpdate: new Date(from),
    nextUpdate: new Date(until),
    der: new Uint8Array(der),
  }))
}

interface WindowRow {
  readonly id: string
  readonly target: MaintenanceWindow['target']
  readonly from: number
  readonly until: number
  readonly called_off: boolean
}

/** What is over is left out, unless it has changed. The bus's own works close no service. */
async function readWindows(
  client: ClientBase,
  since: number,
): Promise<readonly MaintenanceWindow[]> {
  const { rows } = await client.query<WindowRow>(
    `SELECT id, coalesce(service, subsystem) AS target, called_off_at IS NOT NULL AS called_off,
            date_part('epoch', starts_at) * 1000 AS from,
            date_part('epoch', coalesce(ended_at, ends_at)) * 1000 AS until
       FROM sluice.maintenance_window
      WHERE revision > $1 AND member IS NOT NULL
        AND ($1 >= 0 OR (called_off_at IS NULL AND coalesce(ended_at, ends_at) > now()))`,
    [since],
  )
  return rows.map(({ id, target, from, until, called_off: isCalledOff }) => ({
    ...{ id, target, isCalledOff },
    from: new Date(Math.round(from)),
    until: new Date(Math.round(until)),
  }))
}

interface TroubleRow extends Omit<ProviderTrouble, 'member' | 'since'> {
  readonly member: ProviderTrouble['member'] | null
  readonly since: number
}

async function readTroubles(
  client: ClientBase,
  since: number,
): Promise<readonly ProviderTrouble[]> {
  const { rows } = await client.query<TroubleRow>(
    `SELECT service, state = 'FAULTY' AS "isFaulty", reason, probe,
            coalesce(member, array_to_string((string_to_array(consumer, '/'))[1:3], '/')) AS member,
            date_part('epoch', since) * 1000 AS since
       FROM sluice.provider_trouble WHERE revision > $1 AND ($1 >= 0 OR state = 'FAULTY')`,
    [since],
  )
  return rows.map(({ member, since, ...trouble }) => ({
    ...trouble,
    member: member ?? undefined,
    since: new Date(since),
  }))
}
