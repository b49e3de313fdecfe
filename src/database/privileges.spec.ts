import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { asBuildBefore, startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { startTestLog, testLogJobs } from '../../test/support/message-log.js'
import { sampleValidated } from '../../test/support/sample-exchange.js'
import { renewLogins } from './embedded-logins.js'
import { migrate } from './migrate.js'

const denied = { code: '42501' }
const logTables = ['entry', 'payload', 'data_key', 'message_id'].map(
  (name) => `message_log_${name}`,
)
const treeTables = ['checkpoint', 'cosignature', 'sequence', 'tile', 'timestamp'].map(
  (name) => `log_${name}`,
)
const archiveTables = ['legal_hold', 'log_archive', 'payload_erasure']
const searchTables = ['exchange_search', 'exchange_search_parties']
const entryTables = [
  ...['access_right', 'authority', 'certificate', 'domain', 'member', 'service', 'subsystem'],
]
const caTables = ['authority', 'certificate', 'crl', 'request', 'responder'].map(
  (name) => `ca_${name}`,
)
const registryTables = [
  ...['access_right', 'authority', 'certificate', 'domain', 'member', 'registry_version'],
  ...['ocsp_answer', 'revocation_list', 'service', 'service_contract', 'subsystem'],
]

let database: TestDatabase
let owner: pg.Client

beforeAll(async () => {
  database = await startTestDatabase()
  owner = await connected(database.ownerUrl)
})

afterAll(async () => {
  await owner.end()
  await database.stop()
})

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client(url)
  await client.connect()
  return client
}

/** What a role was given, by table. */
async function grantsOf(role: string): Promise<Record<string, string>> {
  const { rows } = await owner.query<{ name: string; rights: string }>(
    `SELECT table_name AS name, string_agg(privilege_type, ' ' ORDER BY privilege_type) AS rights
       FROM information_schema.table_privileges
      WHERE grantee = $1 AND table_schema NOT IN ('pg_catalog', 'information_schema')
      GROUP BY 1 ORDER BY 1`,
    [role],
  )
  return Object.fromEntries(rows.map(({ name, rights }) => [name, rights]))
}

function keyOf(logTable: string): string {
  if (logTable.endsWith('message_id')) return 'digest'
  return logTable.endsWith('data_key') ? 'id' : 'half'
}

function each(tables: readonly string[], rights: string): Record<string, string> {
  return Object.fromEntries(tables.map((table) => [table, rights]))
}

