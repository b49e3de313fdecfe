import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createSecretKey } from 'node:crypto'
import pg from 'pg'
import { v7 } from 'uuid'
import { startTestDatabase, type TestDatabase } from '../../test/support/database.js'
import { plant, testSearchFilling } from '../../test/support/log-search.js'
import { startTestLog } from '../../test/support/message-log.js'
import { sampleIdentified, sampleReceived } from '../../test/support/sample-exchange.js'
import { Fault } from '../exchange/fault.js'
import { parseMemberId, parseServiceId, parseSubsystemId } from '../exchange/identifier.js'
import { noticeIdOf } from '../message-log/notice-entry.js'
import { pseudonymOf } from '../message-log/pseudonym.js'
import { searchExchanges, type SearchPage } from './log-search.store.js'
import type { SearchCriteria, SearchScope } from './search-query.js'

const dsmf = parseSubsystemId('AZ/GOV/DSMF/SN')
const taxes = parseServiceId('AZ/GOV/VN/VERGI/voenTap/v1')
const taxesNew = parseServiceId('AZ/GOV/VN/VERGI/voenTap/v2')
const everything: SearchScope = { everything: true }
const person = 'AZ0TEST01'
const pseudonym = (value: string): string =>
  pseudonymOf('subject', value, createSecretKey(Buffer.alloc(32, 2)))!
const subjectPseudonym = pseudonym(person)

function idAt(time: string): string {
  return v7({ msecs: Date.parse(time) })
}

let database: TestDatabase
let auditor: pg.Client
let owner: pg.Client
let planted: Record<'old' | 'taxes' | 'taxesNew' | 'failed' | 'refused' | 'stranger', string>

beforeAll(async () => {
  database = await startTestDatabase()
  owner = new pg.Client(database.ownerUrl)
  auditor = new pg.Client(database.auditorUrl)
  await owner.connect()
  await auditor.connect()
  const { log } = await startTestLog(database.busUrl)
  const envelope = { correlationId: 'zəncir "7"', userId: person }
  const messageId = 'sorğu\\1'
  const at = (second: number): string => idAt(`2026-03-01T00:00:0${second}Z`)
  const refused = sampleIdentified({
    exchangeId: at(4),
    messageId: 'imtina',
    consumer: dsmf,
    envelope,
  })
  const stranger = sampleReceived({ exchangeId: at(5) })
  planted = {
    old: await plant(log, { exchangeId: idAt('2026-01-10T08:00:00Z') }),
    taxes: await plant(log, {
      exchangeId: at(1),
      consumer: dsmf,
      service: taxes,
      messageId,
      envelope,
    }),
    taxesNew: await plant(log, {
      exchangeId: at(2),
      consumer: dsmf,
      service: taxesNew,
      messageId: 'sorğu 2',
      named: ['0TEST07', '0TEST08'],
    }),
    failed: await plant(log, {
      exchangeId: at(3),
      outcome: 'PROVIDER_TIMEOUT',
      envelope: { userId: person },
    }),
    refused: refused.exchangeId,
    stranger: stranger.exchangeId,
  }
  await log.logRefusal(new Fault('ACCESS_DENIED'), refused)
  await log.logRefusal(new Fault('SIGNATURE_MISSING'), stranger)
  await log.close()
  const { filling, pool } = testSearchFilling(database.jobsUrl)
  for (let turns = 0; turns < 3; turns += 1) await filling.turn()
  await pool.end()
})

afterAll(async () => {
  await auditor.end()
  await owner.end()
  await database.stop()
})

function search(
  criteria: SearchCriteria,
  scope: SearchScope = everything,
  limit = 50,
): Promise<SearchPage> {
  return searchExchanges(auditor, scope, criteria, { limit })
}

async function namesFound(criteria: SearchCriteria, scope?: SearchScope): Promise<string[]> {
  const { exchanges, disagreeing } = await search(criteria, scope)
  expect(disagreeing).toEqual([])
  const names = new Map(Object.entries(planted).map(([name, id]) => [id, name]))
  return exchanges.map(({ exchangeId }) => names.get(exchangeId) ?? exchangeId)
}

it('R-107: a person sees what names them, and not what merely states them as a user', async () => {
  expect(await namesFound({}, { person: [subjectPseudonym, pseudonym('0TEST07')] })).toEqual([
    'taxesNew',
  ])
  expect(await namesFound({}, { person: [pseudonym('0TEST09')] })).toEqual([])
  expect(await namesFound({}, { person: [] })).toEqual([])
})

