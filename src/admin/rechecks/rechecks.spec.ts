import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { v7 as newId } from 'uuid'
import {
  openTestAdminApi,
  type AdminAnswer,
  type TestAdminApi,
  type TestCaller,
} from '../../../test/support/admin-api.js'
import { caseWithOpinion, sampleApplication } from '../../../test/support/connection-case.js'
import { soapContract } from '../../../test/support/contract-samples.js'
import { startTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import { ownerPool } from '../../../test/support/registry-database.js'
import type { ConnectionApplication } from '../../conformity/application.js'
import { firstRequirementSet } from '../../conformity/first-requirements.js'
import type { CheckLine, CheckResult } from '../../conformity/requirement.js'
import { addStep } from '../../connection/case.store.js'
import { keptSets } from '../../connection/requirement-sets.js'
import { writeContractArchive } from '../../contract/contract-archive.js'
import type { DocumentKind } from '../../document/document-kind.js'
import { CheckJob } from '../connection-cases/check-job.js'
import { RegistryChanges } from '../registry/registry-changes.js'
import { RecheckJob } from './recheck-job.js'

const dayMs = 86_400_000
const owner = { role: 'MEMBER_ADMIN', scope: 'AZ/GOV/NN' } as const
const consumer = { role: 'MEMBER_ADMIN', scope: 'AZ/GOV/VN' } as const
const checker = { role: 'OPERATOR', from: new Date(1) } as const
const signer = { role: 'OPERATOR', from: new Date(2) } as const
const system = 'AZ/GOV/NN/VESIQE'
const service = `${system}/yoxla/v1`

let database: TestDatabase
let api: TestAdminApi
let job: RecheckJob
let checks: CheckJob
let passedMs = 0
let found: Readonly<Record<string, CheckResult>> = {}
const now = (): Date => new Date(Date.now() + passedMs)

beforeAll(async () => {
  database = await startTestDatabase()
  api = await openTestAdminApi(database, { clock: now, connection: { clock: now } })
  const bytes = registry(await contract(soapContract({ service })))
  const headers = { 'content-type': 'application/yaml' }
  const declared = await api.call('POST', '/v1/registry/declarations', {
    ...{ as: 'OPERATOR', headers, bytes },
  })
  if (declared.status !== 200) throw new Error(declared.bytes.toString())
  const parts = { database: api.database, requirementSets: keptSets }
  job = new RecheckJob({ ...parts, changes: new RegistryChanges(api.database.pool, now) })
  checks = new CheckJob({ ...parts, node: 'test', now, run: probe })
  await connect(system, {})
  await connect(service, { kind: 'service', declaration: { address: 'https://nn.az/yoxla' } })
})

afterAll(async () => {
  await api.close()
  await database.stop()
})

const name = '{ az: a, en: b }'
const registry = (digest: string): string => `instance: AZ
domains: [{ code: PORTAL, status: active }]
members:
  - class: GOV
    code: NN
    name: ${name}
    status: active
    subsystems:
      - code: VESIQE
        domain: PORTAL
        name: ${name}
        status: active
        services: [{ code: yoxla, version: v1, protocol: soap, address: 'https://nn.az/yoxla', modes: [body], status: active, contract: { digest: ${digest} } }]
  - { class: GOV, code: VN, name: ${name}, status: active, subsystems: [{ code: ISTEHLAK, domain: PORTAL, name: ${name}, status: active }] }
accessRights:
  - { id: r1, consumer: AZ/GOV/VN/ISTEHLAK, service: ${service}, legalBasis: Q, purpose: M, from: '2026-01-01', modes: [body], status: active }
`

const probe: ConstructorParameters<typeof CheckJob>[0]['run'] = (_application, set) => {
  const lines = set.requirements.map(({ code }): CheckLine => {
    const text = { az: `${code} tapıntısı`, en: `finding of ${code}` }
    const common = { code, finding: text, tookMs: undefined, officer: undefined }
    return { ...common, result: found[code] ?? 'pass', remedy: text }
  })
  const at = now()
  return Promise.resolve({ requirementSet: set.version, startedAt: at, endedAt: at, lines })
}

async function contract(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]))
  const bytes = await writeContractArchive(folder)
  const headers = { 'content-type': 'application/zip' }
  const answer = await api.call('POST', '/v1/contracts', { as: 'OPERATOR', headers, bytes })
  if (answer.status !== 201) throw new Error(answer.bytes.toString())
  return (answer.json as { digest: string }).digest
}

