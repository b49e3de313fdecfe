import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  openTestAdminApi,
  type AdminAnswer,
  type AdminCall,
  type TestAdminApi,
} from '../../../test/support/admin-api.js'
import { messageContract, type SampleFiles } from '../../../test/support/contract-samples.js'
import { startTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import { readActs } from '../../audit-log/audit-log.store.js'
import { readContractArchive, writeContractArchive } from '../../contract/contract-archive.js'
import { digestOf } from '../../contract/contract-files.js'

let database: TestDatabase
let api: TestAdminApi

const sample = `instance: AZ
domains: [{ code: PORTAL, status: active }]
members:
  - { class: GOV, code: VN, name: { az: Vergilər Nazirliyi, en: Ministry of Taxes } }
`
const taxes = '/v1/members/AZ%2FGOV%2FVN'
const system = '/v1/subsystems/AZ%2FGOV%2FVN%2FVERGI'
const service = '/v1/services/AZ%2FGOV%2FVN%2FVERGI%2FvoenTap%2Fv1'
const yaml = { 'content-type': 'application/yaml' }

beforeAll(async () => {
  database = await startTestDatabase()
  api = await openTestAdminApi(database)
  const answer = await api.call('POST', '/v1/registry/declarations', {
    as: 'OPERATOR',
    headers: yaml,
    bytes: sample,
  })
  if (answer.status !== 200) throw new Error(answer.bytes.toString())
})

afterAll(async () => {
  await api.close()
  await database.stop()
})

const post = (path: string, body: object): Promise<AdminAnswer> =>
  api.call('POST', path, { as: 'OPERATOR', body })
const etagOf = ({ headers }: AdminAnswer): string => String(headers['etag'])

describe('the registry by API (R-030)', () => {
  it('has each kind made, read, listed and changed; codes are unique', async () => {
    const made = await post('/v1/subsystems', {
      ...{ member: 'AZ/GOV/VN', code: 'VERGI', domain: 'PORTAL' },
      name: { az: 'Vergi uçotu', en: 'Taxpayer register' },
    })
    expect(made).toMatchObject({ status: 201, json: { id: 'AZ/GOV/VN/VERGI', owner: 'AZ/GOV/VN' } })
    const again = await post('/v1/subsystems', {
      ...{ member: 'AZ/GOV/VN', code: 'VERGI', domain: 'PORTAL' },
      name: { az: 'Vergi uçotu', en: 'Taxpayer register' },
    })
    expect(again).toMatchObject({ status: 409, json: { type: 'urn:sluice:problem:CONFLICT' } })
    const offered = await post('/v1/services', {
      ...{ subsystem: 'AZ/GOV/VN/VERGI', code: 'voenTap', version: 'v1', default: true },
      ...{ protocol: 'rest', address: 'https://vergi.example.az/voen', modes: ['body'] },
      subjects: [{ type: 'fin', request: '/fin' }],
      rate: { perSecond: 10 },
    })
    expect(offered).toMatchObject({ status: 201, json: { rate: { perSecond: 10, burst: 10 } } })
    const portal = { class: 'GOV', code: 'DIM', name: { az: 'Portal', en: 'Portal' } }
    expect(await post('/v1/members', portal)).toMatchObject({ status: 201 })
    const members = await api.call('GET', '/v1/members?limit=1', { as: 'AGENCY' })
    expect(members.json).toMatchObject({ items: [{ id: 'AZ/GOV/DIM' }] })
    const { next } = members.json as { next: string }
    const rest = await api.call('GET', `/v1/members?limit=1&after=${next}`, { as: 'AGENCY' })
    expect(rest.json).toEqual({ items: [expect.objectContaining({ id: 'AZ/GOV/VN' })] })
  })

  it('refuses what lacks a mandatory field, or breaks a rule of declarations, in the places of the request', async () => {
    expect(await post('/v1/members', { class: 'GOV', code: 'X' })).toMatchObject({
      status: 400,
      json: { errors: [{ pointer: '/name' }] },
    })
    const far = await post('/v1/subsystems', {
      ...{ member: 'AZ/GOV/VN', code: 'NEW', domain: 'NOWHERE' },
      name: { az: 'a', en: 'b' },
    })
    expect(far).toMatchObject({ status: 422, json: { errors: [{ pointer: '/domain' }] } })
    expect(
      await post('/v1/members', { class: 'GOV', code: 'A;B', name: { az: 'a', en: 'b' } }),
    ).toMatchObject({ status: 400 })
  })

  it('keeps changes that meet apart: the later one has to look first', async () => {
    const seen = await api.call('GET', system, { as: 'OPERATOR' })
    const change = (name: string): Promise<AdminAnswer> =>
      api.call('PATCH', system, {
        ...{ as: 'OPERATOR', ifMatch: etagOf(seen) },
        body: { name: { az: name, en: name } },
      })
    const answers = await Promise.all([change('Bir'), change('İki')])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412])
    const blind = await api.call('PATCH', system, { as: 'OPERATOR', body: { mq: false } })
    expect(blind.status).toBe(428)
  })

  it('shows where a service is to who oversees the bus and who owns it, and to nobody else', async () => {
    const seenBy = async (as: Parameters<TestAdminApi['call']>[2]): Promise<boolean> => {
      const { json } = await api.call('GET', service, as)
      return 'address' in (json as object)
    }
    expect(await seenBy({ as: 'AGENCY' })).toBe(true)
    expect(await seenBy({ as: { role: 'MEMBER_ADMIN', scope: 'AZ/GOV/VN' } })).toBe(true)
    expect(await seenBy({ as: { role: 'MEMBER_ADMIN', scope: 'AZ/GOV/DIM' } })).toBe(false)
  })

  it('is seen whole by the coordinator, who changes nothing (R-044)', async () => {
    for (const path of [
      '/v1/members',
      taxes,
      system,
      service,
      '/v1/access-rights',
      '/v1/registry/declaration',
    ]) {
      expect((await api.call('GET', path, { as: 'AGENCY' })).status).toBe(200)
    }
    for (const path of [
      '/v1/members',
      '/v1/subsystems',
      '/v1/services',
      '/v1/access-rights',
      '/v1/registry/declarations',
    ]) {
      expect((await api.call('POST', path, { as: 'AGENCY', body: {} })).status).toBe(403)
    }
  })

  it('has no deletion (R-036)', async () => {
    for (const path of [taxes, system, service]) {
      const { status, headers } = await api.call('DELETE', path, { as: 'OPERATOR' })
      expect({ status, allow: String(headers['allow']).includes('GET') }).toEqual({
        status: 405,
        allow: true,
      })
    }
  })
})

