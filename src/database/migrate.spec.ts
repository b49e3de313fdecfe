import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { createPool, withBusRole } from './connection.js'
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

/** Address of a new database on the test server, under a login of its own. */
async function newDatabase(name: string, login = 'sluice'): Promise<string> {
  await owner.query(`CREATE DATABASE ${name} OWNER ${login}`)
  const url = new URL(database.ownerUrl)
  url.pathname = name
  if (login !== 'sluice') [url.username, url.password] = [login, 'secret']
  return url.href
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

  it('works for a plain login once an administrator prepared the role', async () => {
    await owner.query("CREATE ROLE prepared LOGIN PASSWORD 'secret'; GRANT sluice_bus TO prepared")
    const url = await newDatabase('prepared', 'prepared')
    expect(await migrate(url)).toHaveLength(migrations.length)
  })

  it('tells a plain login the SQL that an administrator has to run', async () => {
    await owner.query("CREATE ROLE plain LOGIN PASSWORD 'secret'")
    const url = await newDatabase('plain', 'plain')
    await expect(migrate(url)).rejects.toThrow(
      /run: CREATE ROLE sluice_bus NOLOGIN; GRANT sluice_bus TO "plain";/,
    )
  })
})

describe('connections', () => {
  it('of the bus start under its role, within their time limit', async () => {
    const pool = createPool({
      url: database.ownerUrl,
      role: 'bus',
      applicationName: 'a test',
      connectionTimeoutMs: 5_000,
      statementTimeoutMs: 50,
      connectionsMax: 2,
      idleTimeoutMs: 1_000,
    })
    const { rows } = await pool.query('SELECT current_user, session_user')
    expect(rows).toEqual([{ current_user: 'sluice_bus', session_user: 'sluice' }])
    await expect(pool.query('SELECT pg_sleep(10)')).rejects.toMatchObject({ code: '57014' })
    await pool.end()
  })

  it('keep the options that the address has', async () => {
    const url = new URL(database.ownerUrl)
    url.searchParams.set('options', '-c work_mem=1MB')
    const client = new pg.Client(withBusRole(url.href))
    await client.connect()
    const { rows } = await client.query(
      "SELECT current_user, current_setting('work_mem') AS work_mem",
    )
    expect(rows).toEqual([{ current_user: 'sluice_bus', work_mem: '1MB' }])
    await client.end()
  })
})
