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
