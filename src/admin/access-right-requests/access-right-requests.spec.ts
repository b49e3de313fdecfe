import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  openTestAdminApi,
  type AdminAnswer,
  type AdminCall,
  type TestAdminApi,
} from '../../../test/support/admin-api.js'
import { startTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import { readActs } from '../../audit-log/audit-log.store.js'

let database: TestDatabase
let api: TestAdminApi

const asker = { role: 'MEMBER_ADMIN', scope: 'AZ/GOV/DIM' } as const
const provider = { role: 'MEMBER_ADMIN', scope: 'AZ/GOV/VN' } as const
const stranger = { role: 'MEMBER_ADMIN', scope: 'AZ/GOV/YAD' } as const
const requests = '/v1/access-right-requests'
const service = 'AZ/GOV/VN/VERGI/voenTap'

const name = '{ az: a, en: b }'
const system = (code: string, more = ''): string =>
  `[{ code: ${code}, domain: PORTAL, name: ${name}, status: active${more} }]`
const sample = `instance: AZ
domains: [{ code: PORTAL, status: active }]
members:
  - { class: GOV, code: VN, name: ${name}, status: active, subsystems: ${system(
    'VERGI',
    `, services: [{ code: voenTap, version: v1, default: true, protocol: rest,
       address: "https://vergi.example.az/voen", modes: [user, body], status: active }]`,
  )} }
  - { class: GOV, code: DIM, name: ${name}, status: active, subsystems: ${system('PORTAL')} }
  - { class: GOV, code: YAD, name: ${name}, status: active, subsystems: ${system('BASQA')} }
`
const wish = {
  consumer: 'AZ/GOV/DIM/PORTAL',
  service,
  legalBasis: 'Vergi Məcəlləsi, 30',
  purpose: 'VÖEN yoxlanışı',
  modes: ['user', 'body'],
  omit: ['/telefon'],
  until: '2031-01-01T00:00:00Z',
  dailyQuota: 1_000,
}

beforeAll(async () => {
  database = await startTestDatabase()
  api = await openTestAdminApi(database)
  const answer = await api.call('POST', '/v1/registry/declarations', {
    ...{ as: 'OPERATOR', headers: { 'content-type': 'application/yaml' }, bytes: sample },
  })
  if (answer.status !== 200) throw new Error(answer.bytes.toString())
})

afterAll(async () => {
  await api.close()
  await database.stop()
})

type As = AdminCall['as']

const ask = (as: As, changes: object = {}): Promise<AdminAnswer> =>
  api.call('POST', requests, { as, body: { ...wish, ...changes } })
const idOf = ({ json }: AdminAnswer): string => (json as { id: string }).id
const decide = (as: As, id: string, act: string, body?: object, ifMatch = '"1"') =>
  api.call('POST', `${requests}/${id}/${act}`, { as, ifMatch, ...(body && { body }) })
const rightAt = (answer: AdminAnswer): string =>
  `/v1/access-rights/${(answer.json as { accessRight: string }).accessRight}`

describe('access rights between participants (R-068)', () => {
  it('are asked for by who owns the system, with legal basis and purpose', async () => {
    for (const field of ['legalBasis', 'purpose'] as const) {
      const without = await ask(asker, { [field]: undefined })
      expect(without).toMatchObject({ status: 400, json: { errors: [{ pointer: `/${field}` }] } })
      expect((await ask(asker, { [field]: '' })).status).toBe(400)
    }
    expect((await ask(stranger)).status).toBe(403)
    expect((await ask('AGENCY')).status).toBe(403)
    const made = await ask(asker, { purpose: 'yoxlama' })
    expect(made).toMatchObject({
      status: 201,
      headers: { etag: '"1"' },
      json: { state: 'asked', provider: 'AZ/GOV/VN/VERGI', until: '2031-01-01T00:00:00.000Z' },
    })
    expect((await ask(asker, { purpose: 'yoxlama' })).status).toBe(409)
    const withdrawn = await decide(asker, idOf(made), 'withdraw')
    expect(withdrawn).toMatchObject({ status: 200, json: { state: 'withdrawn' } })
    expect((await ask('OPERATOR', { purpose: 'yoxlama' })).status).toBe(201)
  })

  it('that the registry could not hold are refused at once, in the places of the request', async () => {
    for (const [changes, pointer] of [
      [{ service: 'AZ/GOV/VN/VERGI/yoxdur' }, '/service'],
      [{ service: 'nowhere' }, '/service'],
      [{ omit: ['telefon'] }, '/omit/0'],
      [{ until: '2001-01-01T00:00:00Z' }, '/until'],
    ] as const) {
      const answer = await ask(asker, changes)
      expect(answer).toMatchObject({ status: 422, json: { errors: [{ pointer }] } })
    }
  })

  it('are seen by both sides and by who oversees the bus, and by nobody else', async () => {
    const id = idOf(await ask(asker, { purpose: 'görünüş' }))
    for (const as of [asker, provider, 'OPERATOR', 'AGENCY', 'SECURITY'] as const) {
      expect((await api.call('GET', `${requests}/${id}`, { as })).status).toBe(200)
      const { json } = await api.call('GET', `${requests}?state=asked`, { as })
      expect((json as { items: object[] }).items).toContainEqual(expect.objectContaining({ id }))
    }
    expect((await api.call('GET', `${requests}/${id}`, { as: stranger })).status).toBe(404)
    const none = await api.call('GET', requests, { as: stranger })
    expect(none.json).toEqual({ items: [] })
    expect((await decide(stranger, id, 'refuse', { ground: { en: 'no' } })).status).toBe(404)
  })

  it('are granted by the provider alone, in one transaction with the right', async () => {
    const id = idOf(await ask(asker))
    expect((await decide('OPERATOR', id, 'grant', {})).status).toBe(403)
    expect((await decide(asker, id, 'grant', {})).status).toBe(403)
    expect((await decide(provider, id, 'grant', {}, '"7"')).status).toBe(412)
    const granted = await decide(provider, id, 'grant', { omit: ['/unvan'], modes: ['body'] })
    expect(granted).toMatchObject({ status: 200, json: { state: 'granted', omit: ['/telefon'] } })
    const right = await api.call('GET', rightAt(granted), { as: 'AGENCY' })
    expect(right.json).toMatchObject({
      ...{ consumer: wish.consumer, service, legalBasis: wish.legalBasis, purpose: wish.purpose },
      ...{ modes: ['body'], omit: ['/telefon', '/unvan'], dailyQuota: 1_000, status: 'active' },
    })
    expect((await decide(provider, id, 'refuse', { ground: { en: 'x' } }, '"2"')).status).toBe(409)
    expect((await decide(asker, id, 'withdraw', undefined, '"2"')).status).toBe(409)
    // The same again, which is in force already, is granted without a word in the registry.
    const again = idOf(await ask(asker, { omit: ['/telefon', '/unvan'], modes: ['body'] }))
    expect(await decide(provider, again, 'grant', {})).toMatchObject({ status: 200 })
  })

  it('are granted as they were asked for or narrower, and never wider', async () => {
    const id = idOf(await ask(asker, { purpose: 'geniş', modes: ['body'] }))
    for (const [terms, pointer] of [
      [{ modes: ['user'] }, '/modes'],
      [{ until: '2032-01-01T00:00:00Z' }, '/until'],
      [{ dailyQuota: 1_001 }, '/dailyQuota'],
    ] as const) {
      const answer = await decide(provider, id, 'grant', terms)
      expect(answer).toMatchObject({ status: 422, json: { errors: [{ pointer }] } })
    }
    const narrow = { until: '2030-01-01T00:00:00Z', dailyQuota: 10 }
    const granted = await decide(provider, id, 'grant', narrow)
    const right = await api.call('GET', rightAt(granted), { as: 'OPERATOR' })
    expect(right.json).toMatchObject({ dailyQuota: 10, until: '2030-01-01T00:00:00.000Z' })
  })

  it('are decided once, whoever is faster', async () => {
    const id = idOf(await ask(asker, { purpose: 'yarış' }))
    const answers = await Promise.all([
      decide(provider, id, 'grant', {}),
      decide(provider, id, 'refuse', { ground: { az: 'yox' } }),
      decide(asker, id, 'withdraw'),
    ])
    expect(answers.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1)
    for (const { status } of answers) expect([200, 409, 412]).toContain(status)
  })

  it('are taken back at once by who granted them or who operates the bus', async () => {
    for (const [as, purpose] of [
      [provider, 'geri 1'],
      ['OPERATOR', 'geri 2'],
    ] as const) {
      const id = idOf(await ask(asker, { purpose }))
      const path = `${rightAt(await decide(provider, id, 'grant', {}))}/withdrawal`
      const body = { reason: 'Məlumat başqa məqsədlə işlədilib' }
      expect((await api.call('POST', path, { as: asker, body })).status).toBe(403)
      expect((await api.call('POST', path, { as: stranger, body })).status).toBe(404)
      expect((await api.call('POST', path, { as, body: {} })).status).toBe(400)
      const gone = await api.call('POST', path, { as, body })
      expect(gone).toMatchObject({ status: 200, json: { status: 'withdrawn' } })
      expect((await api.call('POST', path, { as, body })).status).toBe(200)
    }
  })
})

it('a right is seen by its two sides', async () => {
  const granted = await decide(provider, idOf(await ask(asker, { purpose: 'baxış' })), 'grant', {})
  for (const as of [asker, provider]) {
    expect((await api.call('GET', rightAt(granted), { as })).status).toBe(200)
  }
  expect((await api.call('GET', rightAt(granted), { as: stranger })).status).toBe(404)
  const list = (as: As, query: string): Promise<AdminAnswer> =>
    api.call('GET', `/v1/access-rights?${query}`, { as })
  expect(await list(provider, 'provider=AZ/GOV/VN/VERGI')).toMatchObject({ status: 200 })
  expect(await list(asker, 'consumer=AZ/GOV/DIM/PORTAL')).toMatchObject({ status: 200 })
  expect(await list(asker, 'provider=AZ/GOV/VN/VERGI')).toMatchObject({ status: 403 })
  expect(await list(asker, '')).toMatchObject({ status: 403 })
})

describe('refusals (R-069)', () => {
  it('have a ground', async () => {
    const id = idOf(await ask(asker, { purpose: 'əsas' }))
    for (const body of [{}, { ground: {} }, { ground: { az: ' ' } }, { ground: { en: '' } }]) {
      expect((await decide(provider, id, 'refuse', body)).status).toBe(400)
    }
    expect((await decide('OPERATOR', id, 'refuse', { ground: { en: 'x' } })).status).toBe(403)
    const ground = { az: 'Qanunda belə əsas yoxdur' }
    const refused = await decide(provider, id, 'refuse', { ground })
    expect(refused).toMatchObject({ status: 200, json: { state: 'refused', ground } })
  })

  it('are seen by the coordinator with their grounds, and the list by nobody else', async () => {
    const { json } = await api.call('GET', '/v1/access-right-refusals', { as: 'AGENCY' })
    const { items } = json as { items: { state: string; ground: object }[] }
    expect(items).toContainEqual(
      expect.objectContaining({ ground: { az: 'Qanunda belə əsas yoxdur' }, purpose: 'əsas' }),
    )
    expect(items.every(({ state }) => state === 'refused')).toBe(true)
    for (const as of ['OPERATOR', asker, provider] as const) {
      expect((await api.call('GET', '/v1/access-right-refusals', { as })).status).toBe(403)
    }
  })

  it('stay as they are, and so does every request', async () => {
    const { pool } = api.database
    await expect(pool.query('DELETE FROM sluice.access_right_request')).rejects.toThrow()
    const change = `UPDATE sluice.access_right_request SET state = 'granted' WHERE state = 'refused'`
    await expect(pool.query(change)).rejects.toThrow()
    await expect(
      pool.query('UPDATE sluice.access_right_request SET omit = $1', [[]]),
    ).rejects.toThrow()
  })
})

it('every act is in the audit log, before and after (R-129)', async () => {
  const client = await api.database.pool.connect()
  const acts = await readActs(client, { limit: 1_000 }).finally(() => client.release())
  const kinds = new Set(acts.map(({ fields }) => fields?.kind))
  for (const act of ['ask', 'grant', 'refuse', 'withdraw']) {
    expect(kinds).toContain(`access-right.${act}`)
  }
  const granted = acts.find(({ fields }) => fields?.kind === 'access-right.grant')?.fields
  expect(granted).toMatchObject({
    ...{ role: 'MEMBER_ADMIN', before: { state: 'asked' }, after: { state: 'granted' } },
  })
  expect(api.errors).toEqual([])
})
