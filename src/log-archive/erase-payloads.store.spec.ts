import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { FilledLog, type FilledEntry } from '../../test/support/filled-log.js'
import { recordAct } from '../audit-log/audit-log.store.js'
import { dataKeyRestMs } from '../limits/log-archive.js'
import { planArchive } from './archive-plan.store.js'
import { liftHold, setHold } from './change-holds.store.js'
import { erasePayloads, type EraseInput } from './erase-payloads.store.js'
import { readHolds, type HoldScope, type LegalHold } from './legal-hold.store.js'
import { dayAfter, dayOf } from './log-day.js'
import { retentionDaysOf } from './retention.js'

const today = dayOf(new Date())
const day = (before: number): string => dayAfter(today, -before)
const service = 'AZ/GOV/DIN/GCQ/finAxtaris/v1'
const other = 'AZ/GOV/VN/VERGI/voenTap/v1'
const payload = Buffer.from('{"fin":"5ABC123"}')

let database: TestDatabase
let owner: pg.Client

beforeAll(async () => {
  database = await startTestDatabase()
})

afterAll(() => database.stop())

beforeEach(async () => {
  owner = new pg.Client(database.ownerUrl)
  await owner.connect()
  await owner.query(`TRUNCATE sluice.message_log_entry, sluice.message_log_payload,
    sluice.message_log_data_key, sluice.log_sequence, sluice.log_tile, sluice.log_checkpoint,
    sluice.log_cosignature, sluice.log_timestamp, sluice.log_archive, sluice.payload_erasure,
    sluice.legal_hold, sluice.audit_log_entry CASCADE`)
})

afterEach(() => owner.end())

function erase(days: number, change: Partial<EraseInput> = {}) {
  return erasePayloads(owner, {
    retention: { payloadsDays: days, services: {} },
    recordAct: async (client) =>
      (await recordAct(client, { kind: 'payload.erase', actor: 'test' })).actId,
    now: () => new Date(),
    ...change,
  })
}

async function hold(scope: HoldScope): Promise<LegalHold> {
  return setHold(owner, { scope, reason: 'court', now: new Date() }, async (client) => {
    return (await recordAct(client, { kind: 'hold.set', actor: 'test' })).actId
  })
}

async function lift(holdId: string): Promise<LegalHold | undefined> {
  return liftHold(owner, { holdId, reason: 'over', now: new Date() }, async (client) => {
    return (await recordAct(client, { kind: 'hold.lift', actor: 'test' })).actId
  })
}

async function count(from: string): Promise<number> {
  const { rows } = await owner.query<{ count: string }>(`SELECT count(*) FROM sluice.${from}`)
  return Number(rows[0]?.count)
}

async function filled(): Promise<FilledEntry[]> {
  const log = new FilledLog(owner)
  const added = [
    ...(await log.add(FilledLog.day(day(400), 2, { payload }))),
    ...(await log.add(FilledLog.day(day(400), 3, { payload, service: other }))),
    ...(await log.add(FilledLog.day(day(10), 4, { payload }))),
  ]
  await log.checkpoint()
  return added
}

