import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import pg from 'pg'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { sampleValidated } from '../../test/support/sample-exchange.js'
import { createPool } from '../database/connection.js'
import type { AuthorisedRequest, RequestStage } from '../exchange/exchange.js'
import type { Fault } from '../exchange/fault.js'
import { CountedUse } from './fair-use.js'
import { FairUseStore } from './fair-use.store.js'

let database: TestDatabase
let owner: pg.Client
let workers: { readonly store: FairUseStore; readonly use: CountedUse }[]

beforeAll(async () => {
  database = await startTestDatabase()
  owner = new pg.Client(database.ownerUrl)
  await owner.connect()
  workers = [1, 2, 3].map(() => {
    const store = new FairUseStore(
      createPool({
        ...{ url: database.busUrl, role: 'bus', applicationName: 'sluice test fair use' },
        ...{ connectionTimeoutMs: 5_000, statementTimeoutMs: 5_000 },
        ...{ connectionsMax: 2, idleTimeoutMs: 5_000 },
      }),
    )
    return { store, use: useOf(store) }
  })
})

afterAll(async () => {
  await Promise.all(workers.map(({ store }) => store.close()))
  await owner.end()
  await database.stop()
})

beforeEach(async () => {
  await owner.query('TRUNCATE sluice.fair_use_bucket, sluice.fair_use_quota')
  // What one has just been told is used up it does not ask for again.
  workers = workers.map(({ store }) => ({ store, use: useOf(store) }))
})

function useOf(store: FairUseStore, consumerRatePerSecond = 0): CountedUse {
  const now = (): Date => new Date('2026-11-26T13:00:00Z')
  return new CountedUse({ store, consumerRatePerSecond, now, warn: () => undefined })
}

function authorised(limits: {
  rate?: { perSecond: number; burst: number }
  dailyQuota?: number
}): AuthorisedRequest {
  const sample = sampleValidated()
  const { rate, dailyQuota } = limits
  const accessRight = { id: 'AR-1', legalBasis: 'l', purpose: 'p', omit: [], dailyQuota }
  return { ...sample, route: { ...sample.route, rate, accessRight } }
}

interface Attempt {
  readonly fromMs: number
  readonly untilMs: number
  readonly fault: Fault | undefined
}

async function attempt(use: CountedUse, request: AuthorisedRequest): Promise<Attempt> {
  const fromMs = performance.now()
  let fault: Fault | undefined
  try {
    await use.take(request)
  } catch (error) {
    fault = error as Fault
  }
  return { fromMs, untilMs: performance.now(), fault }
}

const passed = (attempts: readonly Attempt[]): Attempt[] => attempts.filter(({ fault }) => !fault)

