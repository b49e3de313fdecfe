import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import type { RunningBus } from '../../demo/running-bus.js'
import { verifyToken, type TimestampTrust } from '../../src/timestamp/verify-token.js'
import { parseCertificate } from '../../src/trust/x509/certificate.js'
import { derBlocks } from '../../src/trust/x509/pem.js'
import { startTestDatabase, type TestDatabase } from '../support/database.js'
import { expectStartRefused } from '../support/running-bus-start.js'
import { healthOf } from '../support/running-bus-trials.js'
import type { LoadConsumer } from '../support/running-bus-consumer.js'
import { BusField, eventually } from '../support/running-bus.js'
import { makeTsa, type TestTsa } from '../support/timestamps.js'
import { startTsaServer, type TsaServer } from '../support/tsa-server.js'
import type { Fields } from '../support/whole-bus-registry.js'

// Long, because processes start slowly on a busy machine; nothing here waits for time to pass.
const timeoutMs = 120_000
const log = 'domain/PORTAL'

let database: TestDatabase
let owner: pg.Client
let field: BusField
let tsa: TestTsa
let server: TsaServer

beforeEach(async () => {
  database = await startTestDatabase()
  owner = new pg.Client(database.ownerUrl)
  await owner.connect()
  tsa = await makeTsa()
  field = await BusField.open()
  server = await startTsaServer((query) => tsa.authority.answer(query))
}, timeoutMs)

afterEach(async () => {
  await field.close()
  await server.close()
  await owner.end()
  await database.stop()
}, timeoutMs)

/** A bus that has carried an exchange, which one of its logs tells of. */
async function start(timestamps: Fields): Promise<{ bus: RunningBus; consumer: LoadConsumer }> {
  const config = { evidence: { timestamps } }
  const bus = await field.startNode({ databaseUrl: database.ownerUrl, workers: 1, config })
  await field.declare(database.ownerUrl)
  return { bus, consumer: await field.consumerReady(bus.address) }
}

async function authorityOf(url: string): Promise<Fields> {
  const trustFile = join(field.folder, 'trust.pem')
  await writeFile(trustFile, tsa.root.pem)
  return { name: 'Dövlət', url, trustFile }
}

/** The newest checkpoint of the exchanges' log with its token; undefined where either is missing. */
async function newest(): Promise<Stamped | undefined> {
  const { rows } = await owner.query<Stamped>(
    `SELECT size::int, note, tsa, token FROM
       (SELECT * FROM sluice.log_checkpoint WHERE log = $1 ORDER BY size DESC LIMIT 1) AS checkpoint
       JOIN sluice.log_timestamp USING (log, size)`,
    [log],
  )
  return rows[0]
}

interface Stamped {
  readonly size: number
  readonly note: string
  readonly tsa: string
  readonly token: Buffer
}

/** The same once it is there. */
async function stamped(): Promise<Stamped> {
  let found: Stamped | undefined
  await eventually(async () => (found = await newest()) !== undefined, timeoutMs)
  return found!
}

function timeIn({ note, token }: Stamped, trust: TimestampTrust): Date {
  return verifyToken({ token, data: Buffer.from(note, 'utf8'), trust }).time
}

async function metricsOf(bus: RunningBus): Promise<string> {
  return (await fetch(`${bus.management}/metrics`)).text()
}

describe('timestamps of a running bus', () => {
  it(
    'are its own where nobody else is named, and it says that they are not independent',
    async () => {
      const { bus } = await start({ everyMs: 1_000 })
      const found = await stamped()
      expect(found.tsa).toBe('O=Sluice, CN=Sluice timestamps by the bus itself (not independent)')
      const root = await readFile(join(field.directoryOf(), 'tsa/tsa-ca.pem'))
      const anchors = derBlocks(root, 'CERTIFICATE').map((der) => parseCertificate(der))
      expect(Math.abs(timeIn(found, { anchors }).getTime() - Date.now())).toBeLessThan(timeoutMs)

      const { status, why, timestamps } = await healthOf(bus)
      expect({ status, why }).toEqual({ status: 'ready', why: [] })
      expect(timestamps).toMatchObject({ authority: 'own (not independent)', independent: false })
      expect(timestamps?.note).toContain('It is not independent')
      expect(await metricsOf(bus)).toMatch(
        /^sluice_timestamps_total\{authority="own \(not independent\)"\} [1-9]/m,
      )
    },
    timeoutMs,
  )

  it(
    'are late while their authority is away: the bus says so, carries on, and catches up',
    async () => {
      server.handler = (_request, response) => response.writeHead(503).end()
      const { bus, consumer } = await start({
        everyMs: 1_000,
        authorities: [await authorityOf(server.url)],
      })
      await eventually(async () => (await healthOf(bus)).why.length > 0, timeoutMs)
      const late = await healthOf(bus)
      expect(late.status).toBe('ready')
      expect(late.why[0]).toMatch(/^timestamps: No authority stamps now\. Dövlət: .*it answers 503/)
      expect(late.timestamps).toMatchObject({ lastAt: null, independent: true })
      expect(await metricsOf(bus)).toMatch(/^sluice_timestamps_late 1$/m)
      expect((await consumer.send()).outcome).toBe('answered')
      expect(await newest()).toBeUndefined()

      server.handler = undefined
      const found = await stamped()
      expect(found.tsa).toBe('C=AZ, O=Sınaq, CN=Vaxt')
      expect(found.size).toBeGreaterThanOrEqual(4)
      expect(timeIn(found, tsa.trust)).toBeInstanceOf(Date)
      await eventually(async () => (await healthOf(bus)).why.length === 0, timeoutMs)
      const { timestamps } = await healthOf(bus)
      expect(timestamps).toMatchObject({ authority: 'Dövlət', independent: true })
      const metrics = await metricsOf(bus)
      expect(metrics).toMatch(/^sluice_timestamps_late 0$/m)
      expect(metrics).toMatch(/^sluice_timestamp_failures_total\{authority="Dövlət"\} [1-9]/m)
    },
    timeoutMs,
  )

  it(
    'are had once more when the bus stops, over the last checkpoint that there will be',
    async () => {
      const authorities = [await authorityOf(server.url)]
      const { bus, consumer } = await start({ everyMs: 86_400_000, authorities })
      expect((await consumer.send()).outcome).toBe('answered')
      expect(await bus.stop()).toBe(0)
      expect((await newest())?.tsa).toBe('C=AZ, O=Sınaq, CN=Vaxt')
      const { rows } = await owner.query<{ entries: number }>(
        'SELECT count(*)::int AS entries FROM sluice.log_sequence WHERE log = $1',
        [log],
      )
      expect((await newest())?.size).toBe(rows[0]?.entries)
    },
    timeoutMs,
  )

  it(
    'hold up no stop where their authority hangs',
    async () => {
      server.handler = () => undefined
      const authorities = [await authorityOf(server.url)]
      const { bus } = await start({ everyMs: 86_400_000, authorities })
      expect(await bus.stop()).toBe(0)
      expect(server.requests).toBeGreaterThanOrEqual(1)
      expect(await newest()).toBeUndefined()
    },
    timeoutMs,
  )

  it(
    'need somebody to trust, or the bus does not start',
    async () => {
      const authorities = [{ name: 'Dövlət', url: server.url, trustFile: 'nowhere.pem' }]
      await field.writeConfig({ config: { evidence: { timestamps: { authorities } } } })
      await expectStartRefused(field, /nowhere\.pem: cannot be read, or holds no certificates/)
    },
    timeoutMs,
  )
})