describe('what was, at any time (R-040)', () => {
  it('is shown with who made it so', async () => {
    const moments: string[] = []
    for (const name of ['Birinci', 'İkinci', 'Üçüncü']) {
      const seen = await api.call('GET', taxes, { as: 'OPERATOR' })
      const changed = await api.call('PATCH', taxes, {
        ...{ as: 'OPERATOR', ifMatch: etagOf(seen) },
        body: { name: { az: name, en: name } },
      })
      expect(changed.status).toBe(200)
      const { rows } = await api.database.pool.query<{ now: Date }>(
        'SELECT clock_timestamp() AS now',
      )
      moments.push(new Date(rows[0]!.now.getTime() + 1).toISOString())
    }
    for (const [at, name] of ['Birinci', 'İkinci', 'Üçüncü'].entries()) {
      const then = await api.call('GET', `${taxes}?asOf=${moments[at]}`, { as: 'AGENCY' })
      expect(then.json).toMatchObject({ name: { az: name } })
    }
    const past = await api.call('GET', `${taxes}/history`, { as: 'AGENCY' })
    const { items } = past.json as { items: { actor: string; entry: { name: { az: string } } }[] }
    expect(items.map(({ entry }) => entry.name.az)).toEqual([
      'Üçüncü',
      'İkinci',
      'Birinci',
      'Vergilər Nazirliyi',
    ])
    expect(items.every(({ actor }) => actor.startsWith('Test '))).toBe(true)
    expect(
      (await api.call('GET', `${taxes}?asOf=2020-01-01T00:00:00Z`, { as: 'AGENCY' })).status,
    ).toBe(404)
  })

  it('is exported whole: applied again, it changes nothing', async () => {
    const exported = await api.call('GET', '/v1/registry/declaration', { as: 'OPERATOR' })
    expect(exported.bytes.toString()).toContain('AZ')
    const applied = await api.call('POST', '/v1/registry/declarations?dryRun=true', {
      ...{ as: 'OPERATOR', headers: yaml, bytes: exported.bytes },
    })
    expect(applied.json).toMatchObject({ written: false, changes: [] })
  })
})