describe('a rate, over workers that share one database (R-151)', () => {
  it('never lets more pass in any time than its burst and what has flowed in', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 20 }),
        fc.array(
          fc.record({
            worker: fc.integer({ min: 0, max: 2 }),
            count: fc.integer({ min: 1, max: 12 }),
            pauseMs: fc.integer({ min: 0, max: 15 }),
          }),
          { minLength: 3, maxLength: 12 },
        ),
        async (perSecond, burst, waves) => {
          await owner.query('TRUNCATE sluice.fair_use_bucket')
          const uses = workers.map(({ store }) => useOf(store))
          const request = authorised({ rate: { perSecond, burst } })
          const attempts: Promise<Attempt>[] = []
          for (const { worker, count, pauseMs } of waves) {
            for (let i = 0; i < count; i += 1) {
              attempts.push(attempt(uses[worker]!, request))
            }
            await new Promise((resolve) => setTimeout(resolve, pauseMs))
          }
          expectWithin(passed(await Promise.all(attempts)), perSecond, burst)
        },
      ),
      { numRuns: 25 },
    )
  })

  it('lets exactly its burst pass at once, whichever workers they come to', async () => {
    const request = authorised({ rate: { perSecond: 1, burst: 10 } })
    const attempts = await Promise.all(
      Array.from({ length: 60 }, (_, index) => attempt(workers[index % 3]!.use, request)),
    )
    const passing = passed(attempts)
    expect(passing.length).toBeGreaterThanOrEqual(10)
    expectWithin(passing, 1, 10)
    expect(attempts.find(({ fault }) => fault)?.fault).toMatchObject({
      code: 'THROTTLED',
      side: 'consumer',
      until: undefined,
      detail: expect.stringContaining('1 a second'),
    })
  })

  it('lets more pass as time goes by, and after a pause its burst again, never more', async () => {
    const [{ store }] = workers as [(typeof workers)[0]]
    const rate = { perSecond: 10, burst: 5 }
    const passedFor = async (ms: number): Promise<void> => {
      await owner.query(
        `UPDATE sluice.fair_use_bucket SET filled_at = filled_at - $1 * interval '1 ms'`,
        [ms],
      )
    }
    expect(await store.takeTokens('m', 5, rate)).toMatchObject({ count: 5 })
    await owner.query(`UPDATE sluice.fair_use_bucket SET filled_at = now() + interval '1 hour'`)
    const { count, emptyMs } = await store.takeTokens('m', 1, rate)
    expect([count, emptyMs]).toEqual([0, 100])
    await passedFor(3_600_000 + 60_000)
    expect(await store.takeTokens('m', 9, rate)).toMatchObject({ count: 5 })
  })

  it('of one consumer takes nothing from another, nor from its other services', async () => {
    const rate = { perSecond: 1, burst: 1 }
    const first = authorised({ rate })
    const { use } = workers[0]!
    await use.take(first)
    const consumer = 'AZ/GOV/DIN/GCQ'
    const other = { ...first, envelope: { ...first.envelope, consumer } } as AuthorisedRequest
    const service = 'AZ/GOV/VN/VERGI/voenTap/v1'
    const elsewhere = { ...first, route: { ...first.route, service } } as AuthorisedRequest
    const attempts = await Promise.all([other, elsewhere].map((each) => attempt(use, each)))
    expect(passed(attempts)).toHaveLength(2)
  })
})

/** Each interval from one of them to another, as long as it may have been. */
function expectWithin(attempts: readonly Attempt[], perSecond: number, burst: number): void {
  const sorted = [...attempts].sort((a, b) => a.fromMs - b.fromMs)
  for (const [index, first] of sorted.entries()) {
    const since = sorted.slice(index)
    for (const { untilMs } of since) {
      const within = since.filter((each) => each.untilMs <= untilMs)
      const most = burst + (perSecond * (untilMs - first.fromMs)) / 1_000
      expect(within.length).toBeLessThanOrEqual(most + 0.001)
    }
  }
}

describe('the default rate of a consumer', () => {
  it('holds over all its services, and two seconds’ worth at once', async () => {
    const use = useOf(workers[0]!.store, 2)
    const attempts = await Promise.all(
      Array.from({ length: 30 }, () => attempt(use, authorised({}))),
    )
    expectWithin(passed(attempts), 2, 4)
    expect(passed(attempts).length).toBeGreaterThanOrEqual(4)
  })
})

