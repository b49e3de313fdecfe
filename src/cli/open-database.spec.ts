import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import 'reflect-metadata'
import { memoryIo } from '../../test/support/command-io.js'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { Secret } from '../config/secrets.js'
import { startEmbeddedPostgres } from '../database/embedded-postgres.js'
import { migrate } from '../database/migrate.js'
import { migrations } from '../database/migration-list.js'
import { logShow } from './log-show.js'
import { openLogOf, type DatabasePlace } from './open-database.js'
import { openRegistryOf } from './open-registry.js'
import { registryCommand, type OpenStore } from './registry.js'

let database: TestDatabase
let owner: pg.Client
let folder: string

beforeAll(async () => {
  database = await startTestDatabase()
  owner = new pg.Client(database.ownerUrl)
  await owner.connect()
  folder = await mkdtemp(join(tmpdir(), 'sluice-test-commands-'))
})

afterAll(async () => {
  await owner.end()
  await database.stop()
  await rm(folder, { recursive: true, force: true })
})

/** A database of its own on the test server, as `DATABASE_URL` names it. */
async function newDatabase(name: string): Promise<{ url: string; place: DatabasePlace }> {
  await owner.query(`CREATE DATABASE ${name}`)
  const address = new URL(database.ownerUrl)
  address.pathname = name
  const url = address.href
  return {
    url,
    place: { directory: folder, databaseUrl: new Secret(url), migrationUrl: undefined },
  }
}

async function rows(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows
  } finally {
    await client.end()
  }
}

/** What the commands that only read say about a place. */
async function readingCommands(place: DatabasePlace) {
  const [exporting, showing, planning] = [memoryIo({}), memoryIo({}), memoryIo({})]
  const open: OpenStore = (access, author) => openRegistryOf(place, access, author)
  return [
    [await registryCommand(['export'], exporting, open), exporting.text, exporting.errors],
    [await logShow(['--last', '1'], showing, () => openLogOf(place)), showing.text, showing.errors],
    [
      await registryCommand(['apply', 'x.yaml', '--dry-run'], planning, open),
      planning.text,
      planning.errors,
    ],
  ]
}

describe('commands that only read', () => {
  it('make no database where a folder is mistyped', async () => {
    const directory = join(folder, 'mistyped')
    const place = { directory, databaseUrl: undefined, migrationUrl: undefined }
    for (const [code, out, err] of await readingCommands(place)) {
      expect([code, out]).toEqual([1, ''])
      expect(err).toContain(`there is no database in ${join(directory, 'postgres')}.`)
      expect(err).toContain('SLUICE_VAR')
    }
    expect(await readdir(folder)).toEqual([])
  })

  it('make no tables in a database that has none', async () => {
    const { url, place } = await newDatabase('bare')
    for (const [code, out, err] of await readingCommands(place)) {
      expect([code, out]).toEqual([1, ''])
      expect(err).toContain('the database has none of the tables of a bus.')
    }
    expect(await rows(url, "SELECT 1 FROM pg_namespace WHERE nspname = 'sluice'")).toEqual([])
  })

  it('leave an older schema as it is, and say who brings it up to date', async () => {
    const { url, place } = await newDatabase('older')
    await migrate(url)
    await rows(
      url,
      'DELETE FROM sluice.migration WHERE id = (SELECT max(id) FROM sluice.migration)',
    )
    for (const [code, out, err] of await readingCommands(place)) {
      expect([code, out]).toEqual([1, ''])
      expect(err).toContain('Start the bus or run registry apply once')
    }
    const left = await rows(url, 'SELECT name FROM sluice.migration')
    expect(left).toHaveLength(migrations.length - 1)
  })

  it('read what is there, also of a newer schema', async () => {
    const { url, place } = await newDatabase('newer')
    await migrate(url)
    await rows(url, `INSERT INTO sluice.migration (timestamp, name) VALUES (1, 'Later1')`)
    const [exporting, showing] = await readingCommands(place)
    expect(exporting).toEqual([0, '{}', ''])
    expect(showing).toEqual([1, '', 'The message log has no such entry.'])
  })

  it('need no more than the login that workers have', async () => {
    const { url, place } = await newDatabase('workers')
    await migrate(url)
    await owner.query("CREATE ROLE worker LOGIN PASSWORD 'secret'; GRANT sluice_bus TO worker")
    const login = Object.assign(new URL(url), { username: 'worker', password: 'secret' })
    const log = await openLogOf({ ...place, databaseUrl: new Secret(login.href) })
    expect(await log.readEntries({ last: 1 })).toEqual([])
    await log.close()
  })

  it('start the embedded database of a bus that is down, and stop it again', async () => {
    const directory = join(folder, 'down')
    const place = { directory, databaseUrl: undefined, migrationUrl: undefined }
    const server = await startEmbeddedPostgres({ dataDir: join(directory, 'postgres') })
    await migrate(server.url)
    await server.stop()
    const [exporting] = await readingCommands(place)
    expect(exporting).toEqual([0, '{}', ''])
    // Stopped: it can be started again.
    await (await startEmbeddedPostgres({ dataDir: join(directory, 'postgres') })).stop()
  })
})

describe('commands that change', () => {
  it('bring the schema up to date first', async () => {
    const { url, place } = await newDatabase('changed')
    const registry = await openRegistryOf(place, 'change', { actor: 'test' })
    await registry.close()
    expect(await rows(url, 'SELECT name FROM sluice.migration')).toHaveLength(migrations.length)
  })
})
