import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import {
  startTestLog,
  testLogJobs,
  until,
  whileHeld,
  type TestLog,
} from '../../test/support/message-log.js'
import {
  sampleAccepted,
  sampleReceived,
  sampleValidated,
} from '../../test/support/sample-exchange.js'
import { Fault } from '../exchange/fault.js'
import { messageLogLimits } from '../limits/message-log.js'
import { decodeEntry } from './entry.js'
import type { MessageLog } from './message-log.store.js'

let database: TestDatabase
const open: MessageLog[] = []
const unavailable = { code: 'AUDIT_UNAVAILABLE', side: 'bus' }

async function startLog(options: Parameters<typeof startTestLog>[1] = {}): Promise<TestLog> {
  const started = await startTestLog(database.busUrl, options)
  open.push(started.log)
  return started
}

async function asOwner<T>(work: (owner: pg.Client) => Promise<T>): Promise<T> {
  const owner = new pg.Client(database.ownerUrl)
  await owner.connect()
  try {
    return await work(owner)
  } finally {
    await owner.end()
  }
}

async function backendPids(owner: pg.Client): Promise<number[]> {
  const { rows } = await owner.query<{ pid: number }>(
    "SELECT pid FROM pg_stat_activity WHERE application_name = 'sluice test log'",
  )
  return rows.map(({ pid }) => pid)
}

beforeAll(async () => {
  database = await startTestDatabase()
})

afterEach(async () => {
  await Promise.all(open.splice(0).map((log) => log.close()))
})

afterAll(() => database.stop())

describe('no exchange without record (R-128)', () => {
  it('refuses what no bundle and no archive could take, and writes nothing of it', async () => {
    const { log } = await startLog()
    const validated = sampleValidated()
    const accessRight = { ...validated.route.accessRight!, purpose: 'p'.repeat(65_536) }
    const tooLong = { ...validated, route: { ...validated.route, accessRight } }
    await expect(log.logRequest(tooLong)).rejects.toThrow('an entry has at most 65535 bytes')
    const rows = await asOwner(async (owner) => {
      const { rowCount } = await owner.query(
        'SELECT FROM sluice.message_log_entry WHERE exchange_id = $1',
        [validated.exchangeId],
      )
      return rowCount
    })
    expect(rows).toBe(0)
    // Its message id is free again.
    await expect(log.logRequest(validated)).resolves.toBeDefined()
  })

  it('refuses while the database is stopped, and resumes by itself', async () => {
    const { log, warnings } = await startLog()
    await log.logRequest(sampleValidated())
    await database.pause()
    await until(() => !log.state().ready)
    await expect(log.logRequest(sampleValidated())).rejects.toMatchObject(unavailable)
    const lost = await log.logRefusal(new Fault('SIGNATURE_MISSING'), sampleReceived())
    expect(lost).toBeUndefined()
    expect(log.state().refusalsLost).toBe(1)
    expect(warnings).toContain('message_log.refusal_lost')

    await database.resume()
    await until(() => log.state().ready)
    const messageId = 'tried-again'
    const logged = await log.logRequest(sampleValidated({ messageId }))
    await expect(log.logReply(sampleAccepted(), logged)).resolves.toBeDefined()
  })

  it('starts before its database does', async () => {
    await database.pause()
    const { log } = await startLog()
    await expect(log.logRequest(sampleValidated())).rejects.toMatchObject(unavailable)
    await database.resume()
    await until(() => log.state().ready)
    await expect(log.logRequest(sampleValidated())).resolves.toBeDefined()
  })

  it('lets a message come again that it could not log', async () => {
    const { log } = await startLog()
    await database.pause()
    await until(() => !log.state().ready)
    const messageId = 'not-lost'
    await expect(log.logRequest(sampleValidated({ messageId }))).rejects.toMatchObject(unavailable)
    await database.resume()
    await until(() => log.state().ready)
    await expect(log.logRequest(sampleValidated({ messageId }))).resolves.toBeDefined()
  })

  it('knows a replay without asking the database', async () => {
    const { log } = await startLog()
    const { envelope } = await log.logRequest(sampleValidated())
    await database.pause()
    const again = sampleValidated({ messageId: envelope.messageId })
    await expect(log.logRequest(again)).rejects.toMatchObject({ code: 'DUPLICATE_MESSAGE' })
    await database.resume()
  })

  it('refuses what a database that does not get on with it holds up', async () => {
    const { log } = await startLog({ statementTimeoutMs: 200 })
    await asOwner(async (owner) => {
      await owner.query('BEGIN')
      await owner.query('LOCK TABLE sluice.message_log_entry IN ACCESS EXCLUSIVE MODE')
      await expect(log.logRequest(sampleValidated())).rejects.toMatchObject(unavailable)
      expect(log.state().ready).toBe(false)
      await owner.query('ROLLBACK')
    })
    await expect(log.logRequest(sampleValidated())).resolves.toBeDefined()
    expect(log.state().ready).toBe(true)
  })

  it('gives up a connection whose server is silent, and gets another', async () => {
    const { log } = await startLog({ statementTimeoutMs: 100 })
    await asOwner(async (owner) => {
      const frozen = await backendPids(owner)
      for (const pid of frozen) process.kill(pid, 'SIGSTOP')
      const results = await Promise.allSettled([
        log.logRequest(sampleValidated()),
        log.logRequest(sampleValidated()),
      ])
      for (const result of results) expect(result).toMatchObject({ reason: unavailable })
      await until(async () => (await backendPids(owner)).some((pid) => !frozen.includes(pid)))
      await until(async () =>
        log.logRequest(sampleValidated()).then(
          () => true,
          () => false,
        ),
      )
      for (const pid of frozen) process.kill(pid, 'SIGCONT')
    })
  })

  it('writes by another connection what one lost connection was to write, once', async () => {
    const { log } = await startLog()
    await asOwner(async (owner) => {
      await owner.query('BEGIN')
      await owner.query('LOCK TABLE sluice.message_log_entry IN ACCESS EXCLUSIVE MODE')
      const logging = log.logRequest(sampleValidated())
      const isWaiting = `SELECT pid FROM pg_stat_activity
        WHERE wait_event_type = 'Lock' AND application_name = 'sluice test log'`
      let pid: number | undefined
      await until(async () => {
        await owner.query('SELECT pg_stat_clear_snapshot()')
        pid = (await owner.query<{ pid: number }>(isWaiting)).rows[0]?.pid
        return pid !== undefined
      })
      await owner.query('SELECT pg_terminate_backend($1)', [pid])
      await owner.query('COMMIT')
      const logged = await logging
      const { rows } = await owner.query(
        'SELECT 1 FROM sluice.message_log_entry WHERE exchange_id = $1',
        [logged.exchangeId],
      )
      expect(rows).toHaveLength(1)
    })
  })
})