/** As if its case had come to the end long ago. */
async function connect(object: string, changes: Partial<ConnectionApplication>): Promise<void> {
  const id = await caseWithOpinion(api.database, sampleApplication(object, changes), now())
  const paper = (kind: DocumentKind) => ({ id: newId(), number: `${kind}-1`, kind, digest: '0' })
  await api.database.transaction(async (client) => {
    for (const state of ['CONTRACTED', 'REGISTERED', 'CONNECTED'] as const) {
      const documents = state === 'CONTRACTED' ? [paper('application')] : []
      await addStep(client, id, { state, at: now(), by: { actor: 'L. Həsənova' }, documents })
    }
  })
}

interface RecheckJson {
  readonly id: string
  readonly object: string
  readonly state: string
  readonly until?: string
  readonly documents: readonly { readonly kind: string; readonly number: string }[]
}

const of = ({ json }: AdminAnswer): RecheckJson => json as RecheckJson
const list = async (query = '', as: TestCaller = 'OPERATOR'): Promise<RecheckJson[]> => {
  const { json } = await api.call('GET', `/v1/rechecks?limit=200${query}`, { as })
  return (json as { items: RecheckJson[] }).items
}
const get = (id: string): Promise<AdminAnswer> =>
  api.call('GET', `/v1/rechecks/${id}`, { as: 'AGENCY' })
async function command(
  id: string,
  act: string,
  as: TestCaller,
  body?: object,
): Promise<AdminAnswer> {
  const ifMatch = String((await get(id)).headers['etag'])
  return api.call('POST', `/v1/rechecks/${id}/${act}`, { as, ifMatch, ...(body && { body }) })
}
const turn = (): Promise<number> => job.turn(now())
const runChecks = (): Promise<number> => checks.turn(new AbortController().signal)
const complain = (object: string, more: object = {}): Promise<AdminAnswer> =>
  api.call('POST', '/v1/rechecks', {
    ...{ as: checker, body: { object, reason: 'Şikayət № 7', ...more } },
  })
const declareChange = (body: object, as: TestCaller = owner): Promise<AdminAnswer> =>
  api.call('POST', '/v1/declared-changes', { as, body: { reason: 'dəyişir', ...body } })
const stateOf = async (): Promise<{ state: string; until?: string }> => {
  const path = `/v1/services/${encodeURIComponent(service)}/state`
  return (await api.call('GET', path, { as: consumer })).json as { state: string; until?: string }
}
const entry = async (kind: string, id: string): Promise<AdminAnswer> =>
  api.call('GET', `/v1/${kind}/${encodeURIComponent(id)}`, { as: 'OPERATOR' })
async function setActive(kind: string, id: string): Promise<number> {
  const ifMatch = String((await entry(kind, id)).headers['etag'])
  const path = `/v1/${kind}/${encodeURIComponent(id)}/status`
  const body = { status: 'active', reason: 'sınaq' }
  return (await api.call('PUT', path, { as: 'OPERATOR', ifMatch, body })).status
}
const told = async (as: TestCaller, kind: string, subject: string) => {
  const { json } = await api.call('GET', '/v1/notices?limit=200', { as })
  const { items } = json as {
    items: { kind: string; subject: string; data: object; text: { az: string } }[]
  }
  return items.filter((each) => each.kind === kind && each.subject === subject)
}

/** Checked by one officer, and found good or bad by another. */
async function judged(id: string, isPositive: boolean): Promise<AdminAnswer> {
  expect((await command(id, 'check', checker)).status).toBe(200)
  await runChecks()
  return command(id, 'opinion', signer, { isPositive })
}

