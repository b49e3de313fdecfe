import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { plant, searchRows, testSearchFilling } from '../../test/support/log-search.js'
import { startTestLog, testLogJobs, until, type TestLog } from '../../test/support/message-log.js'
import { sampleReceived } from '../../test/support/sample-exchange.js'
import { Fault } from '../exchange/fault.js'
import { readReachedAt } from './search-filling.store.js'

let database: TestDatabase
let owner: pg.Client
let test: TestLog

beforeAll(async () => {
  database = await startTestDatabase()
  owner = new pg.Client(database.ownerUrl)
  await owner.connect()
  test = await startTestLog(database.busUrl)
})

afterAll(async () => {
  await test.log.close()
  await owner.end()
  await database.stop()
})

beforeEach(async () => {
  await owner.query(
    `TRUNCATE sluice.message_log_entry, sluice.exchange_search, sluice.exchange_search_parties`,
  )
})

function plantMany(count: number): Promise<string[]> {
  return Promise.all(Array.from({ length: count }, () => plant(test.log)))
}

async function idsFound(): Promise<string[]> {
  const { rows } = await owner.query<{ exchange_id: string }>(
    'SELECT exchange_id FROM sluice.exchange_search ORDER BY exchange_id',
  )
  return rows.map((row) => row.exchange_id)
}

