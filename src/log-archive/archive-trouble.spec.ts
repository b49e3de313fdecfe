import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { v7 } from 'uuid'
import { ArchiveDays, daysAgo, today } from '../../test/support/archive-days.js'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { FilledLog } from '../../test/support/filled-log.js'
import { startTestLog, until } from '../../test/support/message-log.js'
import { sampleValidated } from '../../test/support/sample-exchange.js'
import { verifyArchive } from '../archive-reader/verify-archive.js'
import { recordAct } from '../audit-log/audit-log.store.js'
import { archiveLogs, type ArchiveInput } from './archive-logs.store.js'
import { ArchiveRefusal } from './archive-refusal.js'
import { dayAfter } from './log-day.js'
import { takeTurn } from './turn.store.js'

let database: TestDatabase
let days: ArchiveDays
let owner: pg.Client

beforeAll(async () => {
  database = await startTestDatabase()
})

afterAll(() => database.stop())

beforeEach(async () => {
  days = await ArchiveDays.start(database)
  ;({ owner } = days)
})

afterEach(() => days.stop())

describe('is refused, and changes nothing', () => {
  async function refusal(before: string, change: Partial<ArchiveInput> = {}): Promise<string> {
    const rows = await days.count('message_log_entry')
    const error: unknown = await days.archive(before, change).catch((each: unknown) => each)
    if (!(error instanceof ArchiveRefusal)) throw new Error('not refused', { cause: error })
    expect(await days.count('message_log_entry')).toBe(rows)
    expect(await days.count('log_archive')).toBe(0)
    expect(await days.count('audit_log_entry')).toBe(0)
    return error.reason
  }

  it('a day that is not over for an hour', async () => {
    const midnight = Date.parse(`${today}T00:00:00Z`)
    expect(await refusal(dayAfter(today))).toBe('day-not-over')
    expect(await refusal(today, { now: () => new Date(midnight + 3_599_999) })).toBe('day-not-over')
    expect(await days.archive(today, { now: () => new Date(midnight + 3_600_000) })).toBeDefined()
  })

  it('entries without a place, without a checkpoint, or in a stamped log without a timestamp', async () => {
    const log = new FilledLog(owner)
    const [sample] = FilledLog.day(daysAgo(4), 1)
    await log.add([sample!])
    expect(await refusal(daysAgo(3))).toBe('no-checkpoint')
    await log.checkpoint()
    await owner.query(`INSERT INTO sluice.log_timestamp (log, size, tsa, token, stamped_at)
                       VALUES ('domain/PORTAL', 2, 'tsa', 'token', now())`)
    await log.add([sample!])
    await log.checkpoint()
    expect(await refusal(daysAgo(3))).toBe('no-timestamp')
    await log.write(sample!, v7({ msecs: sample!.at.getTime() }), 1)
    expect(await refusal(daysAgo(3))).toBe('unsequenced')
  })

  it('a request whose outcome the sweep may still find', async () => {
    const log = new FilledLog(owner)
    await log.add(FilledLog.day(daysAgo(4), 1, { halves: [1] }))
    await log.checkpoint()
    expect(await refusal(daysAgo(3))).toBe('unfinished')
    const later = { now: () => new Date(Date.now() + 5 * 86_400_000) }
    expect((await days.archive(daysAgo(3), later))?.files).toHaveLength(1)
  })

  it('a message that waits for its delivery, however old it is', async () => {
    const log = new FilledLog(owner)
    const [request] = await log.add(FilledLog.day(daysAgo(4), 1, { halves: [1] }))
    await log.checkpoint()
    await owner.query(
      `INSERT INTO sluice.outbox_message (exchange_id, partition, sender, recipient, provider, message_id, protocol,
         copy, payload_bytes, accepted_at, expires_at)
       SELECT exchange_id, 0, 'AZ/GOV/A/A', 'AZ/GOV/B/B/s/v1', 'AZ/GOV/B/B', 'm', 'rest', 0, 0, recorded_at, now()
         FROM sluice.message_log_entry WHERE exchange_id = $1`,
      [request!.exchangeId],
    )
    const later = { now: () => new Date(Date.now() + 5 * 86_400_000) }
    expect(await refusal(daysAgo(3), later)).toBe('unfinished')
    await owner.query('DELETE FROM sluice.outbox_message')
    expect((await days.archive(daysAgo(3), later))?.files).toHaveLength(1)
  })

  it('an entry that is missing, and one that is not the one in the tree', async () => {
    const log = new FilledLog(owner)
    const [first] = await log.add(FilledLog.day(daysAgo(4), 200))
    await log.checkpoint()
    await owner.query(`UPDATE sluice.message_log_entry SET entry = entry || ' '
                        WHERE exchange_id = '${first!.exchangeId}' AND half = 1`)
    await expect(days.archive(daysAgo(3))).rejects.toMatchObject({ problem: 'end-differs' })
    await owner.query(`DELETE FROM sluice.message_log_entry
                        WHERE exchange_id = '${first!.exchangeId}' AND half = 1`)
    expect(await refusal(daysAgo(3))).toBe('entry-missing')
  })

  it('what came, or was held, while the files were written', async () => {
    const log = new FilledLog(owner)
    const [sample] = FilledLog.day(daysAgo(4), 1)
    await log.add([sample!])
    await log.checkpoint()
    const meanwhile = (sql: string, values: unknown[]): Partial<ArchiveInput> => ({
      tell: () => void (started ??= owner.query(sql, values)),
    })
    let started: Promise<unknown> | undefined
    const exchangeId = v7({ msecs: sample!.at.getTime() })
    const late = meanwhile(
      `INSERT INTO sluice.message_log_entry (exchange_id, half, kind, recorded_at, entry, leaf_hash)
       VALUES ($1, 2, 'refusal', now(), '', $2)`,
      [exchangeId, Buffer.alloc(32)],
    )
    const error: unknown = await days.archive(daysAgo(3), late).catch((each: unknown) => each)
    expect(error).toMatchObject({ reason: 'changed-meanwhile' })
    await started
    await owner.query('DELETE FROM sluice.message_log_entry WHERE exchange_id = $1', [exchangeId])
    started = undefined
    const actId = (await recordAct(owner, { kind: 'hold.set', actor: 'test' })).actId
    const hold = meanwhile(
      `INSERT INTO sluice.legal_hold (hold_id, is_lift, domain, reason, made_at, act_id)
       VALUES (gen_random_uuid(), false, 'SENED', 'test', now(), $1)`,
      [actId],
    )
    await expect(days.archive(daysAgo(3), hold)).rejects.toMatchObject({
      reason: 'changed-meanwhile',
    })
    // The file that was written in vain serves the next try.
    const lines: string[] = []
    const summary = await days.archive(daysAgo(3), { tell: (line) => lines.push(line) })
    expect(summary?.files).toHaveLength(1)
    expect(lines[0]).toContain('an earlier run had written it')
  })
})

