import { cp, mkdtemp, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import pg from 'pg'
import type { RunningBus } from '../../demo/running-bus.js'
import { publishedFolderOf } from '../../src/sequencing/published-checkpoints.js'
import { FullDisk } from '../support/full-disk.js'
import { sluice } from '../support/running-bus-start.js'
import { healthOf } from '../support/running-bus-trials.js'
import { countLog, judge } from '../support/running-bus-verdict.js'
import type { Sent } from '../support/running-bus-consumer.js'
import { BusField, eventually } from '../support/running-bus.js'

// Long, because processes start slowly on a busy machine; nothing here waits for time to pass.
const timeoutMs = 240_000
/** Of one thing that is waited for, so that a test says which did not come. */
const stepMs = 60_000

// One bus for all: it goes on after a disk was full, as a bus does.
let field: BusField
let bus: RunningBus

beforeAll(async () => {
  field = await BusField.open()
  bus = await field.startNode({ workers: 1 })
  await field.declare(field.databaseOf())
  field.provider.pad(paddingBytes)
}, timeoutMs)

afterAll(() => field.close(), timeoutMs)

async function metric(line: RegExp): Promise<number> {
  const metrics = await (await fetch(`${bus.management}/metrics`)).text()
  return Number(line.exec(metrics)?.[1] ?? NaN)
}

/** Copies of what the bus has published, as others keep them: the logs must have grown from there. */
async function keepCheckpoints(): Promise<string[]> {
  const kept = await mkdtemp(join(field.folder, 'kept-'))
  await cp(publishedFolderOf(field.directoryOf()), kept, { recursive: true })
  const names = (await readdir(kept)).filter((name) => name.endsWith('.checkpoint'))
  return names.map((name) => join(kept, name))
}

async function countUnplaced(): Promise<number> {
  const owner = new pg.Client(field.databaseOf())
  await owner.connect()
  const { rows } = await owner.query<{ count: string }>(
    `SELECT count(*) FROM sluice.message_log_entry LEFT JOIN sluice.log_sequence
         ON entry_id = exchange_id AND part = half WHERE entry_id IS NULL`,
  )
  await owner.end()
  return Number(rows[0]?.count)
}

const isOfTheLog = (why: string): boolean => why.startsWith('message log: cannot write')
const ready = /^sluice_ready (\d)/m
const logSize = /^sluice_log_size\{log="domain\/[A-Z]+"\} (\d+)/m
const refusals = /^sluice_exchanges_total\{.*AUDIT_UNAVAILABLE.*\} (\d+)/m

/** An answer for a few of which a table grows by what is left on the disk. */
const paddingBytes = 60_000

it.each([
  ['its write-ahead log', 'message_log.connect_failed', (disk: FullDisk) => disk.fillLog()],
  ['its tables', 'could not extend file', (disk: FullDisk) => disk.fillTables()],
])(
  'a disk too full for %s: no success that is not durable, and with room again the bus goes on by itself (R-128)',
  async (_what, words, fill) => {
    field.lines.length = 0
    const refusalsBefore = (await metric(refusals)) || 0
    const consumer = await field.consumerReady(bus.address)
    const load = consumer.load({ parallel: 8, pauseMs: 25 })
    await load.further(40)
    await eventually(async () => (await metric(logSize)) > 0, stepMs)
    const sizeBefore = await metric(logSize)
    const keptBefore = await keepCheckpoints()

    const disk = new FullDisk(field.folder, field.databaseOf())
    await fill(disk)
    const refused = (): Sent[] => load.sent.filter(({ outcome }) => outcome === 'refused')
    await eventually(() => refused().length >= 40, stepMs)
    await eventually(async () => (await healthOf(bus)).why.some(isOfTheLog), stepMs)
    await eventually(async () => (await metric(ready)) === 0, stepMs)
    await eventually(async () => (await metric(refusals)) > refusalsBefore, stepMs)
    expect(field.lines.join('\n')).toContain(words)

    await disk.makeRoom()
    await eventually(async () => (await healthOf(bus)).status === 'ready', stepMs)
    await load.further(40)
    const sent = await load.stop()

    await eventually(async () => (await countLog(field.databaseOf())).open === 0, stepMs)
    const verdict = await judge(field.databaseOf(), sent, field.provider.executions)
    expect(verdict.wrong).toEqual([])
    expect(sent.filter(({ outcome }) => outcome === 'broken')).toEqual([])
    expect(new Set(refused().map(({ code }) => code))).toEqual(new Set(['AUDIT_UNAVAILABLE']))

    await eventually(async () => (await countUnplaced()) === 0, stepMs)
    await eventually(async () => (await metric(logSize)) > sizeBefore, stepMs)
    const key = join(field.folder, 'log.keys')
    await writeFile(key, (await sluice(['log', 'key'], field.environment())).out)
    const args = ['log', 'verify', '--key', key, ...keptBefore.flatMap((file) => ['--since', file])]
    expect(await sluice(args, field.environment())).toMatchObject({ code: 0, err: '' })
    expect((await healthOf(bus)).why).toEqual([])
  },
  timeoutMs,
)
