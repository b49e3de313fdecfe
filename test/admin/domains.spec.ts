import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { openTestAdminApi, type TestAdminApi } from '../support/admin-api.js'
import { fillAdminRegistry } from '../support/admin-registry.js'
import { startTestDatabase, type TestDatabase } from '../support/database.js'
import { readActs } from '../../src/audit-log/audit-log.store.js'

let database: TestDatabase
let api: TestAdminApi

beforeAll(async () => {
  database = await startTestDatabase()
  await fillAdminRegistry(database)
  api = await openTestAdminApi(database)
})

afterAll(async () => {
  await api.close()
  await database.stop()
})

const muraciet = { role: 'FOUNDER_ADMIN', scope: 'MURACIET' } as const
const status = '/v1/domains/MURACIET/status'
const stop = { status: 'suspended', reason: 'Qaydalar pozulub' }

const tagOf = async (): Promise<string> => {
  const { headers } = await api.call('GET', '/v1/domains/MURACIET', { as: 'nobody' })
  return String(headers['etag'])
}

describe('domains by API', () => {
  it('are listed in pages', async () => {
    const first = await api.call('GET', '/v1/domains?limit=2', { as: 'nobody' })
    const { items, next } = first.json as { items: { code: string }[]; next: string }
    expect(items.map(({ code }) => code)).toEqual(['MURACIET', 'PORTAL'])
    const second = await api.call('GET', `/v1/domains?limit=2&after=${next}`, { as: 'nobody' })
    expect(second.json).toEqual({
      items: [{ code: 'SENED', name: { az: 'SENED', en: 'SENED' }, status: 'active' }],
    })
  })

  it('R-155, R-213: a founder’s administrator stops the own domain, and answers for it', async () => {
    const answer = await api.call('PUT', status, {
      ...{ as: muraciet, ifMatch: await tagOf(), body: stop },
    })
    expect(answer).toMatchObject({ status: 200, json: { code: 'MURACIET', status: 'suspended' } })
    expect(answer.headers['etag']).toBe(await tagOf())
    const owner = new pg.Client(database.ownerUrl)
    await owner.connect()
    const [act] = await readActs(owner, { limit: 1 })
    await owner.end()
    expect(act?.fields).toMatchObject({
      kind: 'registry.apply',
      role: 'FOUNDER_ADMIN',
      subject: 'domain MURACIET',
      reason: 'Qaydalar pozulub',
      before: { status: 'active' },
      after: { status: 'suspended' },
    })
  })

  it('R-155: of two who change what both saw, one is told of the other', async () => {
    const ifMatch = await tagOf()
    const changes = ['active', 'suspended', 'active'].map((next) =>
      api.call('PUT', status, {
        ...{ as: 'OPERATOR', ifMatch, body: { status: next, reason: 'x' } },
      }),
    )
    const statuses = (await Promise.all(changes)).map((answer) => answer.status)
    // Who changes nothing leaves the revision as it is.
    expect(statuses.filter((each) => each === 412).length).toBeGreaterThan(0)
    expect(new Set(statuses)).toEqual(new Set([200, 412]))
  })

  it.each([
    ['no revision', undefined, 428],
    ['any revision', '*', 428],
    ['a weak tag', 'W/"1"', 412],
    ['no tag of ours', '"abc"', 412],
    ['a list', '"1", "2"', 412],
    ['an old one', '"0"', 412],
  ])('is not changed of %s', async (_what, ifMatch, expected) => {
    const answer = await api.call('PUT', status, {
      ...{ as: 'OPERATOR', body: stop, ...(ifMatch !== undefined && { ifMatch }) },
    })
    expect(answer.status).toBe(expected)
  })

  it('that is nowhere is not made by a change of its status', async () => {
    const path = '/v1/domains/YOXDUR/status'
    const call = { as: 'OPERATOR', ifMatch: '"1"', body: stop } as const
    expect(await api.call('PUT', path, call)).toMatchObject({ status: 404 })
  })
})

describe('R-052: technical requirements by version', () => {
  const inAWeek = new Date(Date.now() + 7 * 86_400_000).toISOString()
  const inAMonth = new Date(Date.now() + 30 * 86_400_000).toISOString()
  const next = {
    inForceFrom: inAWeek,
    recheckUntil: inAMonth,
    reason: 'Nazirlər Kabinetinin qərarı',
    requirements: [
      {
        code: 'TT-02',
        text: { az: 'TLS 1.3', en: 'TLS 1.3' },
        clause: '2.1.4',
        appliesTo: ['service'],
        by: 'automatic',
      },
      {
        code: 'TT-16',
        text: { az: 'Sınaq mühiti var', en: 'There is a test environment' },
        clause: '5.1.10',
        appliesTo: ['system'],
        by: 'document',
      },
    ],
  }

  it('anybody reads the one that is in force: fifteen at first', async () => {
    const { status, json } = await api.call('GET', '/v1/requirement-sets/in-force')
    const { version, requirements } = json as { version: number; requirements: { code: string }[] }
    expect([status, version]).toEqual([200, 1])
    const codes = Array.from({ length: 15 }, (_, at) => `TT-${String(at + 1).padStart(2, '0')}`)
    expect(requirements.map(({ code }) => code)).toEqual(codes)
  })

  it('an operator writes the next, which takes nothing from the first', async () => {
    const answer = await api.call('POST', '/v1/requirement-sets', { as: 'OPERATOR', body: next })
    expect(answer).toMatchObject({
      status: 201,
      json: { version: 2, inForceFrom: inAWeek, recheckUntil: inAMonth },
    })
    const { json } = await api.call('GET', '/v1/requirement-sets')
    expect((json as { items: { version: number }[] }).items.map((set) => set.version)).toEqual([
      2, 1,
    ])
    const now = await api.call('GET', '/v1/requirement-sets/in-force')
    expect(now.json).toMatchObject({ version: 1 })
    const owner = new pg.Client(database.ownerUrl)
    await owner.connect()
    const [act] = await readActs(owner, { limit: 1 })
    const change = owner.query("UPDATE sluice.requirement_set SET requirements = '[]'")
    const refusal: unknown = await change.catch((error: unknown) => error)
    await owner.end()
    const subject = 'requirement set 2'
    expect(act?.fields).toMatchObject({ kind: 'requirement-set.write', subject })
    expect(String(refusal)).toContain('stays as it is')
  })

  it.each<[string, object, number]>([
    ['one that is in force before the newest', { inForceFrom: inAWeek }, 422],
    ['one for yesterday', { inForceFrom: '2026-01-02T00:00:00Z' }, 422],
    ['a code twice', { requirements: [next.requirements[0], next.requirements[0]] }, 400],
    [
      'a program that is not there',
      { requirements: [{ ...next.requirements[1], by: 'automatic' }] },
      400,
    ],
    ['a recheck before it is in force', { recheckUntil: '2026-01-02T00:00:00Z' }, 400],
  ])('refuses %s', async (_, change, status) => {
    const body = { ...next, inForceFrom: inAMonth, ...change }
    const answer = await api.call('POST', '/v1/requirement-sets', { as: 'OPERATOR', body })
    expect(answer.status).toBe(status)
  })
})
