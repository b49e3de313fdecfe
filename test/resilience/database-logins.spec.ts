import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { rm } from 'node:fs/promises'
import pg from 'pg'
import type { RunningBus } from '../../demo/running-bus.js'
import { startEmbeddedPostgres } from '../../src/database/embedded-postgres.js'
import { asBuildBefore } from '../support/database.js'
import { environmentOf, postmasterOf } from '../support/running-bus-processes.js'
import { healthOf, workersOf } from '../support/running-bus-trials.js'
import { BusField, eventually, killQuietly } from '../support/running-bus.js'
import { countLog } from '../support/running-bus-verdict.js'

// Long, because processes start slowly on a busy machine; nothing here waits for time to pass.
const timeoutMs = 120_000

let field: BusField

beforeEach(async () => {
  field = await BusField.open()
}, timeoutMs)

afterEach(() => field.close(), timeoutMs)

/** Every worker has the address of the workers' login, and no word of the owner's password. */
function expectConfined(bus: RunningBus): void {
  const ownerPassword = new URL(field.databaseOf()).password
  const workers = workersOf(field, bus)
  expect(workers).toHaveLength(2)
  expect(ownerPassword.length).toBeGreaterThan(20)
  for (const pid of workers) {
    const environment = environmentOf(pid)
    expect(new URL(environment['DATABASE_URL'] ?? '').username).toBe('sluice_bus_login')
    expect(environment['DATABASE_MIGRATION_URL']).toBe('')
    expect(JSON.stringify(environment)).not.toContain(ownerPassword)
  }
}

/** Logins that have sessions open for the bus. */
async function loginsOpen(): Promise<string[]> {
  const client = new pg.Client({ connectionString: field.databaseOf(), application_name: 'test' })
  await client.connect()
  const { rows } = await client.query<{ login: string }>(
    `SELECT DISTINCT usename AS login FROM pg_stat_activity WHERE usename IS NOT NULL
        AND backend_type = 'client backend' AND application_name NOT LIKE '%test%'`,
  )
  await client.end()
  return rows.map(({ login }) => login)
}

describe('the embedded database', () => {
  it(
    'is nowhere open to workers as its superuser: at the start, after a worker’s death, after its own',
    async () => {
      const bus = await field.startNode()
      await field.declare(field.databaseOf())
      const consumer = await field.consumerReady(bus.address)
      expectConfined(bus)
      expect(await loginsOpen()).not.toContain('sluice')

      killQuietly(workersOf(field, bus)[0] ?? 0)
      await eventually(() => field.lines.some((line) => line.includes('worker died')))
      await eventually(async () => (await healthOf(bus)).workers.ready === 2)
      expectConfined(bus)

      killQuietly(postmasterOf(field.directoryOf()))
      await eventually(() => field.lines.some((line) => line.includes('embedded database is back')))
      await eventually(async () => (await consumer.send()).outcome === 'answered')
      expectConfined(bus)
      const logins = await loginsOpen()
      expect(logins).toContain('sluice_bus_login')
      expect(logins).not.toContain('sluice')
    },
    timeoutMs,
  )

  it(
    'of the build before goes on: its log is there, its workers are confined, its jobs work',
    async () => {
      const first = await field.startNode({ workers: 1 })
      await field.declare(field.databaseOf())
      await field.consumerReady(first.address)
      const before = await countLog(field.databaseOf())
      await first.stop()
      const dataDir = `${field.directoryOf()}/postgres`
      const server = await startEmbeddedPostgres({ dataDir })
      await asBuildBefore(server.url)
      await server.stop()
      // That build had published nothing.
      await rm(`${field.directoryOf()}/log`, { recursive: true })

      field.lines.length = 0
      const second = await field.startNode()
      expect(field.lines.join('\n')).toContain('"migrations":["JobsRole1764000200000",')
      // Whose word about end users counts, that build did not know.
      await field.declare(field.databaseOf())
      await field.consumerReady(second.address)
      expectConfined(second)
      const after = await countLog(field.databaseOf())
      expect(after.requests).toBeGreaterThan(before.requests)
      await second.stop()
      expect(field.lines.join('\n')).not.toContain('job failed')
    },
    timeoutMs,
  )
})