describe('a recheck upon new requirements (R-062)', () => {
  let ofSystem: RecheckJson
  let ofService: RecheckJson

  it('is opened once for everything that is connected, when they come into force', async () => {
    expect(await turn()).toBe(0)
    await newRequirements()
    expect(await turn()).toBe(0)
    passedMs += 2 * dayMs
    const both = await Promise.all([turn(), turn()])
    expect(both[0] + both[1]).toBeGreaterThanOrEqual(2)
    const opened = await list()
    expect(opened.map(({ object }) => object)).toEqual([system, service])
    ;[ofSystem, ofService] = opened as [RecheckJson, RecheckJson]
    expect(ofService).toMatchObject({ state: 'open', cause: 'requirements', requirementSet: 2 })
    expect(await told(owner, 'recheck.opened', ofService.id)).toHaveLength(1)
    expect(await stateOf()).toMatchObject({ state: 'RECHECK', until: ofService.until })
    expect(await list('', consumer)).toEqual([])
    expect(await list('', owner)).toHaveLength(2)
  })

  it('is warned of 30, 7 and 1 days before its end, each time once', async () => {
    const days: unknown[] = []
    for (const left of [31, 30, 29, 7, 3, 1]) {
      passedMs = Date.parse(String(ofSystem.until)) - left * dayMs - Date.now() + 60_000
      await Promise.all([turn(), turn()])
      const notices = await told(owner, 'recheck.due', ofSystem.id)
      days.push(...notices.slice(days.length).map(({ data }) => (data as { days: number }).days))
    }
    expect(days).toEqual([30, 7, 1])
  })

  it('ends with a positive opinion in writing, by somebody else than who checked (R-066)', async () => {
    const { id } = ofService
    expect((await command(id, 'opinion', signer, { isPositive: true })).status).toBe(409)
    found = { 'TT-09': 'open' }
    expect((await command(id, 'check', checker)).status).toBe(200)
    expect((await command(id, 'check', checker)).status).toBe(409)
    await runChecks()
    expect((await command(id, 'opinion', signer, { isPositive: true })).status).toBe(409)
    const judgement = { code: 'TT-09', result: 'pass', reason: 'Reqlament var' }
    expect((await command(id, 'check-decisions', checker, judgement)).status).toBe(200)
    expect((await command(id, 'opinion', checker, { isPositive: true })).status).toBe(403)
    expect((await command(id, 'opinion', signer, { isPositive: false })).status).toBe(409)
    const answer = await command(id, 'opinion', signer, { isPositive: true })
    expect(answer).toMatchObject({ status: 200, json: { state: 'confirmed' } })
    expect(of(answer).documents.map(({ kind }) => kind)).toEqual(['check-protocol', 'opinion'])
    const opinions = await api.call('GET', '/v1/documents?kind=opinion', { as: 'AGENCY' })
    expect((opinions.json as { items: object[] }).items).toHaveLength(1)
    expect((await command(id, 'check', checker)).status).toBe(409)
    const { json } = await api.call('GET', `/v1/rechecks/${id}/checks`, { as: owner })
    expect((json as { items: object[] }).items).toHaveLength(1)
    found = {}
  })

  it('suspends on its day what has a negative opinion or none, once, and tells whom it concerns', async () => {
    found = { 'TT-03': 'fail' }
    expect((await judged(ofSystem.id, true)).status).toBe(409)
    const denied = await command(ofSystem.id, 'opinion', signer, { isPositive: false })
    expect(denied).toMatchObject({ status: 200, json: { state: 'denied' } })
    expect((await entry('subsystems', system)).json).toMatchObject({ status: 'active' })
    passedMs = Date.parse(String(ofSystem.until)) - Date.now() + 60_000
    await Promise.all([turn(), turn()])
    expect((await entry('subsystems', system)).json).toMatchObject({ status: 'suspended' })
    expect((await entry('services', service)).json).toMatchObject({ status: 'active' })
    expect(await stateOf()).toMatchObject({ state: 'SUSPENDED' })
    for (const as of [owner, consumer, 'OPERATOR'] as const) {
      const notices = await told(as, 'recheck.suspended', ofSystem.id)
      expect([as, notices.length]).toEqual([as, 1])
    }
    expect(await list('&overdue=true')).toMatchObject([{ id: ofSystem.id, state: 'suspended' }])
  })

  it('keeps it out of use by any way until there is a positive opinion', async () => {
    expect(await setActive('subsystems', system)).toBe(409)
    found = {}
    expect((await judged(ofSystem.id, true)).json).toMatchObject({ state: 'confirmed' })
    expect(await setActive('subsystems', system)).toBe(200)
    expect(await turn()).toBe(0)
  })

  it('stays as it was, whoever writes', async () => {
    const pool = ownerPool(database.ownerUrl)
    for (const change of [
      `UPDATE sluice.recheck SET state = 'open'`,
      `UPDATE sluice.recheck SET until = 'infinity'`,
      'DELETE FROM sluice.recheck',
    ]) {
      await expect(pool.query(change)).rejects.toMatchObject({ code: '42501' })
    }
    await pool.end()
  })
})

