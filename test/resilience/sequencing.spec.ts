import { createPrivateKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals'
import pg from 'pg'
import { LogSigners } from '../../src/sequencing/log-signers.js'
import { startTestDatabase, type TestDatabase } from '../support/database.js'
import { healthOf } from '../support/running-bus-trials.js'
import { BusField, eventually } from '../support/running-bus.js'
import { judgeLogs } from '../support/sequencing.js'

// Long, because processes start slowly on a busy machine; nothing here waits for time to pass.
const timeoutMs = 120_000

let database: TestDatabase
let owner: pg.Client
let field: BusField

beforeAll(async () => {
  database = await startTestDatabase()
  owner = new pg.Client(database.ownerUrl)
  await owner.connect()
}, timeoutMs)

afterAll(async () => {
  await owner.end()
  await database.stop()
})

beforeEach(async () => {
  field = await BusField.open()
}, timeoutMs)

afterEach(() => field.close(), timeoutMs)

it(
  'a bus that has stopped leaves nothing without a place; another key may not go on with its logs',
  async () => {
    const bus = await field.startNode({ databaseUrl: database.ownerUrl, workers: 1 })
    await field.declare(database.ownerUrl)
    const consumer = await field.consumerReady(bus.address)
    await consumer.send()
    await eventually(async () => {
      const metrics = await (await fetch(`${bus.management}/metrics`)).text()
      return /^sluice_log_size\{log="domain\/[A-Z]+"\} [1-9]/m.test(metrics)
    }, timeoutMs)
    const metrics = await (await fetch(`${bus.management}/metrics`)).text()
    expect(metrics).toMatch(/^sluice_log_sequencer 1$/m)
    expect(metrics).toMatch(/^sluice_log_sequenced_total [1-9]/m)
    expect((await healthOf(bus)).why).toEqual([])
    await consumer.send()
    expect(await bus.stop()).toBe(0)

    const pem = await readFile(join(field.directoryOf(), 'keys/log-signing.key'))
    const signers = new LogSigners(createPrivateKey(pem), 'sluice')
    const sizes = await judgeLogs(owner, signers)
    expect(Object.keys(sizes)).toContain('audit')

    await field.close()
    field = await BusField.open()
    const other = await field.startNode({ databaseUrl: database.ownerUrl, workers: 1 })
    await eventually(async () => (await healthOf(other)).why.length > 0, timeoutMs)
    const { status, why } = await healthOf(other)
    expect(status).toBe('ready')
    expect(why[0]).toMatch(/^log sequencing: the last checkpoint of the log .* is not by this node/)
  },
  timeoutMs,
)