describe('payloads at the end of their retention', () => {
  it('are erased with their key, recorded by service, and every entry stays', async () => {
    await filled()
    const outcomes = await erase(30)
    expect(outcomes).toMatchObject([
      { day: day(400), payloads: { [service]: 4, [other]: 6 }, held: [], dataKeys: 0 },
    ])
    expect(await count('message_log_payload')).toBe(8)
    expect(await count('message_log_entry')).toBe(18)
    const { rows } = await owner.query(
      `SELECT service, payloads, act_id = (SELECT act_id FROM sluice.audit_log_entry) AS by_act,
              from_id = sluice.first_id_of_day($1) AS from_day, before_id = sluice.first_id_of_day($2) AS to_day
         FROM sluice.payload_erasure ORDER BY service`,
      [day(400), day(399)],
    )
    const said = { by_act: true, from_day: true, to_day: true }
    expect(rows).toEqual([
      { service, payloads: '4', ...said },
      { service: other, payloads: '6', ...said },
    ])
    expect(await count('message_log_data_key')).toBe(1)
    expect(await erase(5)).toMatchObject([
      { day: day(10), payloads: { [service]: 8 }, dataKeys: 1 },
    ])
    expect(await count('message_log_data_key')).toBe(0)
    expect(await erase(5)).toEqual([])
  })

  it('stay until the last millisecond of their day is over it', async () => {
    await filled()
    const end = Date.parse(`${day(399)}T00:00:00Z`) + 30 * 86_400_000
    expect(await erase(30, { now: () => new Date(end - 1) })).toEqual([])
    expect(await erase(30, { now: () => new Date(end) })).toMatchObject([{ day: day(400) }])
  })

  it('follow the rule of their service; neither a day nor a service shortens it', async () => {
    await filled()
    const services = { 'AZ/GOV/VN/VERGI/voenTap': 3_000 }
    const retention = { payloadsDays: 30, services }
    expect(await erase(0, { retention, day: day(400) })).toEqual([])
    expect(await erase(0, { retention, service: other })).toEqual([])
    expect(await erase(0, { retention, service: 'AZ/GOV/DIN' })).toMatchObject([
      { payloads: { [service]: 4 } },
    ])
    expect(retentionDaysOf(retention, 'constructor')).toBe(30)
  })

  it('are erased with their act, or not at all', async () => {
    await filled()
    const failing = erase(30, { recordAct: () => Promise.reject(new Error('no act')) })
    await expect(failing).rejects.toThrow('no act')
    expect(await count('message_log_payload')).toBe(18)
  })

  it('keep a key that a process may have in use', async () => {
    const log = new FilledLog(owner)
    await log.add(FilledLog.day(day(10), 1, { payload }))
    const now = new Date(Date.parse(`${day(10)}T08:00:00Z`) + dataKeyRestMs)
    expect(await erase(1, { now: () => now })).toMatchObject([{ dataKeys: 0 }])
    expect(await count('message_log_data_key')).toBe(1)
  })
})

describe('a legal hold', () => {
  it.each<[string, (entry: FilledEntry) => HoldScope]>([
    ['exchange', ({ exchangeId }) => ({ exchangeId })],
    ['service', () => ({ service })],
    ['subsystem of the provider', () => ({ service: 'AZ/GOV/DIN/GCQ' })],
    ['consumer', () => ({ consumer: 'AZ/GOV/VN', service: 'AZ/GOV/DIN' })],
    ['domain and day', () => ({ domain: 'PORTAL', fromDay: day(400), toDay: day(400), service })],
  ])('of a %s keeps its day from both, until it is lifted', async (_what, scopeOf) => {
    const [first] = await filled()
    const { holdId } = await hold(scopeOf(first!))
    await expect(planArchive(owner, day(399), new Date())).rejects.toMatchObject({
      reason: 'held',
      message: expect.stringContaining(holdId) as unknown,
    })
    expect(await erase(30)).toMatchObject([
      { day: day(400), payloads: { [other]: 6 }, held: [service], dataKeys: 0 },
    ])
    expect(await readHolds(owner)).toMatchObject([{ holdId, reason: 'court' }])
    expect(await lift(holdId)).toMatchObject({ holdId })
    expect(await lift(holdId)).toBeUndefined()
    expect(await readHolds(owner)).toEqual([])
    await expect(planArchive(owner, day(399), new Date())).resolves.toBeDefined()
    expect(await erase(30)).toMatchObject([{ payloads: { [service]: 4 }, held: [] }])
    expect(await count('legal_hold')).toBe(2)
  })

  it.each<HoldScope>([
    { service: 'AZ/GOV/DI' },
    { consumer: 'AZ/GOV/VN/VSD' },
    { domain: 'SENED' },
    { toDay: day(401) },
    { fromDay: day(399), toDay: day(11) },
    { exchangeId: '01950000-0000-7000-8000-000000000000' },
  ])('of %j keeps nothing else', async (scope) => {
    await filled()
    await hold(scope)
    expect(await erase(30)).toMatchObject([{ payloads: { [service]: 4, [other]: 6 }, held: [] }])
  })

  it('and its end are never changed, and belong to acts', async () => {
    const { holdId } = await hold({ service })
    const auditor = new pg.Client(database.auditorUrl)
    await auditor.connect()
    const { rows } = await auditor.query('SELECT hold_id FROM sluice.legal_hold')
    expect(rows).toEqual([{ hold_id: holdId }])
    for (const change of [
      "UPDATE sluice.legal_hold SET reason = ''",
      'DELETE FROM sluice.legal_hold',
    ]) {
      await expect(auditor.query(change)).rejects.toMatchObject({ code: '42501' })
    }
    await auditor.end()
    await expect(
      setHold(owner, { scope: {}, reason: 'r', now: new Date() }, async (client) => {
        return (await recordAct(client, { kind: 'hold.set', actor: 'test' })).actId
      }),
    ).rejects.toMatchObject({ code: '23514' })
    expect(await count('audit_log_entry')).toBe(1)
  })
})