describe('a recheck upon a complaint', () => {
  it('has a reason and a day, is of what is connected, and one at a time', async () => {
    expect(await complain('AZ/GOV/VN/ISTEHLAK')).toMatchObject({
      ...{ status: 422, json: { errors: [{ pointer: '/object' }] } },
    })
    for (const days of [-1, 400]) {
      const until = new Date(now().getTime() + days * dayMs).toISOString()
      expect((await complain(service, { until })).status).toBe(422)
    }
    expect((await complain(service, { reason: ' ' })).status).toBe(400)
    const opened = await complain(service)
    expect(opened).toMatchObject({ status: 201, json: { cause: 'complaint', state: 'open' } })
    expect((await complain(service)).status).toBe(409)
    expect((await command(of(opened).id, 'withdrawal', owner)).status).toBe(409)
    expect((await judged(of(opened).id, true)).json).toMatchObject({ state: 'confirmed' })
    expect((await stateOf()).state).toBe('ACTIVE')
  })
})

describe('a declared change (R-132)', () => {
  const address = 'https://yeni.nn.az/yoxla'

  it('of an address is made when the kit accepts it, and nothing is suspended meanwhile', async () => {
    const change = { kind: 'address', object: service, address }
    expect((await declareChange(change, consumer)).status).toBe(403)
    expect((await declareChange({ ...change, address: 'yoxla' })).status).toBe(422)
    expect((await declareChange({ ...change, object: system })).status).toBe(422)
    found = { 'TT-02': 'fail' }
    const refused = of(await declareChange(change))
    expect((await stateOf()).state).toBe('ACTIVE')
    await runChecks()
    expect(await turn()).toBe(1)
    expect((await get(refused.id)).json).toMatchObject({ state: 'refused' })
    expect((await entry('services', service)).json).toMatchObject({
      address: 'https://nn.az/yoxla',
    })
    // What a document says is not asked of an address.
    found = { 'TT-09': 'open' }
    const accepted = of(await declareChange(change))
    expect((await command(accepted.id, 'opinion', signer, { isPositive: true })).status).toBe(409)
    await runChecks()
    expect(await turn()).toBe(1)
    expect((await get(accepted.id)).json).toMatchObject({ state: 'confirmed', scope: 'probe' })
    expect((await entry('services', service)).json).toMatchObject({ address })
    expect(await told(owner, 'recheck.confirmed', accepted.id)).toHaveLength(1)
    found = {}
  })

  it('may be withdrawn before', async () => {
    const { id } = of(
      await declareChange({ kind: 'address', object: service, address: `${address}2` }),
    )
    expect((await command(id, 'withdrawal', owner)).json).toMatchObject({ state: 'withdrawn' })
    await runChecks()
    expect(await turn()).toBe(0)
  })

  it('of a contract is another version of the service where it breaks consumers of today', async () => {
    const withField = (more: string): Promise<string> =>
      contract(
        soapContract({
          service,
          requestElements: `<xs:element name="Yeni" type="xs:int" ${more}/>`,
        }),
      )
    const breaking = await withField('')
    const answer = await declareChange({ kind: 'contract', object: service, contract: breaking })
    expect(answer).toMatchObject({ status: 422, json: { errors: [{ pointer: '/contract' }] } })
    const compatible = await withField('minOccurs="0"')
    const { id } = of(
      await declareChange({ kind: 'contract', object: service, contract: compatible }),
    )
    await runChecks()
    await turn()
    expect((await get(id)).json).toMatchObject({ state: 'confirmed', scope: 'probe' })
    expect((await entry('services', service)).json).toMatchObject({
      contract: { digest: compatible },
    })
  })

  it('of the algorithm is rechecked as a whole', async () => {
    const description = 'Hesablama qaydası dəyişir'
    const change = { kind: 'algorithm', object: service, description }
    const opened = await declareChange(change)
    expect(opened).toMatchObject({ status: 201, json: { scope: 'full', cause: 'change' } })
    expect((await stateOf()).state).toBe('RECHECK')
    expect((await judged(of(opened).id, true)).json).toMatchObject({ state: 'confirmed' })
  })
})

/** In force tomorrow, and within sixty days for what is connected. */
async function newRequirements(): Promise<void> {
  const inDays = (days: number): string => new Date(Date.now() + days * dayMs).toISOString()
  const body = {
    ...{ reason: 'TLS', inForceFrom: inDays(1), recheckUntil: inDays(60) },
    requirements: firstRequirementSet.requirements,
  }
  const answer = await api.call('POST', '/v1/requirement-sets', { as: 'OPERATOR', body })
  if (answer.status !== 201) throw new Error(answer.bytes.toString())
}