describe('filling the search tables', () => {
  it('takes in what has ended, once, and what ends later when it has', async () => {
    const { filling, pool } = testSearchFilling(database.jobsUrl)
    const [answered, open] = [await plant(test.log), await plant(test.log, { outcome: 'open' })]
    const stranger = sampleReceived()
    await test.log.logRefusal(new Fault('SIGNATURE_MISSING'), stranger)
    expect(await filling.turn()).toEqual({ filled: 2, isBehind: false })
    expect(await filling.turn()).toEqual({ filled: 0, isBehind: false })
    expect(await idsFound()).toEqual([answered, stranger.exchangeId].sort())
    await testLogJobs(database.jobsUrl).sweepUnresolved({ olderThanMs: -1 })
    expect(await filling.turn()).toEqual({ filled: 1, isBehind: false })
    expect(await idsFound()).toContain(open)
    await pool.end()
  })

  it('stops for no names that are too long for an index', async () => {
    const { filling, pool } = testSearchFilling(database.jobsUrl)
    const [long, other] = [await plant(test.log), await plant(test.log)]
    await owner.query(
      `UPDATE sluice.message_log_entry
          SET consumer = (SELECT string_agg(sha512(n::text::bytea)::text, '') FROM generate_series(1, 90) AS n)
        WHERE exchange_id = $1`,
      [long],
    )
    expect(await filling.turn()).toEqual({ filled: 2, isBehind: false })
    expect(await idsFound()).toEqual([long, other].sort())
    await pool.end()
  })

  it('goes on in bounded transactions, and says when it is behind', async () => {
    const ids = await plantMany(40)
    const { filling, pool } = testSearchFilling(database.jobsUrl, {
      entriesPerBatchMax: 7,
      batchesPerTurnMax: 2,
    })
    const first = await filling.turn()
    expect(first?.isBehind).toBe(true)
    let filled = first?.filled ?? 0
    for (let turn = first; turn?.isBehind; filled += turn?.filled ?? 0) turn = await filling.turn()
    expect(filled).toBe(40)
    expect(await idsFound()).toEqual(ids.sort())
    await pool.end()
  })

  it('has nothing half or twice when it dies in the middle', async () => {
    const ids = await plantMany(30)
    const { filling, pool } = testSearchFilling(database.jobsUrl, { entriesPerBatchMax: 10 })
    await owner.query('BEGIN; LOCK TABLE sluice.exchange_search IN EXCLUSIVE MODE')
    const dying = filling.turn()
    dying.catch(() => undefined)
    const killer = new pg.Client(database.ownerUrl)
    await killer.connect()
    await until(async () => {
      const killed = await killer.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE application_name = 'sluice test search' AND wait_event_type = 'Lock'`,
      )
      return killed.rowCount === 1
    })
    await expect(dying).rejects.toThrow()
    await owner.query('ROLLBACK')
    expect(await filling.turn()).toEqual({ filled: 30, isBehind: false })
    expect(await idsFound()).toEqual(ids.sort())
    await killer.end()
    await pool.end()
  })

  it('is the work of one node at a time', async () => {
    const ids = await plantMany(60)
    const many = Array.from({ length: 4 }, () =>
      testSearchFilling(database.jobsUrl, { entriesPerBatchMax: 5, batchesPerTurnMax: 100 }),
    )
    const turns = await Promise.all(many.map(({ filling }) => filling.turn()))
    const last = await many[0]?.filling.turn()
    const filled = [...turns, last].reduce((sum, turn) => sum + (turn?.filled ?? 0), 0)
    expect(filled).toBeGreaterThanOrEqual(0)
    expect(await idsFound()).toEqual(ids.sort())
    await Promise.all(many.map(({ pool }) => pool.end()))
  })

  it('waits for who wrote earlier and commits later, and says how far it is', async () => {
    const { filling, pool } = testSearchFilling(database.jobsUrl)
    await filling.turn()
    await filling.turn()
    const writer = new pg.Client(database.ownerUrl)
    await writer.connect()
    await writer.query('BEGIN')
    const late = sampleReceived().exchangeId
    await writer.query(
      `INSERT INTO sluice.message_log_entry (exchange_id, half, kind, recorded_at, entry, leaf_hash)
       VALUES ($1, 2, 'refusal', now(), '{}', $2)`,
      [late, Buffer.alloc(32)],
    )
    const early = await plant(test.log)
    const { rows } = await owner.query<{ at: Date }>('SELECT statement_timestamp() AS at')
    expect(await filling.turn()).toEqual({ filled: 0, isBehind: false })
    await filling.turn()
    const reached = await readReachedAt(owner)
    expect(reached?.getTime()).toBeLessThan(rows[0]!.at.getTime())
    await writer.query('COMMIT')
    expect((await filling.turn())?.filled).toBe(2)
    await filling.turn()
    expect((await readReachedAt(owner))?.getTime()).toBeGreaterThan(rows[0]!.at.getTime())
    expect(await idsFound()).toEqual([late, early].sort())
    await writer.end()
    await pool.end()
  })

  it('is not held up by an entry that somebody made what is none', async () => {
    const texts = ['\\xff', '\\x7b', '\\x5b5d', '\\x7b2261223a225c7530303030227d']
    const ids = await Promise.all(texts.map(() => plant(test.log)))
    for (const [n, text] of texts.entries()) {
      await owner.query(
        'UPDATE sluice.message_log_entry SET entry = $2::bytea WHERE exchange_id = $1',
        [ids[n], text],
      )
    }
    const whole = await plant(test.log, { messageId: 'bütöv' })
    const { filling, pool } = testSearchFilling(database.jobsUrl)
    expect(await filling.turn()).toEqual({ filled: 5, isBehind: false })
    expect(await idsFound()).toEqual([...ids, whole].sort())
    await pool.end()
  })

  it('fills again what was filled before, after the tables were emptied', async () => {
    const ids = await plantMany(5)
    const { filling, pool } = testSearchFilling(database.jobsUrl)
    await filling.turn()
    const before = await searchRows(owner)
    await owner.query("UPDATE sluice.exchange_search_progress SET low = '1'")
    expect((await filling.turn())?.filled).toBe(0)
    expect(await searchRows(owner)).toEqual(before)
    await owner.query('TRUNCATE sluice.exchange_search')
    // As from another server: no transaction here has such a number yet.
    await owner.query("UPDATE sluice.exchange_search_progress SET low = '99999999999'")
    expect((await filling.turn())?.filled).toBe(5)
    expect(await idsFound()).toEqual(ids.sort())
    await pool.end()
  })

  it('takes in entries from before it was noted which transaction wrote them', async () => {
    const ids = await plantMany(9)
    await owner.query("UPDATE sluice.message_log_entry SET written_in = '0'")
    await owner.query(
      `UPDATE sluice.exchange_search_progress
          SET old_until = '00000000-0000-0000-0000-000000000000'`,
    )
    expect(await readReachedAt(owner)).toBeUndefined()
    const { filling, pool } = testSearchFilling(database.jobsUrl, { entriesPerBatchMax: 4 })
    const [first, second] = [await filling.turn(), await filling.turn()]
    expect([first?.isBehind, second?.isBehind]).toEqual([true, false])
    expect(await readReachedAt(owner)).toBeDefined()
    expect(await idsFound()).toEqual(ids.sort())
    await pool.end()
  })
})