describe('a daily quota', () => {
  it('is met exactly by workers together, and says until when it is used up', async () => {
    const request = authorised({ dailyQuota: 50 })
    const attempts = await Promise.all(
      Array.from({ length: 120 }, (_, index) => attempt(workers[index % 3]!.use, request)),
    )
    expect(passed(attempts)).toHaveLength(50)
    expect(attempts.find(({ fault }) => fault)?.fault).toMatchObject({
      code: 'THROTTLED',
      detail: expect.stringContaining('daily quota of 50'),
      until: new Date('2026-11-26T20:00:00Z'),
    })
    expect(await workers[2]!.store.usageOf('AR-1')).toMatchObject({ used: 50 })
    expect(await workers[2]!.store.usageOf('AR-2')).toBeUndefined()
  })

  it('begins anew with the day of the country, and not where a node’s statement is late', async () => {
    const { store } = workers[0]!
    await store.takeOfQuota('AR-1', 3, 3)
    await owner.query('UPDATE sluice.fair_use_quota SET day = day - 1')
    expect(await store.takeOfQuota('AR-1', 2, 3)).toMatchObject({ count: 2 })
    await owner.query('UPDATE sluice.fair_use_quota SET day = day + 1')
    expect(await store.takeOfQuota('AR-1', 2, 3)).toMatchObject({ count: 1 })
    expect(await store.usageOf('AR-1')).toMatchObject({ used: 3 })
  })

  it('that was raised is good at once, and one that was lowered lets nothing more pass', async () => {
    const { use } = workers[0]!
    for (let i = 0; i < 2; i += 1) await use.take(authorised({ dailyQuota: 2 }))
    await expect(use.take(authorised({ dailyQuota: 2 }))).rejects.toThrow(/quota of 2/)
    await use.take(authorised({ dailyQuota: 3 }))
    await expect(use.take(authorised({ dailyQuota: 1 }))).rejects.toThrow(/quota of 1/)
  })

  it('gets back what never came into the log, once; and keeps the rest', async () => {
    const { store, use } = workers[0]!
    const request = authorised({ dailyQuota: 2 })
    await use.take(request)
    use.giveBack({ ...request, entry: {} } as unknown as RequestStage)
    await use.settled()
    expect(await store.usageOf('AR-1')).toMatchObject({ used: 1 })
    use.giveBack(request)
    use.giveBack(request)
    await use.settled()
    expect(await store.usageOf('AR-1')).toMatchObject({ used: 0 })
  })
})

describe('one-way messages of queues', () => {
  const messageOf = (limits: Parameters<typeof authorised>[0]): AuthorisedRequest => {
    const { route, ...rest } = authorised(limits)
    const adapter = { ...rest.adapter, protocol: 'mq' }
    return { ...rest, adapter, route: { ...route, pattern: 'one-way' } }
  }
  const counted = { rate: { perSecond: 40, burst: 1 } }

  it('wait above the rate, and none overtakes another, counted or not', async () => {
    const { use } = workers[0]!
    const passing: number[] = []
    const limits = [counted, counted, {}, counted, { dailyQuota: 9 }, {}, counted]
    await Promise.all(
      limits.map(async (each, place) => {
        await use.take(messageOf(each))
        passing.push(place)
      }),
    )
    expect(passing).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect(use.take(messageOf({}))).toBeUndefined()
  })

  it('above a quota are refused, and those behind them go on', async () => {
    const { use } = workers[0]!
    const requests = [{ dailyQuota: 1 }, { dailyQuota: 1 }, {}].map(messageOf)
    const attempts = await Promise.all(requests.map((each) => attempt(use, each)))
    expect(attempts.map(({ fault }) => fault?.code)).toEqual([undefined, 'THROTTLED', undefined])
  })

  it('that cannot be counted hold up those behind them', async () => {
    const broken = (): Promise<never> => Promise.reject(new Error('no connection'))
    const use = useOf({ takeTokens: broken, takeOfQuota: broken } as unknown as FairUseStore)
    const requests = [counted, {}, counted].map(messageOf)
    const attempts = await Promise.all(requests.map((each) => attempt(use, each)))
    expect(attempts.map(({ fault }) => fault?.code)).toEqual(Array(3).fill('AUDIT_UNAVAILABLE'))
  })
})

describe('what is not limited', () => {
  it('is not counted, and waits for nothing', () => {
    expect(workers[0]!.use.take(authorised({}))).toBeUndefined()
  })
})

describe('a database out of reach', () => {
  it('lets nothing pass that would have to be counted', async () => {
    const broken = (): Promise<never> => Promise.reject(new Error('no connection'))
    const store = { takeTokens: broken, takeOfQuota: broken, giveBack: broken }
    const settings = { consumerRatePerSecond: 0, now: () => new Date(), warn: () => undefined }
    const use = new CountedUse({ store, ...settings })
    await expect(use.take(authorised({ dailyQuota: 5 }))).rejects.toMatchObject({
      code: 'AUDIT_UNAVAILABLE',
      side: 'bus',
      cause: new Error('no connection'),
    })
    expect(use.take(authorised({}))).toBeUndefined()
  })
})
