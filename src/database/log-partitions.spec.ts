import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { v7 } from 'uuid'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { startTestLog, until } from '../../test/support/message-log.js'
import { sampleValidated } from '../../test/support/sample-exchange.js'
import { migrate } from './migrate.js'
import { migrations } from './migration-list.js'
import { LogPartitions1764100000000 } from './migrations/1764100000000-log-partitions.js'

const dayMs = 86_400_000
/** Tables with a partition a day: entries, payloads, the search. */
const partitioned = 3
const today = new Date().toISOString().slice(0, 10)
const day = (after: number): string =>
  new Date(Date.parse(today) + after * dayMs).toISOString().slice(0, 10)
const named = (date: string): string => date.replaceAll('-', '')

let database: TestDatabase
let owner: pg.Client

beforeAll(async () => {
  database = await startTestDatabase()
})

afterAll(() => database.stop())

beforeEach(async () => {
  owner = new pg.Client(database.ownerUrl)
  await owner.connect()
})

afterEach(async () => {
  await owner.query('TRUNCATE sluice.message_log_entry, sluice.message_log_payload')
  await owner.end()
})

async function insert(exchangeId: string, half = 1, client = owner): Promise<void> {
  await client.query(
    `INSERT INTO sluice.message_log_entry (exchange_id, half, kind, recorded_at, entry, leaf_hash)
     VALUES ($1, $2, 'request', now(), '\\x01', $3)`,
    [exchangeId, half, Buffer.alloc(32)],
  )
}

async function partitionOf(exchangeId: string): Promise<string | undefined> {
  const { rows } = await owner.query<{ name: string }>(
    'SELECT tableoid::regclass::text AS name FROM sluice.message_log_entry WHERE exchange_id = $1',
    [exchangeId],
  )
  return rows[0]?.name.replace(/^(sluice\.)?message_log_entry_/, '')
}

async function make(from: string, days: number, client = owner): Promise<number> {
  const { rows } = await client.query<{ made: number }>(
    'SELECT sluice.make_log_partitions($1, $2) AS made',
    [from, days],
  )
  return rows[0]?.made ?? 0
}

const idAt = (time: number): string => v7({ msecs: time })

