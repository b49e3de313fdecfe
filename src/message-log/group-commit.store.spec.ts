import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { randomBytes } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import { anyCharacter } from '../../test/support/any-character.js'
import pg from 'pg'
import { v7 } from 'uuid'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { groupCommitLimits, sampleRecord as record } from '../../test/support/log-records.js'
import { whileHeld } from '../../test/support/message-log.js'
import { createClient } from '../database/connection.js'
import { GroupCommit, type GroupCommitLimits } from './group-commit.store.js'
import type { LogRecord } from './log-record.js'

let database: TestDatabase
let owner: pg.Client
const open: GroupCommit[] = []

function connect(applicationName = 'group commit test'): pg.Client {
  return createClient({
    url: database.busUrl,
    role: 'bus',
    applicationName,
    connectionTimeoutMs: 5_000,
    statementTimeoutMs: 5_000,
  })
}

async function startGroupCommit(
  own: Partial<GroupCommitLimits> = {},
  connectBy: () => pg.Client = () => connect(),
): Promise<GroupCommit> {
  const group = new GroupCommit({
    connect: connectBy,
    onConnect: () => Promise.resolve(),
    warn: () => undefined,
    signReceipts: () => [],
    retryMinMs: 20,
    retryMaxMs: 100,
    limits: { ...groupCommitLimits, ...own },
  })
  open.push(group)
  await group.start()
  return group
}

async function transactionsOf(records: readonly LogRecord[]): Promise<number> {
  const result = await owner.query<{ count: string }>(
    'SELECT count(DISTINCT xmin::text) FROM sluice.message_log_entry WHERE exchange_id = ANY($1)',
    [records.map(({ exchangeId }) => exchangeId)],
  )
  return Number(result.rows[0]?.count)
}

beforeAll(async () => {
  database = await startTestDatabase()
  owner = new pg.Client(database.ownerUrl)
  await owner.connect()
})

afterEach(async () => {
  await Promise.all(open.splice(0).map((group) => group.close()))
})

afterAll(async () => {
  await owner.end()
  await database.stop()
})

describe('group commit (evidence.md §2.1)', () => {
  it('makes records that arrive together share a transaction', async () => {
    const group = await startGroupCommit()
    const records = Array.from({ length: 400 }, () => record())
    const results = await Promise.all(records.map((one) => group.commit(one)))
    expect(new Set(results.map(({ result }) => result))).toEqual(new Set(['written']))
    expect(await transactionsOf(records)).toBe(group.commits)
    expect(group.commits).toBeLessThanOrEqual(4)
  })

  it('lets nobody wait for others: a record alone is a transaction', async () => {
    const group = await startGroupCommit()
    const records = [record(), record(), record()]
    for (const one of records) await group.commit(one)
    expect(await transactionsOf(records)).toBe(3)
  })

  it('gives a record that is larger than a batch a transaction of its own', async () => {
    const group = await startGroupCommit({ batchBytesMax: 10_000, connectionsMax: 1 })
    const large = record({ ciphertext: randomBytes(300_000) })
    const small = [record(), record()]
    await Promise.all([small[0]!, large, small[1]!].map((one) => group.commit(one)))
    // The small ones share theirs: they do not wait for their turn behind it.
    expect(await transactionsOf([large, ...small])).toBe(2)
    expect(await transactionsOf(small)).toBe(1)
  })

  it('refuses at once what does not fit into its queue', async () => {
    const group = await startGroupCommit({ queueRecordsMax: 3 })
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, () => group.commit(record())),
    )
    const refused = results.filter((result) => result.status === 'rejected')
    expect(refused).toHaveLength(7)
    expect(refused[0]!.reason).toMatchObject({ code: 'AUDIT_UNAVAILABLE' })
  })

  it('refuses at once what is too many bytes, but never a single record', async () => {
    const group = await startGroupCommit({ largeQueueBytesMax: 100_000 })
    const large = () => group.commit(record({ ciphertext: randomBytes(150_000) }))
    const [first, second] = await Promise.allSettled([large(), large()])
    expect(first).toMatchObject({ value: { result: 'written' } })
    expect(second).toMatchObject({ reason: { code: 'AUDIT_UNAVAILABLE' } })
  })

  it('leaves room for the others whatever one party brings', async () => {
    const group = await startGroupCommit({ queueRecordsMax: 8, queuePartyShareMax: 0.5 })
    const of = (consumer: string) => group.commit(record({ fields: { consumer } }))
    const many = Promise.allSettled(Array.from({ length: 10 }, () => of('AZ/GOV/VN/VSDS')))
    expect(await of('AZ/GOV/TN/EMAKTAB')).toMatchObject({ result: 'written' })
    const refused = (await many).filter((result) => result.status === 'rejected')
    expect(refused).toHaveLength(6)
  })

  it('rests after each transaction where it is told to; what comes meanwhile shares the next', async () => {
    const group = await startGroupCommit({ connectionsMax: 1, restMs: 1_000 })
    await group.commit(record())
    const records = [record(), record(), record()]
    const committed: Promise<unknown>[] = []
    for (const one of records) {
      committed.push(group.commit(one))
      await nextTurn()
    }
    await Promise.all(committed)
    expect(await transactionsOf(records)).toBe(1)
  })

  it('writes what waits before it closes, and takes nothing after', async () => {
    const group = await startGroupCommit({ batchRecordsMax: 5 })
    const records = Array.from({ length: 60 }, () => record())
    const committed = Promise.all(records.map((one) => group.commit(one)))
    await group.close()
    await committed
    expect(await transactionsOf(records)).toBe(12)
    await expect(group.commit(record())).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' })
  })
})

