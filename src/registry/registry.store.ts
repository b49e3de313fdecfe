import type { ClientBase, Pool } from 'pg'
import { readContent, readRegistry } from './registry-content.store.js'
import type { EntryChange, RegistryEntries } from './plan/plan.js'
import { summaryOf, type ContractFacts } from './contract.js'
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
import type { Table } from './table.js'
import { personalDataTable, resourceTable } from './resource-tables.js'

/** What to write, decided by someone who saw the registry under lock. */
export interface RegistryWrite {
  readonly instance: string | undefined
  readonly upserts: RegistryEntries
  readonly contracts: readonly ContractFacts[]
  readonly entryChanges: readonly EntryChange[]
}

/** Records what is changed, within the transaction that changes it. */
export type RecordChanges = (client: ClientBase, changes: readonly EntryChange[]) => Promise<void>

// One number of our own among the database's advisory locks.
const applyLock = 7_583_142_002
const rowsPerStatement = 2_000

/** The registry in the database, for those who change it; the exchange path has its snapshot. */
export class RegistryStore {
  readonly #pool: Pool
  readonly #record: RecordChanges
  readonly #actor: string | undefined

  /**
   * @param record - keeps the acts of administrators; nothing is changed that it does not take
   * @param actor - who changes it, for the registry's own history
   */
  constructor(pool: Pool, record: RecordChanges, actor?: string) {
    this.#pool = pool
    this.#record = record
    this.#actor = actor
  }

  /** All of the registry at one moment, in the order of keys. */
  async read(): Promise<RegistryContent> {
    const client = await this.#pool.connect()
    try {
      return inOrder(await readRegistry(client, { forChange: true }))
    } finally {
      client.release()
    }
  }

  /**
   * Changes the registry: `decide` sees it while no other apply can change it, and says what to
   * write, or nothing. All is written or nothing is.
   * @param check - looks under the lock whether all is as the one who changes it believes; what it throws ends it
   * @returns the generation afterwards; the same as before where nothing was written
   */
  async apply(
    decide: (content: RegistryContent) => RegistryWrite | undefined,
    check?: (client: ClientBase) => Promise<void>,
  ): Promise<number> {
    const client = await this.#pool.connect()
    let broken = false
    try {
      await client.query('BEGIN')
      const generation = await this.applyIn(client, decide, check)
      await client.query('COMMIT')
      return generation
    } catch (error) {
      await client.query('ROLLBACK').catch(() => (broken = true))
      throw error
    } finally {
      client.release(broken)
    }
  }

  /** {@link apply} within the caller's transaction, which nobody else changes the registry beside from here to its end. */
  async applyIn(
    client: ClientBase,
    decide: (content: RegistryContent) => RegistryWrite | undefined,
    check?: (client: ClientBase) => Promise<void>,
  ): Promise<number> {
    await client.query('SELECT pg_advisory_xact_lock($1)', [applyLock])
    await check?.(client)
    const write = decide(await readContent(client, { forChange: true }))
    if (write) {
      await client.query("SELECT set_config('sluice.actor', $1, true)", [this.#actor ?? ''])
      await writeAll(client, write)
      await this.#record(client, write.entryChanges)
    }
    const { rows } = await client.query<{ generation: string }>(
      'SELECT generation FROM sluice.registry_version',
    )
    return Number(rows[0]?.generation)
  }
}

function inOrder(content: RegistryContent): RegistryContent {
  const by = <T>(entries: readonly T[], keyOf: (entry: T) => string): T[] =>
    [...entries].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  return {
    ...content,
    domains: by(content.domains, ({ code }) => code),
    members: by(content.members, ({ id }) => id),
    subsystems: by(content.subsystems, ({ id }) => id),
    services: by(content.services, ({ id }) => id),
    certificates: by(content.certificates, ({ thumbprint }) => thumbprint),
    authorities: by(content.authorities, ({ name }) => name),
    accessRights: by(content.accessRights, ({ id }) => id),
    resources: by(content.resources, ({ id }) => id),
    personalData: by(content.personalData, ({ id }) => id),
  }
}

async function writeAll(client: ClientBase, write: RegistryWrite): Promise<void> {
  const { instance, upserts, contracts } = write
  await client.query(
    'UPDATE sluice.registry_version SET instance = $1 WHERE instance IS DISTINCT FROM $1',
    [instance],
  )
  for (const contract of contracts) await addContract(client, contract)
  await upsert(client, domainTable, upserts.domains)
  await upsert(client, authorityTable, upserts.authorities)
  await upsert(client, memberTable, upserts.members)
  await upsert(client, subsystemTable, upserts.subsystems)
  await upsert(client, serviceTable, upserts.services)
  await upsert(client, certificateTable, upserts.certificates)
  await upsert(client, accessRightTable, upserts.accessRights)
  await upsert(client, resourceTable, upserts.resources)
  await upsert(client, personalDataTable, upserts.personalData)
}

/** @returns whether it is new: what its digest names is in the registry once, for good */
export async function addContract(client: ClientBase, facts: ContractFacts): Promise<boolean> {
  const { digest, files } = facts
  const { rowCount } = await client.query(
    `INSERT INTO sluice.service_contract (digest, files, facts) VALUES ($1, $2, $3)
     ON CONFLICT (digest) DO NOTHING`,
    [digest, files, JSON.stringify(summaryOf(facts))],
  )
  return rowCount === 1
}

async function upsert<T>(
  client: ClientBase,
  { table, columns }: Table<T>,
  entries: readonly T[],
): Promise<void> {
  const names = columns.map(({ name }) => name)
  const typed = columns.map(({ name, type }) => `${name} ${type}`)
  const [key, ...others] = names
  const set = others.map((name) => `${name} = EXCLUDED.${name}`)
  const statement = `
    INSERT INTO sluice.${table} (${names.join(', ')})
    SELECT ${names.join(', ')} FROM jsonb_to_recordset($1::jsonb) AS entry (${typed.join(', ')})
    ON CONFLICT (${key ?? ''}) DO UPDATE SET ${set.join(', ')}`
  for (let start = 0; start < entries.length; start += rowsPerStatement) {
    const rows = entries
      .slice(start, start + rowsPerStatement)
      .map((entry) => Object.fromEntries(columns.map(({ name, of }) => [name, of(entry)])))
    await client.query(statement, [JSON.stringify(rows)])
  }
}