describe('R-115: each filter finds exactly what was planted, newest first', () => {
  const all = ['stranger', 'refused', 'failed', 'taxesNew', 'taxes', 'old']

  it.each<[SearchCriteria, string[]]>([
    [{}, all],
    [{ from: new Date('2026-01-11') }, all.slice(0, -1)],
    [{ until: new Date('2026-01-11') }, ['old']],
    [
      { from: new Date('2026-01-10T08:00:00Z'), until: new Date('2026-01-10T08:00:00.001Z') },
      ['old'],
    ],
    [{ from: new Date('2026-01-10T07:00:00Z'), until: new Date('2026-01-10T08:00:00Z') }, []],
    [{ consumer: 'AZ/GOV/DSMF' }, ['refused', 'taxesNew', 'taxes']],
    [{ consumer: 'AZ/GOV/DSMF/SN' }, ['refused', 'taxesNew', 'taxes']],
    [{ consumer: 'AZ/GOV/DSM' }, []],
    [{ provider: 'AZ/GOV/VN' }, ['taxesNew', 'taxes']],
    [{ provider: 'AZ/GOV/DIN/GCQ' }, ['failed', 'old']],
    [{ participant: 'AZ/GOV/VN' }, ['failed', 'taxesNew', 'taxes', 'old']],
    [{ service: 'AZ/GOV/VN/VERGI/voenTap' }, ['taxesNew', 'taxes']],
    [{ service: taxes }, ['taxes']],
    [{ outcome: 'answered' }, ['taxesNew', 'taxes', 'old']],
    [{ outcome: 'refused' }, ['stranger', 'refused', 'failed']],
    [{ outcome: 'unresolved' }, []],
    [{ fault: 'ACCESS_DENIED' }, ['refused']],
    [{ messageId: 'sorğu\\1' }, ['taxes']],
    [{ messageId: 'sorğu' }, []],
    [{ correlationId: 'zəncir "7"' }, ['refused', 'taxes']],
    [{ subjectPseudonym }, ['refused', 'failed', 'taxes']],
    [{ subjectPseudonym: pseudonym('0TEST08') }, ['taxesNew']],
    [{ subjectPseudonym: 'A'.repeat(43) }, []],
    [{ subjectPseudonym, consumer: 'AZ/GOV/DSMF', outcome: 'answered' }, ['taxes']],
    [{ participant: 'AZ/GOV/VN', outcome: 'refused', fault: 'PROVIDER_TIMEOUT' }, ['failed']],
    [
      { correlationId: 'zəncir "7"', fault: 'ACCESS_DENIED', from: new Date('2026-02-01') },
      ['refused'],
    ],
    [{ messageId: 'sorğu\\1', until: new Date('2026-02-01') }, []],
    [{ outcome: 'answered', fault: 'ACCESS_DENIED' }, []],
  ])('%j', async (criteria, names) => {
    expect(await namesFound(criteria)).toEqual(names)
  })

  it('gives both halves as their entries say, and how far search is', async () => {
    const { exchanges, reachedAt } = await search({ messageId: 'sorğu\\1' })
    expect(exchanges).toMatchObject([
      {
        isIntact: true,
        request: { kind: 'request', subjectPseudonym, consumer: dsmf },
        outcome: { kind: 'reply', outcome: 'answered', service: taxes },
      },
    ])
    expect(reachedAt).toBeInstanceOf(Date)
  })

  it('page by page, each exchange once', async () => {
    const found: string[] = []
    let before: string | undefined
    do {
      const page = { limit: 2, ...(before !== undefined && { before }) }
      const { exchanges, next } = await searchExchanges(auditor, everything, {}, page)
      found.push(...exchanges.map(({ exchangeId }) => exchangeId))
      before = next
    } while (before !== undefined)
    expect(found).toEqual(Object.values(planted).sort().reverse())
  })
})

describe('R-116: a participant sees its own exchanges', () => {
  it.each<[string, SearchCriteria, string[]]>([
    ['AZ/GOV/DSMF', {}, ['refused', 'taxesNew', 'taxes']],
    // Its own as consumer and as provider.
    ['AZ/GOV/VN', {}, ['failed', 'taxesNew', 'taxes', 'old']],
    ['AZ/GOV/DIN', {}, ['failed', 'old']],
    ['AZ/GOV/DSMF', { provider: 'AZ/GOV/DIN' }, []],
    ['AZ/GOV/DSMF', { subjectPseudonym }, ['refused', 'taxes']],
    ['AZ/GOV/DSMF', { participant: 'AZ/GOV/DIN' }, []],
    ['AZ/GOV/DS', {}, []],
    ['AZ/COM/DSMF', {}, []],
  ])('%s looking for %j', async (member, criteria, names) => {
    expect(await namesFound(criteria, { participant: parseMemberId(member) })).toEqual(names)
  })
})