describe('what the roles may do with tables, and nothing else (evidence.md §2.3)', () => {
  it('workers: add to the log, deliver what is in the outbox, read the registry', async () => {
    expect(await grantsOf('sluice_bus')).toEqual({
      ...each(registryTables, 'SELECT'),
      ...each(logTables, 'INSERT SELECT'),
      ...each([...searchTables, 'exchange_search_progress'], 'SELECT'),
      ...each(['fair_use_bucket', 'fair_use_quota'], 'INSERT SELECT UPDATE'),
      outbox_message: 'DELETE INSERT SELECT',
      outbox_notice: 'INSERT SELECT',
      execution_step: 'INSERT',
      ...each(['maintenance_window', 'information_resource', 'personal_data_system'], 'SELECT'),
      ...each(['provider_failures', 'provider_trouble'], 'INSERT SELECT UPDATE'),
      // That a provider's service is faulty; of others they see nothing.
      notice: 'INSERT',
    })
  })

  it('jobs: mark requests, forget message ids, keep revocation lists, let the logs grow', async () => {
    expect(await grantsOf('sluice_jobs')).toEqual({
      ...each(treeTables, 'INSERT SELECT'),
      ...each(searchTables, 'INSERT SELECT'),
      exchange_search_progress: 'SELECT',
      audit_log_entry: 'SELECT',
      log_archive: 'SELECT',
      log_sequencer: 'SELECT',
      message_log_entry: 'INSERT SELECT',
      message_log_message_id: 'DELETE SELECT',
      notice: 'INSERT SELECT',
      ocsp_answer: 'INSERT SELECT UPDATE',
      outbox_message: 'SELECT',
      outbox_notice: 'DELETE SELECT',
      registry_version: 'SELECT',
      revocation_list: 'INSERT SELECT UPDATE',
      validation_material: 'INSERT SELECT',
    })
  })

  it('auditors: read the logs', async () => {
    expect(await grantsOf('sluice_auditor')).toEqual(
      each(
        [
          ...[...logTables, ...treeTables, ...archiveTables, ...searchTables],
          ...['audit_log_entry', 'log_sequencer', 'exchange_search_progress'],
          ...['certificate', 'outbox_message', 'outbox_notice', 'validation_material'],
        ],
        'SELECT',
      ),
    )
  })

  it('the admin API: change the registry, record acts, let people in; nothing of exchanges', async () => {
    expect(await grantsOf('sluice_admin')).toEqual({
      ...each(['administrator', 'responsible_person'], 'INSERT SELECT UPDATE'),
      ...each(['administrator_certificate', 'administrator_recovery_code'], 'INSERT SELECT'),
      ...each(['role_assignment', 'operator_handover', 'admin_session'], 'INSERT SELECT'),
      requirement_set: 'INSERT SELECT',
      ...each(['admin_alert', 'responsible_confirmation'], 'INSERT SELECT'),
      admin_login_address: 'DELETE INSERT SELECT UPDATE',
      admin_oidc_login: 'DELETE INSERT SELECT',
      ...each(entryTables, 'INSERT SELECT UPDATE'),
      ...each(
        ['fair_use_quota', 'registry_history', 'registry_version', 'revocation_list'],
        'SELECT',
      ),
      ...each(['registry_history', 'registry_version', 'revocation_list'], 'SELECT'),
      access_right_request: 'INSERT SELECT',
      ...each(['document', 'document_count'], 'INSERT SELECT'),
      maintenance_window: 'INSERT SELECT',
      ...each(['provider_failures', 'provider_trouble'], 'SELECT'),
      ...each(['registry_history', 'registry_version'], 'SELECT'),
      ...each(['ocsp_answer', 'revocation_list'], 'SELECT'),
      service_contract: 'INSERT SELECT',
      // What was written of a case stays; what may still change is said column by column.
      ...each(['connection_case', 'connection_case_step', 'connection_case_note'], 'INSERT SELECT'),
      ...each(['connection_check', 'connection_check_decision', 'recheck'], 'INSERT SELECT'),
      ...{ connection_profile: 'INSERT SELECT UPDATE', connection_transition: 'SELECT' },
      life_cycle_event: 'INSERT SELECT UPDATE',
      ...each(['information_resource', 'personal_data_system'], 'INSERT SELECT UPDATE'),
      service_place: 'INSERT SELECT UPDATE',
      ...each(['connection_list', 'connection_duty', 'agency_figures'], 'INSERT SELECT'),
      audit_log_entry: 'INSERT SELECT',
      // Answers for who asks again, for a day.
      admin_request: 'DELETE INSERT SELECT UPDATE',
      ...each(caTables, 'INSERT SELECT'),
      certificate_suspension: 'DELETE INSERT SELECT',
      suspension: 'DELETE INSERT SELECT',
      notice: 'INSERT SELECT',
      ...each(['agreement', 'agreement_annex'], 'INSERT SELECT'),
      ...each(['rules_of_use', 'rules_acknowledgement'], 'INSERT SELECT'),
      ...each(['incident', 'filing', 'filing_event'], 'INSERT SELECT'),
      filing_number: 'INSERT SELECT UPDATE',
      mail: 'DELETE INSERT SELECT UPDATE',
      ...each(['catalogue_change', 'catalogue_subscription'], 'INSERT SELECT'),
      catalogue_feed: 'SELECT',
      ...{ execution: 'INSERT SELECT UPDATE', execution_step: 'DELETE SELECT' },
    })
  })

  it('everybody and the logins themselves: nothing', async () => {
    for (const grantee of [
      'PUBLIC',
      'sluice_bus_login',
      'sluice_jobs_login',
      'sluice_auditor_login',
      'sluice_admin_login',
    ]) {
      expect(await grantsOf(grantee)).toEqual({})
    }
  })
})