describe('large records', () => {
  const large = (own: Parameters<typeof record>[0] = {}): LogRecord =>
    record({ ...own, ciphertext: randomBytes(700_000) })

  it('do not hold up small ones, however many wait and however long one takes', async () => {
    const group = await startGroupCommit({ largeBatchBytesMax: 1 << 20 })
    const exchangeId = v7()
    let written = 0
    let larges: Promise<unknown>[] = []
    await whileHeld(owner, [exchangeId, 1], async () => {
      larges = [large({ exchangeId }), large(), large()].map((one) =>
        group.commit(one).then(() => (written += 1)),
      )
      for (const one of [record(), record(), record()]) {
        expect(await group.commit(one)).toMatchObject({ result: 'written' })
      }
      expect([written, group.waiting.records]).toEqual([0, 2])
    })
    await Promise.all(larges)
    expect(written).toBe(3)
  })

  it.each([0, 1])('and small ones go by one connection while the other is away', async (lost) => {
    let isAway = false
    const nowhere = () => new pg.Client({ host: '127.0.0.1', port: 1 })
    const name = `without connection ${lost}`
    const group = await startGroupCommit({}, () => (isAway ? nowhere() : connect(name)))
    const { rows } = await owner.query<{ pid: number }>(
      'SELECT pid FROM pg_stat_activity WHERE application_name = $1 ORDER BY pid',
      [name],
    )
    expect(rows).toHaveLength(2)
    isAway = true
    await owner.query('SELECT pg_terminate_backend($1)', [rows[lost]!.pid])
    const records = [large(), record(), large(), record()]
    const results = await Promise.all(records.map((one) => group.commit(one)))
    expect(results).toEqual(records.map(() => ({ result: 'written' })))
  })
})