describe('a partition a day', () => {
  it('has what ids of that day begin with, to the millisecond', async () => {
    await make(today, 5)
    const end = Date.parse(day(4))
    const [last, first] = [idAt(end - 1), idAt(end)]
    await insert(last)
    await insert(first)
    expect(await partitionOf(last)).toBe(named(day(3)))
    expect(await partitionOf(first)).toBe(named(day(4)))
    const { rows } = await owner.query<{ id: string }>('SELECT sluice.first_id_of_day($1) AS id', [
      day(4),
    ])
    expect(rows[0]!.id > last && rows[0]!.id <= first).toBe(true)
  })

  it('is there from the first day on, and days that are there are not made again', async () => {
    const ids = [-1, 0, 1, 2].map((after) => idAt(Date.parse(day(after))))
    for (const id of ids) await insert(id)
    expect(await Promise.all(ids.map(partitionOf))).toEqual([
      'default',
      ...[0, 1, 2].map((after) => named(day(after))),
    ])
    const { rows } = await owner.query(
      "SELECT relname FROM pg_class WHERE relispartition AND relname LIKE '%\\_first'",
    )
    expect(rows).toEqual([])
    await make(day(-3), 9)
    expect(await make(day(-3), 9)).toBe(0)
    expect(await partitionOf(ids[0]!)).toBe(named(day(-1)))
  })

  it('is made ahead, for what a clock that jumped has brought, too', async () => {
    const ahead = Date.parse(day(30)) + 1
    const ids = [idAt(ahead), idAt(ahead + dayMs), idAt(Date.parse('2099-01-01'))]
    for (const id of ids) await insert(id)
    expect(await Promise.all(ids.map(partitionOf))).toEqual(['default', 'default', 'default'])
    const before = await owner.query('SELECT * FROM sluice.message_log_entry ORDER BY exchange_id')
    expect(await make(day(30), 1)).toBe(partitioned)
    expect(await Promise.all(ids.map(partitionOf))).toEqual([named(day(30)), 'default', 'default'])
    const after = await owner.query('SELECT * FROM sluice.message_log_entry ORDER BY exchange_id')
    expect(after.rows).toEqual(before.rows)
  })

  it('keeps each half once, and refuses days that nobody needs', async () => {
    const id = idAt(Date.parse(day(31)))
    await insert(id)
    await make(day(31), 1)
    await expect(insert(id)).rejects.toMatchObject({ code: '23505' })
    for (const [from, days] of [
      [day(61), 1],
      [day(-61), 1],
      [today, 0],
      [today, 61],
    ] as const) {
      await expect(make(from, days)).rejects.toThrow('days around today')
    }
  })

  it('is made while writers write to the default partition without a pause', async () => {
    const writer = new pg.Client(database.ownerUrl)
    await writer.connect()
    const start = Date.parse(day(40))
    const ids: string[] = []
    let isWriting = true
    const writing = (async () => {
      while (isWriting) {
        const id = idAt(start + ids.length)
        await writer.query('BEGIN')
        await insert(id, 1, writer)
        await writer.query('COMMIT')
        ids.push(id)
      }
    })()
    await until(() => ids.length > 50)
    expect(await make(day(40), 1)).toBe(partitioned)
    await until(() => ids.length > 100)
    isWriting = false
    await writing
    const { rows } = await owner.query(
      `SELECT count(*) FROM sluice.message_log_entry_${named(day(40))}`,
    )
    expect(rows).toEqual([{ count: String(ids.length) }])
    await writer.end()
  })

  it('waits for a transaction in the default partition, but not for ever', async () => {
    const writer = new pg.Client(database.ownerUrl)
    await writer.connect()
    await writer.query('BEGIN')
    const id = idAt(Date.parse(day(45)))
    await insert(id, 1, writer)
    await expect(make(day(45), 1)).rejects.toMatchObject({ code: '55P03' })
    await writer.query('COMMIT')
    expect(await make(day(45), 1)).toBe(partitioned)
    expect(await partitionOf(id)).toBe(named(day(45)))
    await writer.end()
  })

  it('is made by the jobs and nobody else, once among many at a time', async () => {
    const jobs = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const client = new pg.Client(database.jobsUrl)
        await client.connect()
        return client
      }),
    )
    const made = await Promise.allSettled(jobs.map((client) => make(day(50), 3, client)))
    expect(await make(day(50), 3)).toBe(0)
    expect(made.some(({ status }) => status === 'fulfilled')).toBe(true)
    for (const url of [database.busUrl, database.auditorUrl]) {
      const client = new pg.Client(url)
      await client.connect()
      await expect(make(day(55), 1, client)).rejects.toMatchObject({ code: '42501' })
      await client.end()
    }
    await Promise.all(jobs.map((client) => client.end()))
  })
})

it('a database of the build before keeps its rows, and goes back with them', async () => {
  const runner = { query: (sql: string) => owner.query(sql) } as never
  const first = migrations.indexOf(LogPartitions1764100000000)
  for (const migration of migrations.slice(first).reverse()) {
    await new migration().down(runner)
    await owner.query('DELETE FROM sluice.migration WHERE name = $1', [migration.name])
  }
  const old = [idAt(Date.parse('2024-05-05')), idAt(Date.now() - 1), idAt(Date.parse('2099-01-01'))]
  // An id from beyond tomorrow would be in no bound of the first partition.
  for (const id of old.slice(0, 2)) await insert(id)
  const whole = await owner.query('SELECT * FROM sluice.message_log_entry ORDER BY exchange_id')

  await migrate(database.ownerUrl)
  const { rows } = await owner.query<{ row_id: string; written_in: string; exchange_id: string }>(
    'SELECT * FROM sluice.message_log_entry ORDER BY exchange_id',
  )
  expect(rows).toEqual(whole.rows.map((row: object) => ({ ...row, written_in: '0' })))
  expect(await Promise.all(old.slice(0, 2).map(partitionOf))).toEqual(['first', 'first'])
  const { log } = await startTestLog(database.busUrl)
  const { exchangeId } = await log.logRequest(sampleValidated())
  await log.close()
  const next = await owner.query<{ row_id: string; written_in: string }>(
    'SELECT row_id, written_in FROM sluice.message_log_entry WHERE exchange_id = $1',
    [exchangeId],
  )
  expect(Number(next.rows[0]!.row_id)).toBeGreaterThan(Number(rows.at(-1)!.row_id))
  expect(next.rows[0]!.written_in).not.toBe('0')
})
