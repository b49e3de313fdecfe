import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
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
import { BusField, eventually } from '../support/running-bus.js'
import { makeTsa, type TestTsa } from '../support/timestamps.js'
import { startTsaServer, type TsaServer } from '../support/tsa-server.js'
import type { Fields } from '../support/whole-bus-registry.js'

// Long, because processes start slowly on a busy machine; nothing here waits for time to pass.
const timeoutMs = 120_000
/** A log that the bus itself does not let grow. */
const log = 'domain/ELSEWHERE'
const note = 'sluice/domain/ELSEWHERE\n3\nkök\n\n— imza\n'

let database: TestDatabase
let owner: pg.Client
let field: BusField
let tsa: TestTsa
let server: TsaServer

beforeAll(async () => {
  database = await startTestDatabase()
  owner = new pg.Client(database.ownerUrl)
  await owner.connect()
  tsa = await makeTsa()
}, timeoutMs)

afterAll(async () => {
  await owner.end()
  await database.stop()
})

beforeEach(async () => {
  field = await BusField.open()
  server = await startTsaServer((query) => tsa.authority.answer(query))
  // Each test has a bus with a log key of its own.
  await owner.query(
    `TRUNCATE sluice.log_sequence, sluice.log_tile, sluice.log_checkpoint,
       sluice.message_log_entry, sluice.audit_log_entry CASCADE;
     UPDATE sluice.log_sequencer SET low = '0'`,
  )
}, timeoutMs)

afterEach(async () => {
  await field.close()
  await server.close()
}, timeoutMs)

async function start(timestamps: Fields): Promise<RunningBus> {
  const config = { evidence: { timestamps } }
  return field.startNode({ databaseUrl: database.ownerUrl, workers: 1, config })
}

async function authorityOf(url: string): Promise<Fields> {
  const trustFile = join(field.folder, 'trust.pem')
  await writeFile(trustFile, tsa.root.pem)
  return { name: 'Dövlət', url, trustFile }
}

async function checkpoint(size: number): Promise<void> {
  await owner.query(
    `INSERT INTO sluice.log_checkpoint (log, size, root_hash, note, made_at)
     VALUES ($1, $2, $3, $4, now())`,
    [log, size, Buffer.alloc(32), note],
  )
}

/** The token over the checkpoint of this size, once it is there. */
async function tokenOver(size: number): Promise<{ readonly tsa: string; readonly token: Buffer }> {
  let found: { tsa: string; token: Buffer } | undefined
  await eventually(async () => {
    const { rows } = await owner.query<{ tsa: string; token: Buffer }>(
      'SELECT tsa, token FROM sluice.log_timestamp WHERE log = $1 AND size = $2',
      [log, size],
    )
    found = rows[0]
    return found !== undefined
  }, timeoutMs)
  return found!
}

function timeIn(token: Buffer, trust: TimestampTrust): Date {
  return verifyToken({ token, data: Buffer.from(note, 'utf8'), trust }).time
}

async function metricsOf(bus: RunningBus): Promise<string> {
  return (await fetch(`${bus.management}/metrics`)).text()
}

describe('timestamps of a running bus', () => {
  it(
    'are its own where nobody else is named, and it says that they are not independent',
    async () => {
      const bus = await start({ everyMs: 1_000 })
      const { timestamps: before } = await healthOf(bus)
      expect(before).toMatchObject({ authority: 'own (not independent)', independent: false })
      await checkpoint(3)
      const { tsa: name, token } = await tokenOver(3)
      expect(name).toBe('own (not independent)')
      const root = await readFile(join(field.directoryOf(), 'tsa/tsa-ca.pem'))
      const anchors = derBlocks(root, 'CERTIFICATE').map((der) => parseCertificate(der))
      expect(Math.abs(timeIn(token, { anchors }).getTime() - Date.now())).toBeLessThan(timeoutMs)

      const { status, why, timestamps } = await healthOf(bus)
      expect({ status, why }).toEqual({ status: 'ready', why: [] })
      expect(timestamps?.note).toContain('It is not independent')
      expect(await metricsOf(bus)).toMatch(
        /^sluice_timestamps_total\{authority="own \(not independent\)"\} 1$/m,
      )
    },
    timeoutMs,
  )

  it(
    'are late while their authority is away: the bus says so, carries on, and catches up',
    async () => {
      server.handler = (_request, response) => response.writeHead(503).end()
      const bus = await start({ everyMs: 1_000, authorities: [await authorityOf(server.url)] })
      await field.declare(database.ownerUrl)
      const consumer = await field.consumerReady(bus.address)
      await checkpoint(3)
      await eventually(async () => (await healthOf(bus)).why.length > 0, timeoutMs)
      const late = await healthOf(bus)
      expect(late.status).toBe('ready')
      expect(late.why[0]).toMatch(/^timestamps: No authority stamps now\. Dövlət: .*it answers 503/)
      expect(late.timestamps).toMatchObject({ lastAt: null, independent: true })
      expect(await metricsOf(bus)).toMatch(/^sluice_timestamps_late 1$/m)
      expect((await consumer.send()).outcome).toBe('answered')

      await checkpoint(5)
      server.handler = undefined
      const { tsa: name, token } = await tokenOver(5)
      expect(name).toBe('Dövlət')
      expect(timeIn(token, tsa.trust)).toBeInstanceOf(Date)
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
    'are had once more when the bus stops',
    async () => {
      const bus = await start({
        everyMs: 86_400_000,
        authorities: [await authorityOf(server.url)],
      })
      await checkpoint(7)
      expect(await bus.stop()).toBe(0)
      expect((await tokenOver(7)).tsa).toBe('Dövlət')
    },
    timeoutMs,
  )

  it(
    'hold up no stop where their authority hangs',
    async () => {
      server.handler = () => undefined
      const bus = await start({
        everyMs: 86_400_000,
        authorities: [await authorityOf(server.url)],
      })
      await checkpoint(7)
      expect(await bus.stop()).toBe(0)
      expect(server.requests).toBe(1)
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