describe('search tables that somebody changed', () => {
  async function changed(sql: string, values: unknown[], look: () => Promise<void>): Promise<void> {
    await owner.query('BEGIN')
    await owner.query(sql, values)
    await owner.query('COMMIT')
    await look()
  }

  it('do not make an exchange anybody else’s, and are told of', async () => {
    const foreign = `(SELECT parties FROM sluice.exchange_search WHERE exchange_id = $2)`
    const { rows } = await owner.query<{ parties: number }>(
      'SELECT parties FROM sluice.exchange_search WHERE exchange_id = $1',
      [planted.old],
    )
    await changed(
      `UPDATE sluice.exchange_search SET parties = ${foreign} WHERE exchange_id = $1`,
      [planted.old, planted.taxes],
      async () => {
        const as = await search({ consumer: 'AZ/GOV/DSMF' })
        expect(as.exchanges.map(({ exchangeId }) => exchangeId)).not.toContain(planted.old)
        expect(as.disagreeing).toEqual([planted.old])
        // It is still found by what the entries and the key say, and told of.
        const alone = await search({ until: new Date('2026-02-01') })
        expect(alone).toMatchObject({ exchanges: [{ exchangeId: planted.old }] })
        expect(alone.disagreeing).toEqual([planted.old])
        const dsmfs = await search({}, { participant: parseMemberId('AZ/GOV/DSMF') })
        expect(dsmfs.exchanges.map(({ exchangeId }) => exchangeId)).not.toContain(planted.old)
        expect(dsmfs.disagreeing).toEqual([])
      },
    )
    await owner.query('UPDATE sluice.exchange_search SET parties = $2 WHERE exchange_id = $1', [
      planted.old,
      rows[0]?.parties,
    ])
  })

  it('with the parties gone, or an exchange that never was, hide no others', async () => {
    await owner.query('BEGIN')
    await owner.query(
      `INSERT INTO sluice.exchange_search SELECT $1::uuid, message_key, NULL, NULL, -1
         FROM sluice.exchange_search WHERE exchange_id = $2`,
      [idAt('2026-01-12T00:00:00Z'), planted.taxes],
    )
    const page = await searchExchanges(owner, everything, {}, { limit: 50 })
    await owner.query('ROLLBACK')
    expect(page.exchanges).toHaveLength(6)
    expect(page.disagreeing).toHaveLength(1)
  })

  it.each(['\\xff', '\\x6e756c6c', '\\x7b22636f6e73756d6572223a357d'])(
    'an entry changed to %s is not taken at its word',
    async (bytes) => {
      await owner.query('BEGIN')
      await owner.query(
        'UPDATE sluice.message_log_entry SET entry = $2::bytea WHERE exchange_id = $1',
        [planted.taxes, bytes],
      )
      const page = await searchExchanges(owner, everything, {}, { limit: 50 })
      await owner.query('ROLLBACK')
      expect(page.disagreeing).toEqual([planted.taxes])
      const found = page.exchanges.find(({ exchangeId }) => exchangeId === planted.taxes)
      expect(found?.isIntact ?? false).toBe(false)
    },
  )

  it.each(['exchange_search', 'exchange_search_parties', 'exchange_search_progress'])(
    'are not for auditors to change: %s',
    async (table) => {
      const change = auditor.query(`DELETE FROM sluice.${table}`)
      await expect(change).rejects.toMatchObject({ code: '42501' })
    },
  )
})

describe('a recipient’s notice', () => {
  it('is found by what it is, and is no refusal, whatever it says', async () => {
    const { log } = await startTestLog(database.busUrl)
    const exchangeId = planted.taxesNew
    const provider = parseSubsystemId('AZ/GOV/VN/VERGI')
    const facts = {
      ...{ sender: dsmf, recipient: taxesNew, provider, messageId: 'sorğu 2' },
      ...{ correlationId: undefined, domain: 'PORTAL' },
      ...{ consumerProtocol: 'rest', providerProtocol: 'mq' },
    } as const
    const message = { facts, requestLeafHash: new Uint8Array(32) }
    const said = { exchangeId, recipient: provider, ground: 'x', signed: undefined }
    const refused = { ...said, code: 'IMTINA', registration: undefined } as const
    await log.logNotice(refused, message, 'CATDIRILIB')
    await log.close()
    const { filling, pool } = testSearchFilling(database.jobsUrl)
    for (let turns = 0; turns < 3; turns += 1) await filling.turn()
    await pool.end()
    const id = noticeIdOf(exchangeId, 'CATDIRILIB')
    const idsOf = async (criteria: SearchCriteria): Promise<string[]> =>
      (await search(criteria)).exchanges.map((found) => found.exchangeId)
    expect(await idsOf({ outcome: 'notice' })).toEqual([id])
    expect(await idsOf({ outcome: 'notice', provider: 'AZ/GOV/VN' })).toEqual([id])
    expect(await idsOf({ outcome: 'notice', consumer: 'AZ/GOV/DIN' })).toEqual([])
    expect(await idsOf({ outcome: 'refused' })).not.toContain(id)
  })
})
