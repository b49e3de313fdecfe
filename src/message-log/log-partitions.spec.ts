import { afterAll, beforeAll, expect, it } from '@jest/globals'
import pg from 'pg'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { testLogJobs } from '../../test/support/message-log.js'
import { writeRows } from '../../test/support/sequencing.js'
import { firstIdAt } from './sweep.store.js'

const dayMs = 86_400_000
const tables = 3

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

it('the jobs make partitions for days to come, and what came before its day goes there', async () => {
  const far = new Date(Date.now() + 9 * dayMs)
  await writeRows(owner, 1, { exchangeId: firstIdAt(far) })
  const partitionOf = async (): Promise<string | undefined> => {
    const { rows } = await owner.query<{ partition: string }>(
      `SELECT relname AS partition FROM sluice.message_log_entry AS entry
         JOIN pg_class ON pg_class.oid = entry.tableoid`,
    )
    return rows[0]?.partition
  }
  expect(await partitionOf()).toBe('message_log_entry_default')
  const jobs = testLogJobs(database.jobsUrl)
  const made = await jobs.makePartitions(7)
  expect(made).toBeGreaterThan(0)
  expect(made % tables).toBe(0)
  expect(await jobs.makePartitions(7)).toBe(0)
  expect(await jobs.makePartitions(9)).toBe(2 * tables)
  const day = far.toISOString().slice(0, 10).replaceAll('-', '')
  expect(await partitionOf()).toBe(`message_log_entry_${day}`)
})
