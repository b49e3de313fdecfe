import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import pg from 'pg'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { leafHashOf } from '../tlog/merkle.js'
import { ActError, decodeAct, encodeAct, type Act } from './act.js'
import { readActs, recordAct, recordActs } from './audit-log.store.js'

const hold: Act = {
  kind: 'hold.set',
  actor: 'N. Əliyeva',
  role: 'security officer',
  reason: 'Məhkəmə işi 12',
  subject: 'day 2026-03-01',
  before: { holds: [] },
  after: { holds: [{ until: null, count: 1 }] },
}

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

describe('an act in the audit log', () => {
  it('is stored in canonical bytes with their leaf hash', async () => {
    const { actId } = await recordAct(owner, hold, new Date('2026-03-01T10:00:00.001Z'))
    const { rows } = await owner.query<{ entry: Buffer; leaf_hash: Buffer }>(
      'SELECT entry, leaf_hash FROM sluice.audit_log_entry WHERE act_id = $1',
      [actId],
    )
    expect(rows[0]?.entry.toString()).toBe(
      `{"actId":"${actId}","actor":"N. Əliyeva","after":{"holds":[{"count":1,"until":null}]},` +
        '"before":{"holds":[]},"format":1,"kind":"hold.set","reason":"Məhkəmə işi 12",' +
        '"recordedAt":"2026-03-01T10:00:00.001Z","role":"security officer","subject":"day 2026-03-01"}',
    )
    expect(rows[0]?.leaf_hash).toEqual(leafHashOf(rows[0]!.entry))
    expect(await readActs(owner, { limit: 1 })).toMatchObject([{ actId, isIntact: true }])
  })

  it('goes with the transaction that it belongs to', async () => {
    await owner.query('BEGIN')
    const { actId } = await recordAct(owner, hold)
    await owner.query('ROLLBACK')
    const all = await readActs(owner, { limit: 1_000 })
    expect(all.map((act) => act.actId)).not.toContain(actId)
  })

  it('keeps its place among many, and is found from any of them on', async () => {
    const many = Array.from({ length: 1_201 }, (_, n): Act => ({ ...hold, subject: `act ${n}` }))
    const ids = (await recordActs(owner, many)).map(({ actId }) => actId)
    expect(ids.toSorted()).toEqual(ids)
    const last = await readActs(owner, { limit: 3 })
    expect(last.map(({ actId }) => actId)).toEqual(ids.slice(-3))
    const after = await readActs(owner, { after: ids[99], limit: 2 })
    expect(after.map(({ actId }) => actId)).toEqual(ids.slice(100, 102))
  })

  it.each<[string, Partial<Act>]>([
    ['nobody', { actor: ' ' }],
    ['a name that steers terminals', { actor: 'A\u001b[2J' }],
    ['a name without end', { actor: 'a'.repeat(201) }],
    ['a reason without end', { reason: 'a'.repeat(2_001) }],
    ['more than a tile takes', { after: { text: 'ə'.repeat(40_000) } }],
  ])('is refused of %s, before anything is written', async (_what, wrong) => {
    const before = await readActs(owner, { limit: 1_000 })
    await expect(recordActs(owner, [hold, { ...hold, ...wrong }])).rejects.toThrow(ActError)
    expect(await readActs(owner, { limit: 1_000 })).toEqual(before)
  })

  it.each([
    "UPDATE sluice.audit_log_entry SET actor = 'another' WHERE act_id = $1",
    "UPDATE sluice.audit_log_entry SET kind = 'hold.lift' WHERE act_id = $1",
    "UPDATE sluice.audit_log_entry SET entry = entry || ' ' WHERE act_id = $1",
    "UPDATE sluice.audit_log_entry SET entry = '' WHERE act_id = $1",
    "UPDATE sluice.audit_log_entry SET leaf_hash = sha256('x') WHERE act_id = $1",
    'UPDATE sluice.audit_log_entry SET act_id = gen_random_uuid() WHERE act_id = $1',
  ])('is seen not to be intact: %s', async (tamper) => {
    await owner.query('BEGIN')
    const { actId } = await recordAct(owner, hold)
    await owner.query(tamper, [actId])
    const acts = await readActs(owner, { limit: 1_000 })
    await owner.query('ROLLBACK')
    expect(acts.filter(({ isIntact }) => !isIntact)).toHaveLength(1)
  })

  it('says what it was told, whatever that is', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 100 })
    const values = fc.dictionary(
      text.filter((name) => name !== '__proto__'),
      fc.jsonValue(),
    )
    fc.assert(
      fc.property(text, values, (reason, after) => {
        const whole = JSON.parse(
          JSON.stringify(after, (_key, value: unknown) =>
            typeof value === 'number' ? Math.trunc(value % 1e9) || 0 : value,
          ),
        ) as Act['after']
        const act: Act = { kind: 'registry.apply', actor: 'a', reason, after: whole }
        expect(decodeAct(encodeAct(act, 'id', new Date(0)).bytes)).toMatchObject({ ...act })
      }),
    )
  })

  it.each(['bus', 'jobs', 'auditor'] as const)(
    'is out of reach of the role %s, which may not even add one',
    async (role) => {
      const session = new pg.Client(database[`${role}Url`])
      await session.connect()
      const denied = { code: '42501' }
      await expect(recordAct(session, hold)).rejects.toMatchObject(denied)
      for (const statement of [
        "UPDATE sluice.audit_log_entry SET actor = 'x'",
        'DELETE FROM sluice.audit_log_entry',
        'TRUNCATE sluice.audit_log_entry',
      ]) {
        await expect(session.query(statement)).rejects.toMatchObject(denied)
      }
      await session.end()
    },
  )
})
