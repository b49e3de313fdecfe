import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { createPool, withRole } from './connection.js'
import { migrate } from './migrate.js'
import { migrations } from './migration-list.js'

let database: TestDatabase
let owner: pg.Client

beforeAll(async () => {
  database = await startTestDatabase()
  owner = new pg.Client(database.ownerUrl)
  await owner.connect()
})

afterAll(async () => {
  await owner.end()
  await database.stop()
})

/** Address of a new database on the test server. */
async function newDatabase(name: string): Promise<string> {
  await owner.query(`CREATE DATABASE ${name}`)
  const url = new URL(database.ownerUrl)
  url.pathname = name
  return url.href
}

async function asAdministrator(url: string, sql: string): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  await client.query(sql)
  await client.end()
}

describe('migrate', () => {
  it('runs nothing the second time', async () => {
    expect(await migrate(database.ownerUrl)).toEqual([])
  })

  it('lets nodes that start together take turns', async () => {
    const url = await newDatabase('together')
    const runs = await Promise.all([migrate(url), migrate(url), migrate(url)])
    expect(runs.flat()).toHaveLength(migrations.length)
  })

  it('can be undone', async () => {
    const url = await newDatabase('undone')
    await migrate(url)
    const client = new pg.Client(url)
    await client.connect()
    const runner = { query: (sql: string) => client.query(sql) }
    for (const Migration of migrations.toReversed()) await new Migration().down(runner as never)
    const { rows } = await client.query(
      "SELECT tablename FROM pg_tables WHERE schemaname = 'sluice'",
    )
    expect(rows).toEqual([{ tablename: 'migration' }])
    await client.end()
  })

  it('works for a plain login once an administrator ran what it says, and it says all of it', async () => {
    await owner.query("CREATE ROLE plain LOGIN PASSWORD 'secret'; CREATE ROLE worker LOGIN")
    const url = await newDatabase('plain')
    const plain = new URL(url)
    ;[plain.username, plain.password] = ['plain', 'secret']
    const said = await migrate(plain.href, 'worker').then(String, String)
    expect(said).toMatch(
      /run, in this database: GRANT sluice_bus TO "plain"; GRANT sluice_jobs TO "plain"; GRANT sluice_auditor TO "plain"; GRANT sluice_admin TO "plain"; GRANT sluice_bus TO "worker"; CREATE SCHEMA sluice AUTHORIZATION "plain";$/,
    )
    await asAdministrator(url, said.split('in this database: ')[1] ?? '')
    expect(await migrate(plain.href, 'worker')).toHaveLength(migrations.length)
  })

  it('says which login owns the schema where another one tries', async () => {
    await owner.query("CREATE ROLE guest LOGIN PASSWORD 'secret'; GRANT sluice_bus TO guest")
    const url = new URL(database.ownerUrl)
    ;[url.username, url.password] = ['guest', 'secret']
    await expect(migrate(url.href)).rejects.toThrow(
      /"guest" does not own the schema sluice; "sluice" does\. Name that login in DATABASE_MIGRATION_URL/,
    )
  })
})

describe('connections', () => {
  it('of the bus start under its role, within their time limit', async () => {
    const pool = createPool({
      url: database.busUrl,
      role: 'bus',
      applicationName: 'a test',
      connectionTimeoutMs: 5_000,
      statementTimeoutMs: 50,
      connectionsMax: 2,
      idleTimeoutMs: 1_000,
    })
    const { rows } = await pool.query('SELECT current_user, session_user')
    expect(rows).toEqual([{ current_user: 'sluice_bus', session_user: 'sluice_bus_login' }])
    await expect(pool.query('SELECT pg_sleep(10)')).rejects.toMatchObject({ code: '57014' })
    await pool.end()
  })

  it('keep the options that the address has', async () => {
    const url = new URL(database.ownerUrl)
    url.searchParams.set('options', '-c work_mem=1MB')
    const client = new pg.Client(withRole(url.href, 'bus'))
    await client.connect()
    const { rows } = await client.query(
      "SELECT current_user, current_setting('work_mem') AS work_mem",
    )
    expect(rows).toEqual([{ current_user: 'sluice_bus', work_mem: '1MB' }])
    await client.end()
  })
})