describe('refusals that the log cannot take one by one (R-127)', () => {
  /** What entries for many tell of, by fault code. */
  async function toldTogether(): Promise<Record<string, number>> {
    return asOwner(async (owner) => {
      const { rows } = await owner.query<{ entry: Buffer }>(
        "SELECT entry FROM sluice.message_log_entry WHERE kind = 'refusal'",
      )
      const counts: Record<string, number> = {}
      for (const { outcome = '', refusedCount } of rows.map(({ entry }) => decodeEntry(entry))) {
        if (refusedCount) counts[outcome] = (counts[outcome] ?? 0) + refusedCount
      }
      return counts
    })
  }

  async function isSomebodyWaiting(owner: pg.Client): Promise<boolean> {
    // Statistics are kept within a transaction unless told otherwise.
    await owner.query('SELECT pg_stat_clear_snapshot()')
    const { rows } = await owner.query(
      `SELECT FROM pg_stat_activity
        WHERE wait_event_type = 'Lock' AND application_name = 'sluice test log'`,
    )
    return rows.length > 0
  }

  it('a flood of strangers holds up no exchange; one entry tells of those beyond its queue', async () => {
    const strangers = { ...messageLogLimits.strangers, queueRecordsMax: 4, restMs: 0 }
    const { log, warnings } = await startLog({
      limits: { strangers, queuePartyShareMax: 1, lostRefusalsEveryMs: 50 },
    })
    const before = (await toldTogether())['CERT_UNKNOWN'] ?? 0
    const fault = new Fault('CERT_UNKNOWN')
    const first = sampleReceived()
    let answered = 0
    const refusals: Promise<unknown>[] = []
    const refuse = (reached = sampleReceived()): void => {
      refusals.push(log.logRefusal(fault, reached).then(() => (answered += 1)))
    }
    await asOwner((owner) =>
      whileHeld(owner, [first.exchangeId, 2], async () => {
        refuse(first)
        await until(() => isSomebodyWaiting(owner))
        for (let count = 0; count < 20; count += 1) refuse()
        const logged = await log.logRequest(sampleValidated())
        await log.logReply(sampleAccepted(), logged)
        await log.logRefusal(new Fault('ACCESS_DENIED'), sampleValidated())
        // One is being written and four wait, as before the flood; the others are answered.
        expect([answered, log.state().refusalsLost]).toEqual([16, 16])
      }),
    )
    await Promise.all(refusals)
    await until(async () => (await toldTogether())['CERT_UNKNOWN'] === before + 16)
    expect(new Set(warnings)).toEqual(
      new Set(['message_log.refusal_lost', 'message_log.refusals_lost']),
    )
    expect(warnings.length).toBeLessThan(16)
  })

  it('those while the database was away are told of once it is back', async () => {
    const { log } = await startLog({ limits: { lostRefusalsEveryMs: 50 } })
    const before = await toldTogether()
    await database.pause()
    await until(() => !log.state().ready)
    await log.logRefusal(new Fault('SIGNATURE_MISSING'), sampleReceived())
    await log.logRefusal(new Fault('SIGNATURE_MISSING'), sampleReceived())
    await log.logRefusal(new Fault('AUDIT_UNAVAILABLE'), sampleValidated())
    await database.resume()
    const added = async (code: string): Promise<number> =>
      ((await toldTogether())[code] ?? 0) - (before[code] ?? 0)
    await until(async () => (await added('AUDIT_UNAVAILABLE')) > 0)
    await until(async () => (await added('SIGNATURE_MISSING')) > 0)
    expect([await added('AUDIT_UNAVAILABLE'), await added('SIGNATURE_MISSING')]).toEqual([1, 2])
  })
})