describe('records that the database does not take', () => {
  it('spoil nothing for the others of their transaction', async () => {
    const group = await startGroupCommit()
    const taken = randomBytes(32)
    await group.commit(record({ digest: taken }))
    const batch = [
      record(),
      record({ digest: taken }),
      record(),
      record({ digest: taken }),
      record(),
    ]
    const results = await Promise.allSettled(batch.map((one) => group.commit(one)))
    expect(results.map(({ status }) => status)).toEqual([
      ...['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'],
    ])
    expect(results[1]).toMatchObject({ reason: { code: 'DUPLICATE_MESSAGE' } })
  })

  it('are told apart also when both halves of a clash are in one transaction', async () => {
    const group = await startGroupCommit()
    const digest = randomBytes(32)
    const batch = [record({ digest }), record(), record({ digest })]
    const results = await Promise.allSettled(batch.map((one) => group.commit(one)))
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected'])
  })

  it('an outcome that exists stays, and the second one says so', async () => {
    const group = await startGroupCommit()
    const exchangeId = v7()
    await group.commit(record({ exchangeId, half: 2 }))
    const other = record({ exchangeId, half: 2, fields: { outcome: 'answered' } })
    expect(await group.commit(other)).toMatchObject({ result: 'exists' })
  })

  it('the very same record is durable once, however often it is tried', async () => {
    const group = await startGroupCommit()
    const one = record()
    expect(await group.commit(one)).toMatchObject({ result: 'written' })
    expect(await group.commit(one)).toMatchObject({ result: 'written' })
  })

  it('two writers at one time: of two equal messages one goes on', async () => {
    const [one, other] = await Promise.all([startGroupCommit(), startGroupCommit()])
    const digests = Array.from({ length: 100 }, () => randomBytes(32))
    const results = await Promise.all(
      digests.map((digest) =>
        Promise.allSettled([one.commit(record({ digest })), other.commit(record({ digest }))]),
      ),
    )
    for (const pair of results) {
      expect(pair.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      expect(pair.find((result) => result.status === 'rejected')).toMatchObject({
        reason: { code: 'DUPLICATE_MESSAGE' },
      })
    }
  })
})

describe('where order is worth more than what could still be written', () => {
  it('what waits behind a batch that failed is refused with it, and comes again in its order', async () => {
    const group = await startGroupCommit({ connectionsMax: 1, isOrdered: true })
    const [first, second] = [record(), record()]
    await owner.query(
      `CREATE FUNCTION sluice.test_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         IF NEW.exchange_id = '${first.exchangeId}' THEN RAISE 'full' USING ERRCODE = '53100'; END IF;
         RETURN NEW; END $$;
       CREATE TRIGGER test_full BEFORE INSERT ON sluice.message_log_entry
         FOR EACH ROW EXECUTE FUNCTION sluice.test_full()`,
    )
    try {
      const failing = group.commit(first)
      await nextTurn()
      const results = await Promise.allSettled([failing, group.commit(second)])
      for (const result of results) {
        expect(result).toMatchObject({ reason: { code: 'AUDIT_UNAVAILABLE' } })
      }
    } finally {
      await owner.query('DROP FUNCTION sluice.test_full CASCADE')
    }
    for (const one of [first, second]) {
      expect(await group.commit(one)).toMatchObject({ result: 'written' })
    }
  })
})

describe('COPY in binary form', () => {
  it('brings any texts and bytes to the table and back', async () => {
    const group = await startGroupCommit()
    const text = fc.option(fc.string({ unit: anyCharacter, maxLength: 300 }), { nil: undefined })
    const fields = fc.record({ domain: text, consumer: text, service: text, outcome: text })
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 3_000 }),
      fc.integer({ min: 65_500, max: 65_600 }).map((length) => randomBytes(length)),
    )
    await fc.assert(
      fc.asyncProperty(fields, bytes, async (texts, ciphertext) => {
        const one = record({ fields: texts, ciphertext: Buffer.from(ciphertext) })
        await group.commit(one)
        const { rows } = await owner.query<Record<string, unknown>>(
          `SELECT * FROM sluice.message_log_entry JOIN sluice.message_log_payload
             USING (exchange_id, half) WHERE exchange_id = $1`,
          [one.exchangeId],
        )
        const kept = Object.entries(texts).map(([name, value]) => [
          name,
          value?.toWellFormed().replaceAll('\0', '\ufffd') ?? null,
        ])
        expect(rows).toHaveLength(1)
        expect(rows[0]).toMatchObject({
          ...(Object.fromEntries(kept) as object),
          half: 1,
          kind: 'request',
          recorded_at: new Date(1_700_000_000_123),
          leaf_hash: one.leafHash,
        })
        expect(Buffer.from(ciphertext).equals(rows[0]!['ciphertext'] as Buffer)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })
})