describe('contracts by API', () => {
  const contracts = '/v1/contracts'
  const zip = { 'content-type': 'application/zip' }
  const own = { role: 'MEMBER_ADMIN', scope: 'AZ/GOV/VN' } as const
  const other = { role: 'MEMBER_ADMIN', scope: 'AZ/GOV/DIM' } as const
  const voen = 'AZ/GOV/VN/VERGI/voenTap/v1'
  const upload = async (as: AdminCall['as'], files: SampleFiles): Promise<AdminAnswer> => {
    const folder = new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]))
    const bytes = await writeContractArchive(folder)
    return api.call('POST', contracts, { as, headers: zip, bytes })
  }
  const digestIn = ({ json }: AdminAnswer): string => (json as { digest: string }).digest

  it('are taken from the operator and from whose service it is, once', async () => {
    const files = messageContract({ service: voen, settings: 'validation: { reply: report }' })
    expect(await upload(other, files)).toMatchObject({
      status: 403,
      json: { detail: expect.stringContaining(voen) },
    })
    const made = await upload(own, files)
    expect(made).toMatchObject({
      status: 201,
      json: {
        ...{ service: voen, protocols: ['rest', 'mq'], pattern: 'request-reply', services: [] },
        validation: { request: 'block', reply: 'report' },
      },
    })
    expect((await upload('OPERATOR', files)).json).toEqual(made.json)
    const client = await api.database.pool.connect()
    const acts = await readActs(client, { limit: 1_000 }).finally(() => client.release())
    const told = acts.filter(({ fields }) => fields?.kind === 'contract.register')
    expect(told.map(({ fields }) => fields)).toEqual([
      expect.objectContaining({
        ...{ subject: `contract ${digestIn(made)}`, role: 'MEMBER_ADMIN' },
        after: expect.objectContaining({ service: voen }),
      }),
    ])
    const common = messageContract({ service: '"*/yoxla/v1"' })
    expect((await upload(own, common)).status).toBe(403)
    expect((await upload('OPERATOR', common)).status).toBe(201)
    const toBe = messageContract({ service: 'AZ/GOV/VN/YENI/yoxla/v1' })
    expect((await upload(own, toBe)).status).toBe(201)
  })

  it('are refused with every flaw and its place', async () => {
    const files = messageContract({ service: voen, settings: 'colour: red\nidempotent: maybe' })
    expect(await upload(own, files)).toMatchObject({
      status: 422,
      json: {
        errors: [
          { pointer: 'contract.yaml:6', detail: expect.stringContaining('idempotent') },
          { pointer: 'contract.yaml:1', detail: 'belə sahə yoxdur: colour' },
        ],
      },
    })
  })

  it('are seen by their own side until a service names one, which is held to it', async () => {
    const settings = 'validation: { reply: report }'
    const digest = digestIn(await upload(own, messageContract({ service: voen, settings })))
    const seenBy = async (as: AdminCall['as']): Promise<unknown[]> => {
      const list = await api.call('GET', `${contracts}?service=${encodeURIComponent(voen)}`, { as })
      const one = await api.call('GET', `${contracts}/${digest}`, { as })
      return [(list.json as { items: object[] }).items.length, one.status]
    }
    expect(await seenBy(own)).toEqual([1, 200])
    expect(await seenBy(other)).toEqual([0, 404])
    const common = await api.call('GET', `${contracts}?service=*%2Fyoxla%2Fv1`, { as: other })
    const { items } = common.json as { items: { digest: string }[] }
    const hold = async (contract: string): Promise<AdminAnswer> => {
      const ifMatch = etagOf(await api.call('GET', service, { as: 'OPERATOR' }))
      const body = { contract: { digest: contract } }
      return api.call('PATCH', service, { as: 'OPERATOR', ifMatch, body })
    }
    expect(await hold(items[0]!.digest)).toMatchObject({
      status: 422,
      json: { errors: [{ pointer: '/contract', detail: expect.stringContaining('*/yoxla/v1') }] },
    })
    expect(await hold(digest)).toMatchObject({
      status: 200,
      json: { contract: { digest, request: 'block', reply: 'report' } },
    })
    expect(await seenBy(other)).toEqual([1, 200])
    const packed = await api.call('GET', `${contracts}/${digest}/files`, { as: other })
    const { files } = await readContractArchive(packed.bytes)
    expect([packed.headers['content-type'], digestOf(files)]).toEqual(['application/zip', digest])
  })
})

it('writes every act with actor, before and after (R-129)', async () => {
  const client = await api.database.pool.connect()
  const acts = await readActs(client, { limit: 1_000 }).finally(() => client.release())
  const last = acts
    .map(({ fields }) => fields)
    .find((fields) => fields?.subject === 'member AZ/GOV/VN' && fields.before !== undefined)
  expect(last).toMatchObject({
    kind: 'registry.apply',
    actor: expect.stringMatching(/^Test /),
    role: 'OPERATOR',
    before: { name: expect.anything() },
    after: { name: expect.anything() },
  })
  expect(api.errors).toEqual([])
})

it('takes no private key and no file by its name', async () => {
  const withCertificate = (certificate: string): string => `instance: AZ
members: [{ class: GOV, code: VN, subsystems: [{ code: VERGI, certificates: [{ ${certificate} }] }] }]
`
  for (const certificate of ['file: /etc/passwd', 'pem: "-----BEGIN PRIVATE KEY-----"']) {
    const answer = await api.call('POST', '/v1/registry/declarations', {
      ...{ as: 'OPERATOR', headers: yaml, bytes: withCertificate(certificate) },
    })
    expect(answer.status).toBe(422)
    expect(answer.bytes.toString()).not.toContain('root:')
  }
})