describe('the sweep', () => {
  const hourMs = 3_600_000
  const old = () => new Date(Date.now() - hourMs)

  function idAt(time: Date, count: number): string {
    const hex = time.getTime().toString(16).padStart(12, '0')
    const tail = count.toString(16).padStart(12, '0')
    return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${tail}`
  }

  async function unresolved(): Promise<string[]> {
    return asOwner(async (owner) => {
      const { rows } = await owner.query<{ exchange_id: string }>(
        "SELECT exchange_id FROM sluice.message_log_entry WHERE kind = 'unresolved' ORDER BY 1",
      )
      return rows.map((row) => row.exchange_id)
    })
  }

  it('marks requests without outcome once, and nothing else', async () => {
    const { log } = await startLog()
    const lost = Array.from({ length: 25 }, (_, count) => idAt(old(), count))
    for (const exchangeId of lost) await log.logRequest(sampleValidated({ exchangeId }))
    const answered = await log.logRequest(sampleValidated({ exchangeId: idAt(old(), 100) }))
    await log.logReply(sampleAccepted(), answered)
    const young = await log.logRequest(sampleValidated())

    const jobs = testLogJobs(database.jobsUrl, { sweepBatchMax: 10 })
    const others = testLogJobs(database.jobsUrl)
    const counts = await Promise.all(
      [jobs, others, jobs, others].map((one) => one.sweepUnresolved({ olderThanMs: 600_000 })),
    )
    // One that loses its turn between two batches says nothing of those it has marked.
    const said = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0)
    expect(said).toBeLessThanOrEqual(25)
    expect(await jobs.sweepUnresolved({ olderThanMs: 600_000 })).toBe(0)
    const marked = await unresolved()
    expect(marked).toEqual(lost.toSorted())
    expect(marked).not.toContain(young.exchangeId)
  })

  it('leaves an exchange without a way to be answered afterwards', async () => {
    const { log } = await startLog()
    const exchangeId = idAt(old(), 200)
    const logged = await log.logRequest(sampleValidated({ exchangeId }))
    await testLogJobs(database.jobsUrl).sweepUnresolved({ olderThanMs: 600_000 })
    await expect(log.logReply(sampleAccepted(), logged)).rejects.toMatchObject(unavailable)
    // A refusal says no more than what is there already.
    expect(await log.logRefusal(new Fault('PROVIDER_TIMEOUT'), logged)).toBeUndefined()
    expect(log.state().refusalsLost).toBe(0)
  })

  it('on one node lets the others be', async () => {
    const jobs = testLogJobs(database.jobsUrl)
    await asOwner(async (owner) => {
      await owner.query('SELECT pg_advisory_lock(7583142003)')
      expect(await jobs.sweepUnresolved({ olderThanMs: 1 })).toBeUndefined()
    })
  })
})