describe.each(['bus', 'jobs', 'auditor', 'admin'] as const)(
  'the login of the embedded database: %s',
  (role) => {
    let session: pg.Client

    beforeEach(async () => {
      session = await connected(database[`${role}Url`])
    })

    afterEach(() => session.end())

    it('may do nothing at all outside its role', async () => {
      await session.query('SET ROLE NONE')
      const { rows } = await session.query('SELECT session_user AS login, current_user AS now')
      expect(rows).toEqual([{ login: `sluice_${role}_login`, now: `sluice_${role}_login` }])
      for (const table of [...logTables, ...registryTables, 'migration']) {
        await expect(session.query(`SELECT FROM sluice.${table}`)).rejects.toMatchObject(denied)
      }
    })

    it('may take on its own role and no other', async () => {
      const { rows } = await owner.query<{ name: string }>('SELECT rolname AS name FROM pg_roles')
      const others = rows
        .map(({ name }) => name)
        .filter((name) => !name.startsWith(`sluice_${role}`))
      expect(others).toContain('sluice')
      for (const other of others) {
        await expect(session.query(`SET ROLE ${other}`)).rejects.toMatchObject(denied)
        const become = `SET SESSION AUTHORIZATION ${other}`
        await expect(session.query(become)).rejects.toMatchObject(denied)
      }
    })

    it.each([
      ...logTables.flatMap((table) => [
        `UPDATE sluice.${table} SET ${keyOf(table)} = ${keyOf(table)}`,
        `TRUNCATE sluice.${table}`,
        `DROP TABLE sluice.${table}`,
        `ALTER TABLE sluice.${table} DISABLE TRIGGER ALL`,
        `CREATE RULE r AS ON INSERT TO sluice.${table} DO INSTEAD NOTHING`,
      ]),
      ...['entry', 'payload', 'data_key'].map((table) => `DELETE FROM sluice.message_log_${table}`),
      'CREATE TABLE sluice.mine ()',
      'CREATE TABLE public.mine ()',
      'CREATE TEMPORARY TABLE mine ()',
      'CREATE SCHEMA mine',
      'CREATE DATABASE mine',
      'CREATE ROLE mine',
      'ALTER ROLE CURRENT_USER SUPERUSER',
      'GRANT sluice_jobs, sluice_bus TO CURRENT_USER',
      'CREATE FUNCTION sluice.mine() RETURNS int LANGUAGE sql RETURN 1',
      "SELECT pg_read_file('PG_VERSION')",
      "COPY (SELECT 1) TO PROGRAM 'true'",
      'ALTER SYSTEM SET fsync = off',
    ])('is denied: %s', async (statement) => {
      await expect(session.query(statement)).rejects.toMatchObject(denied)
    })
  },
)

it('a worker can make no room for a replay, the jobs can, and only for old ids', async () => {
  const { log } = await startTestLog(database.busUrl)
  await log.logRequest(sampleValidated())
  await log.close()
  const worker = await connected(database.busUrl)
  const forget = 'DELETE FROM sluice.message_log_message_id'
  await expect(worker.query(forget)).rejects.toMatchObject(denied)
  await worker.end()
  const jobs = testLogJobs(database.jobsUrl)
  expect(await jobs.purgeMessageIds({ replayWindowMs: 60_000 })).toBe(0)
  expect(await jobs.purgeMessageIds({ replayWindowMs: -1 })).toBe(1)
})

describe('a cluster of the build before', () => {
  it('gets roles and logins, and workers lose what they had too much', async () => {
    await asBuildBefore(database.ownerUrl)
    expect(await grantsOf('sluice_bus')).toMatchObject({
      message_log_message_id: 'DELETE INSERT SELECT',
      revocation_list: 'INSERT SELECT UPDATE',
    })

    expect((await migrate(database.ownerUrl))[0]).toBe('JobsRole1764000200000')
    const { bus } = await renewLogins(database.ownerUrl)

    expect(await grantsOf('sluice_bus')).toMatchObject({
      message_log_message_id: 'INSERT SELECT',
      revocation_list: 'SELECT',
    })
    const { log } = await startTestLog(bus)
    await expect(log.logRequest(sampleValidated())).resolves.toBeDefined()
    await log.close()
  })

  it('a login that somebody made strong is made weak again, and its old password is void', async () => {
    const before = await renewLogins(database.ownerUrl)
    await owner.query('ALTER ROLE sluice_bus_login SUPERUSER INHERIT CREATEROLE')
    const after = await renewLogins(database.ownerUrl)
    await expect(connected(before.bus)).rejects.toMatchObject({ code: '28P01' })
    const session = await connected(after.bus)
    await expect(session.query('SELECT FROM sluice.member')).rejects.toMatchObject(denied)
    await session.end()
  })
})