describe('whatever ends it', () => {
  /** A connection that breaks at its nth statement, as with a process that is killed there. */
  async function breakingAt(nth: number): Promise<pg.Client> {
    const client = new pg.Client(database.ownerUrl)
    await client.connect()
    let left = nth
    const query = client.query.bind(client) as (...args: unknown[]) => unknown
    Object.assign(client, {
      query: (...args: unknown[]) => {
        if (left === 0) return Promise.reject(new Error('killed'))
        left -= 1
        return query(...args)
      },
    })
    return client
  }

  it('running it again goes on, wherever it was killed, and nothing is lost', async () => {
    for (let nth = 0, isDone = false; !isDone; nth++) {
      const log = new FilledLog(owner)
      await log.add(FilledLog.day(daysAgo(4), 129))
      await log.checkpoint()
      const client = await breakingAt(nth)
      isDone = await archiveLogs(client, days.input(daysAgo(3))).then(
        () => true,
        (error: unknown) => {
          expect(error).toMatchObject({ message: 'killed' })
          return false
        },
      )
      await client.end()

      const isRecorded = (await days.count('log_archive')) === 1
      expect(await days.count('message_log_entry')).toBe(isRecorded ? 2 : 258)
      await archiveLogs(owner, days.input(daysAgo(3)))
      await owner.query('SELECT pg_advisory_unlock_all()')
      expect(await days.count('log_archive')).toBe(1)
      expect(await days.count('audit_log_entry')).toBe(1)
      expect(await days.count('message_log_entry')).toBe(2)
      expect(await days.count('log_sequence')).toBe(2)
      const names = await readdir(days.folder)
      expect(names).toHaveLength(1)
      expect(await verifyArchive(join(days.folder, names[0]!))).toMatchObject({ entries: 258 })
      await rm(join(days.folder, names[0]!))
      await days.clear(3)
    }
  }, 300_000)

  it('one archives at a time', async () => {
    await new FilledLog(owner).add([])
    await days.archive(daysAgo(3))
    const other = new pg.Client(database.ownerUrl)
    await other.connect()
    await expect(takeTurn(other)).rejects.toMatchObject({ reason: 'busy' })
    await other.end()
  })
})

describe('beside a bus that runs', () => {
  it('writers lose nothing, and wait for no reader of the log', async () => {
    const log = new FilledLog(owner)
    await log.add(FilledLog.day(daysAgo(4), 300))
    await log.checkpoint()
    const { log: messageLog } = await startTestLog(database.busUrl)
    const reader = new pg.Client(database.ownerUrl)
    await reader.connect()
    await reader.query('BEGIN; SELECT count(*) FROM sluice.message_log_entry')

    const archiving = days.archive(daysAgo(3))
    const watcher = new pg.Client(database.ownerUrl)
    await watcher.connect()
    await until(async () => {
      const { rows } = await watcher.query<{ waits: boolean }>(
        "SELECT bool_or(NOT granted) AS waits FROM pg_locks WHERE mode = 'AccessExclusiveLock'",
      )
      return rows[0]?.waits === true
    })
    const written = await Promise.all(
      Array.from({ length: 20 }, () => messageLog.logRequest(sampleValidated())),
    )
    await reader.query('COMMIT')
    const more = await Promise.all(
      Array.from({ length: 20 }, () => messageLog.logRequest(sampleValidated())),
    )
    const summary = await archiving
    await Promise.all([messageLog.close(), reader.end(), watcher.end()])

    expect(summary?.files).toHaveLength(1)
    const ids = [...written, ...more].map(({ exchangeId }) => `'${exchangeId}'`)
    expect(await days.count(`message_log_entry WHERE exchange_id IN (${ids.join()})`)).toBe(40)
  })
})
