import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../src/database/embedded-postgres.js'
import { testLogJobs } from '../support/message-log.js'
import { environmentOf } from '../support/running-bus-processes.js'
import { expectStartRefused, sluice, startMain } from '../support/running-bus-start.js'
import { workersOf } from '../support/running-bus-trials.js'
import { BusField } from '../support/running-bus.js'

// Long, because processes start slowly on a busy machine; nothing here waits for time to pass.
const timeoutMs = 120_000

let dataDir: string
let server: EmbeddedPostgres
let field: BusField

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sluice-test-external-'))
  server = await startEmbeddedPostgres({ dataDir })
}, timeoutMs)

afterAll(async () => {
  await server.stop()
  await rm(dataDir, { recursive: true, force: true })
})

beforeEach(async () => {
  field = await BusField.open()
  await field.writeConfig()
}, timeoutMs)

afterEach(() => field.close(), timeoutMs)

/** What a database administrator runs. */
async function administer(database: string, ...statements: readonly string[]): Promise<void> {
  const client = new pg.Client(urlOf(database))
  await client.connect()
  for (const statement of statements) await client.query(statement)
  await client.end()
}

/** Address of a database, for the administrator or for a login whose password is its name. */
function urlOf(database: string, login?: string): string {
  const url = new URL(server.url)
  url.pathname = database
  if (login !== undefined) [url.username, url.password] = [login, login]
  return url.href
}

const roles = 'sluice_bus, sluice_jobs, sluice_auditor, sluice_admin'

function login(name: string, attributes = ''): string {
  return `CREATE ROLE ${name} LOGIN ${attributes} PASSWORD '${name}'`
}

describe('an external PostgreSQL with two logins, neither of which may make roles', () => {
  // The first of all: the server has no roles of the bus yet.
  it(
    'says all that an administrator has to run, and after that runs with what workers need and no more',
    async () => {
      await administer('postgres', login('holder'), login('worker', 'NOINHERIT'))
      await administer('postgres', 'CREATE DATABASE two')
      const [databaseUrl, migrationUrl] = [urlOf('two', 'worker'), urlOf('two', 'holder')]
      const environment = { DATABASE_URL: databaseUrl, DATABASE_MIGRATION_URL: migrationUrl }
      const statements = [
        'CREATE ROLE sluice_bus NOLOGIN',
        'CREATE ROLE sluice_jobs NOLOGIN',
        'CREATE ROLE sluice_auditor NOLOGIN',
        'CREATE ROLE sluice_admin NOLOGIN',
        'GRANT sluice_bus TO "holder"',
        'GRANT sluice_jobs TO "holder"',
        'GRANT sluice_auditor TO "holder"',
        'GRANT sluice_admin TO "holder"',
        'GRANT sluice_bus TO "worker"',
        'CREATE SCHEMA sluice AUTHORIZATION "holder"',
      ]
      const words = new RegExp(`in this database: ${statements.join('; ')};$`, 'm')
      await expectStartRefused(field, words, environment)
      await administer('two', ...statements)

      const bus = await field.startNode({ databaseUrl, migrationUrl, workers: 1 })
      await field.declare(migrationUrl)
      const consumer = await field.consumerReady(bus.address)
      expect(await consumer.send()).toMatchObject({ outcome: 'answered' })
      for (const pid of workersOf(field, bus)) {
        const own = environmentOf(pid)
        expect(own['DATABASE_URL']).toBe(databaseUrl)
        expect(JSON.stringify(own)).not.toContain('holder')
      }

      expect(await sluice(['registry', 'export'], environment)).toMatchObject({ code: 0 })
      expect(await sluice(['log', 'show', '--last', '1'], environment)).toMatchObject({ code: 0 })
      const asWorker = { DATABASE_URL: databaseUrl }
      expect(await sluice(['registry', 'export'], asWorker)).toMatchObject({ code: 0 })
      expect(await sluice(['log', 'show', '--last', '1'], asWorker)).toMatchObject({ code: 0 })
      const refused = await sluice(['registry', 'apply', 'any.yaml'], asWorker)
      expect(refused.code).toBe(1)
      expect(refused.err).toContain('"worker" does not own the schema sluice; "holder" does.')

      expect(await bus.stop()).toBe(0)
      const said = field.lines.join('\n')
      expect(said).not.toContain('job failed')
      expect(said).not.toContain('can do more than')
      const jobs = testLogJobs(migrationUrl)
      expect(await jobs.purgeMessageIds({ replayWindowMs: -60_000 })).toBeGreaterThan(0)
      const notJobs = testLogJobs(databaseUrl)
      await expect(notJobs.purgeMessageIds({ replayWindowMs: 0 })).rejects.toThrow(
        /permission denied to set role "sluice_jobs"/,
      )
    },
    timeoutMs,
  )
})

describe('an external PostgreSQL with one login', () => {
  it(
    'that may make roles needs no administrator; what its workers could do is said',
    async () => {
      await administer('postgres', login('single', 'CREATEROLE'), 'CREATE DATABASE one')
      await administer('one', 'GRANT CREATE ON DATABASE one TO single')
      // On one server, what another database's bus has made may be another login's to grant.
      await administer('one', `DROP OWNED BY ${roles}`)
      await administer('two', `DROP OWNED BY ${roles}`)
      await administer('postgres', `DROP ROLE ${roles}`)
      const databaseUrl = urlOf('one', 'single')
      const bus = await field.startNode({ databaseUrl, workers: 1 })
      await field.declare(databaseUrl)
      await field.consumerReady(bus.address)
      expect(await bus.stop()).toBe(0)
      const said = field.lines.join('\n')
      expect(said).toContain('the login in DATABASE_URL can do more than the role sluice_bus may')
      expect(said).not.toContain('job failed')
    },
    timeoutMs,
  )
})

describe('an external PostgreSQL that cannot be used', () => {
  beforeAll(() => administer('postgres', login('guest')))

  it('nobody answers there: address and reason are said, the password is not', async () => {
    const nobody = { DATABASE_URL: 'postgres://a:geheim@127.0.0.1:1/b' }
    const words = /^DATABASE_URL: the PostgreSQL at 127\.0\.0\.1:1 cannot be used: .*ECONNREFUSED/m
    expect(await expectStartRefused(field, words, nobody)).not.toContain('geheim')
  })

  it('a password that is wrong', async () => {
    const url = urlOf('postgres', 'guest').replace(':guest@', ':guess@')
    const words = /^DATABASE_URL: .*password authentication failed/m
    await expectStartRefused(field, words, { DATABASE_URL: url })
  })

  it('a database that is not there', async () => {
    const words = /^DATABASE_URL: .*database "nosuch" does not exist/m
    await expectStartRefused(field, words, { DATABASE_URL: urlOf('nosuch', 'guest') })
  })

  it('a workers’ login that is not there, beside the owner’s', async () => {
    const environment = {
      DATABASE_URL: urlOf('postgres', 'stranger'),
      DATABASE_MIGRATION_URL: server.url,
    }
    const { code, said } = await startMain(field.environment(environment)).ended
    expect(said).toMatch(/role "stranger" does not exist.* run, in this database: .*TO "stranger"/s)
    expect(code).toBe(2)
  })
})
