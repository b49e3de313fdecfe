import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { groupCommitLimits, sampleRecord as record } from '../../test/support/log-records.js'
import { createClient } from '../database/connection.js'
import type { DurableOutcome, SignReceipts } from '../exchange/logged-entry.js'
import type { Half } from './entry.js'
import { GroupCommit } from './group-commit.store.js'
import type { LogRecord } from './log-record.js'

let database: TestDatabase
const open: GroupCommit[] = []
const warnings: string[] = []
/** The exchanges whose receipts were asked for together. */
const signed: string[][] = []

function signReceipts(outcomes: readonly DurableOutcome[]): string[] {
  const exchangeIds = outcomes.map(({ exchangeId }) => exchangeId)
  signed.push(exchangeIds)
  return exchangeIds.map((exchangeId) => `receipt-of-${exchangeId}`)
}

/** With one connection for all, so that what arrives together shares a transaction. */
async function startGroupCommit(sign: SignReceipts = signReceipts): Promise<GroupCommit> {
  const group = new GroupCommit({
    connect: () =>
      createClient({
        url: database.busUrl,
        role: 'bus',
        applicationName: 'group commit test',
        connectionTimeoutMs: 5_000,
        statementTimeoutMs: 5_000,
      }),
    onConnect: () => Promise.resolve(),
    warn: (event) => warnings.push(event),
    signReceipts: sign,
    retryMinMs: 20,
    retryMaxMs: 100,
    limits: { ...groupCommitLimits, connectionsMax: 1 },
  })
  open.push(group)
  await group.start()
  return group
}

beforeAll(async () => {
  database = await startTestDatabase()
})

afterEach(async () => {
  await Promise.all(open.splice(0).map((group) => group.close()))
  signed.length = 0
  warnings.length = 0
})

afterAll(() => database.stop())

describe('receipts of what group commit made durable', () => {
  const receiptsOf = (records: readonly LogRecord[]) =>
    records.map(({ exchangeId, half }) => ({
      result: 'written',
      receipt: half === 2 ? `receipt-of-${exchangeId}` : undefined,
    }))

  it('of the outcomes of one transaction are signed together, after it, and each gets its own', async () => {
    const group = await startGroupCommit()
    const records = [1, 2, 2, 1, 2].map((half) => record({ half: half as Half }))
    const results = await Promise.all(records.map((one) => group.commit(one)))
    expect(results).toEqual(receiptsOf(records))
    expect(group.commits).toBe(1)
    const outcomes = records.filter(({ half }) => half === 2)
    expect(signed).toEqual([outcomes.map(({ exchangeId }) => exchangeId)])
  })

  it('wait for nobody: the outcome alone is signed alone, and requests are not', async () => {
    const group = await startGroupCommit()
    const records = [record({ half: 2 }), record(), record({ half: 2 })]
    for (const one of records) await group.commit(one)
    expect(signed).toEqual([[records[0]!.exchangeId], [records[2]!.exchangeId]])
  })

  it('are given for what is durable in the end, whatever spoilt its transaction, and for nothing else', async () => {
    const group = await startGroupCommit()
    const [early, taken] = [record({ half: 2 }), record({ half: 2 })]
    await Promise.all([early, taken].map((one) => group.commit(one)))
    signed.length = 0
    const other = record({ half: 2, exchangeId: taken.exchangeId, fields: { outcome: 'answered' } })
    // An earlier try of the first one was stored after all; the third exists already, otherwise.
    const [first, second, third] = [early, record({ half: 2 }), other]
    const results = await Promise.all([first, second, third].map((one) => group.commit(one)))
    expect(results).toEqual([
      ...receiptsOf([first, second]),
      { result: 'exists', receipt: undefined },
    ])
    expect(signed).toEqual([[first.exchangeId], [second.exchangeId]])
  })

  it('that cannot be signed are warned of, and what is durable stays so', async () => {
    const group = await startGroupCommit(() => {
      throw new Error('the key is gone')
    })
    const records = [record(), record({ half: 2 })]
    const results = await Promise.all(records.map((one) => group.commit(one)))
    expect(results).toEqual(records.map(() => ({ result: 'written' })))
    expect(group.commits).toBe(1)
    expect(warnings).toEqual(['message_log.receipts_not_signed'])
  })
})
