import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  openTestAdminApi,
  type AdminAnswer,
  type TestCaller,
} from '../../../test/support/admin-api.js'
import { startTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import { RecheckField, service, system } from '../../../test/support/rechecks.js'
import { ownerPool } from '../../../test/support/registry-database.js'
import { firstRequirementSet } from '../../conformity/first-requirements.js'

const dayMs = 86_400_000
const owner = { role: 'MEMBER_ADMIN', scope: 'AZ/GOV/NN' } as const
const consumer = { role: 'MEMBER_ADMIN', scope: 'AZ/GOV/VN' } as const
const checker = { role: 'OPERATOR', from: new Date(1) } as const
const signer = { role: 'OPERATOR', from: new Date(2) } as const

let database: TestDatabase
let field: RecheckField

beforeAll(async () => {
  database = await startTestDatabase()
  field = await RecheckField.open(database)
})

afterAll(async () => {
  await field.close()
  await database.stop()
})

interface RecheckJson {
  readonly id: string
  readonly object: string
  readonly state: string
  readonly until?: string
  readonly documents: readonly { readonly kind: string; readonly number: string }[]
}

const of = ({ json }: AdminAnswer): RecheckJson => json as RecheckJson
const list = async (query = '', as: TestCaller = 'OPERATOR'): Promise<RecheckJson[]> => {
  const { json } = await field.api.call('GET', `/v1/rechecks?limit=200${query}`, { as })
  return (json as { items: RecheckJson[] }).items
}
const get = (id: string): Promise<AdminAnswer> =>
  field.api.call('GET', `/v1/rechecks/${id}`, { as: 'AGENCY' })
const command: RecheckField['command'] = (...given) => field.command(...given)
const told: RecheckField['told'] = (...given) => field.told(...given)
const complain = (object: string, more: object = {}): Promise<AdminAnswer> =>
  field.api.call('POST', '/v1/rechecks', {
    ...{ as: checker, body: { object, reason: 'Şikayət № 7', ...more } },
  })
const declareChange = (body: object, as: TestCaller = owner): Promise<AdminAnswer> =>
  field.api.call('POST', '/v1/declared-changes', { as, body: { reason: 'dəyişir', ...body } })
const stateOf = async (): Promise<{ state: string; until?: string }> => {
  const path = `/v1/services/${encodeURIComponent(service)}/state`
  const { json } = await field.api.call('GET', path, { as: consumer })
  return json as { state: string; until?: string }
}

/** Checked by one officer, and found good or bad by another. */
async function judged(id: string, isPositive: boolean): Promise<AdminAnswer> {
  expect((await command(id, 'check', checker)).status).toBe(200)
  await field.runChecks()
  return command(id, 'opinion', signer, { isPositive })
}

describe('a recheck upon new requirements (R-062)', () => {
  let ofSystem: RecheckJson
  let ofService: RecheckJson

  it('is opened once for everything that is connected, when they come into force', async () => {
    expect(await field.turn()).toBe(0)
    await newRequirements()
    expect(await field.turn()).toBe(0)
    field.passedMs += 2 * dayMs
    const both = await Promise.all([field.turn(), field.turn()])
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
      field.passedMs = Date.parse(String(ofSystem.until)) - left * dayMs - Date.now() + 60_000
      await Promise.all([field.turn(), field.turn()])
      const notices = await told(owner, 'recheck.due', ofSystem.id)
      days.push(...notices.slice(days.length).map((data) => (data as { days: number }).days))
    }
    expect(days).toEqual([30, 7, 1])
  })

  it('ends with a positive opinion in writing, by somebody else than who checked (R-066)', async () => {
    const { id } = ofService
    expect((await command(id, 'opinion', signer, { isPositive: true })).status).toBe(409)
    field.found = { 'TT-09': 'open' }
    expect((await command(id, 'check', checker)).status).toBe(200)
    expect((await command(id, 'check', checker)).status).toBe(409)
    await field.runChecks()
    expect((await command(id, 'opinion', signer, { isPositive: true })).status).toBe(409)
    const judgement = { code: 'TT-09', result: 'pass', reason: 'Reqlament var' }
    expect((await command(id, 'check-decisions', checker, judgement)).status).toBe(200)
    expect((await command(id, 'opinion', checker, { isPositive: true })).status).toBe(403)
    expect((await command(id, 'opinion', signer, { isPositive: false })).status).toBe(409)
    field.write('real')
    const answer = await command(id, 'opinion', signer, { isPositive: true })
    field.write('plain')
    expect(answer).toMatchObject({ status: 200, json: { state: 'confirmed' } })
    expect(of(answer).documents.map(({ kind }) => kind)).toEqual(['check-protocol', 'opinion'])
    const opinions = await field.api.call('GET', '/v1/documents?kind=opinion', { as: 'AGENCY' })
    expect((opinions.json as { items: object[] }).items).toHaveLength(1)
    expect((await command(id, 'check', checker)).status).toBe(409)
    const { json } = await field.api.call('GET', `/v1/rechecks/${id}/checks`, { as: owner })
    expect((json as { items: object[] }).items).toHaveLength(1)
    field.found = {}
  })

  it('suspends on its day what has a negative opinion or none, once, and tells whom it concerns', async () => {
    field.found = { 'TT-03': 'fail' }
    expect((await judged(ofSystem.id, true)).status).toBe(409)
    const denied = await command(ofSystem.id, 'opinion', signer, { isPositive: false })
    expect(denied).toMatchObject({ status: 200, json: { state: 'denied' } })
    expect((await field.entry('subsystems', system)).json).toMatchObject({ status: 'active' })
    field.passedMs = Date.parse(String(ofSystem.until)) - Date.now() + 60_000
    await Promise.all([field.turn(), field.turn()])
    expect((await field.entry('subsystems', system)).json).toMatchObject({ status: 'suspended' })
    expect((await field.entry('services', service)).json).toMatchObject({ status: 'active' })
    expect(await stateOf()).toMatchObject({ state: 'SUSPENDED' })
    for (const as of [owner, consumer, 'OPERATOR'] as const) {
      const notices = await told(as, 'recheck.suspended', ofSystem.id)
      expect([as, notices.length]).toEqual([as, 1])
    }
    expect(await list('&overdue=true')).toMatchObject([{ id: ofSystem.id, state: 'suspended' }])
    const progress = await field.api.call('GET', '/v1/connection-progress', { as: 'AGENCY' })
    expect(progress.json).toMatchObject({
      cases: [{ state: 'CONNECTED', cases: 2, label: { az: 'Qoşulub' } }],
      rechecks: { open: 0, denied: 0, suspended: 1, overdue: 1 },
    })
  })

  it('keeps it out of use by any way until there is a positive opinion', async () => {
    expect(await field.setActive('subsystems', system)).toBe(409)
    field.found = {}
    expect((await judged(ofSystem.id, true)).json).toMatchObject({ state: 'confirmed' })
    expect(await field.setActive('subsystems', system)).toBe(200)
    expect(await field.turn()).toBe(0)
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
      const until = new Date(field.now().getTime() + days * dayMs).toISOString()
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
    field.found = { 'TT-02': 'fail' }
    const refused = of(await declareChange(change))
    expect((await stateOf()).state).toBe('ACTIVE')
    await field.runChecks()
    expect(await field.turn()).toBe(1)
    expect((await get(refused.id)).json).toMatchObject({ state: 'refused' })
    expect((await field.entry('services', service)).json).toMatchObject({
      address: 'https://nn.az/yoxla',
    })
    // What a document says is not asked of an address.
    field.found = { 'TT-09': 'open' }
    const accepted = of(await declareChange(change))
    expect((await command(accepted.id, 'opinion', signer, { isPositive: true })).status).toBe(409)
    await field.runChecks()
    expect(await field.turn()).toBe(1)
    expect((await get(accepted.id)).json).toMatchObject({ state: 'confirmed', scope: 'probe' })
    expect((await field.entry('services', service)).json).toMatchObject({ address })
    expect(await told(owner, 'recheck.confirmed', accepted.id)).toHaveLength(1)
    field.found = {}
  })

  it('is declared by the operator where its owner cannot, who is told of it (R-132, R-066)', async () => {
    const moved = 'https://gece.nn.az/yoxla'
    field.found = { 'TT-02': 'open' }
    const change = { kind: 'address', object: service, address: moved }
    const { id } = of(await declareChange(change, checker))
    expect(await told(owner, 'recheck.opened', id)).toMatchObject([{ forOwner: true }])
    await field.runChecks()
    const judgement = { code: 'TT-02', result: 'pass', reason: 'Gecə köçürülüb' }
    expect((await command(id, 'check-decisions', checker, judgement)).status).toBe(403)
    expect((await command(id, 'check-decisions', signer, judgement)).status).toBe(200)
    await field.turn()
    expect((await field.entry('services', service)).json).toMatchObject({ address: moved })
    field.found = {}
  })

  it('is the only way by the API to what the check rested on, where the desk is required', async () => {
    const required = await openTestAdminApi(database, { connectionDesk: 'required' })
    const change = async (kind: string, id: string, body: object): Promise<AdminAnswer> => {
      const ifMatch = String((await field.entry(kind, id)).headers['etag'])
      const path = `/v1/${kind}/${encodeURIComponent(id)}`
      return required.call('PATCH', path, { as: 'OPERATOR', ifMatch, body })
    }
    const declared = `instance: AZ
domains: [{ code: BASQA, status: active }]
members: [{ class: GOV, code: NN, subsystems: [{ code: VESIQE, services: [{ code: yoxla, version: v1, address: 'https://x.az/' }] }] }]`
    const declare = (query: string): Promise<AdminAnswer> =>
      required.call('POST', `/v1/registry/declarations${query}`, {
        ...{ as: 'OPERATOR', bytes: declared, headers: { 'content-type': 'application/yaml' } },
      })
    const before = (await field.entry('services', service)).json
    for (const body of [{ address: 'https://x.az/' }, { contract: null }]) {
      const answer = await change('services', service, body)
      expect(answer.status).toBe(409)
      expect(answer.bytes.toString()).toContain('POST /v1/declared-changes')
    }
    const signature = await change('services', service, { providerSignature: 'required' })
    expect(signature.bytes.toString()).toContain('POST /v1/connection-cases')
    for (const query of ['', '?dryRun=true']) expect((await declare(query)).status).toBe(409)
    expect((await field.entry('services', service)).json).toEqual(before)
    // What it did not rest on, and what came without the desk, stay the operator's.
    expect((await change('services', service, { rate: { perSecond: 5 } })).status).toBe(200)
    expect((await change('subsystems', system, { zones: [] })).status).toBe(200)
    await required.close()
  })

  it('may be withdrawn before', async () => {
    const { id } = of(
      await declareChange({ kind: 'address', object: service, address: `${address}2` }),
    )
    expect((await command(id, 'withdrawal', owner)).json).toMatchObject({ state: 'withdrawn' })
    await field.runChecks()
    expect(await field.turn()).toBe(0)
  })

  it('goes with its object to another owner (R-130)', async () => {
    const change = { kind: 'address', object: service, address: `${address}3` }
    const { id } = of(await declareChange(change))
    const hand = async (to: string): Promise<void> => {
      const body = { subsystem: system, to, reason: 'Sərəncam' }
      const path = '/v1/life-cycle/owner-changes'
      const answer = await field.api.call('POST', path, { as: 'OPERATOR', body })
      expect(answer).toMatchObject({ status: 201, json: { state: 'done' } })
    }
    await hand('AZ/GOV/VN')
    expect((await command(id, 'withdrawal', owner)).status).toBe(404)
    expect((await get(id)).json).toMatchObject({ member: 'AZ/GOV/VN', state: 'open' })
    expect((await command(id, 'withdrawal', consumer)).status).toBe(200)
    await hand('AZ/GOV/NN')
    await field.runChecks()
  })

  it('of a contract is another version of the service where it breaks consumers of today', async () => {
    const withField = (more: string): Promise<string> =>
      field.contract(`<xs:element name="Yeni" type="xs:int" ${more}/>`)
    const breaking = await withField('')
    const answer = await declareChange({ kind: 'contract', object: service, contract: breaking })
    expect(answer).toMatchObject({ status: 422, json: { errors: [{ pointer: '/contract' }] } })
    const compatible = await withField('minOccurs="0"')
    const { id } = of(
      await declareChange({ kind: 'contract', object: service, contract: compatible }),
    )
    await field.runChecks()
    await field.turn()
    expect((await get(id)).json).toMatchObject({ state: 'confirmed', scope: 'probe' })
    expect((await field.entry('services', service)).json).toMatchObject({
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
  const answer = await field.api.call('POST', '/v1/requirement-sets', { as: 'OPERATOR', body })
  if (answer.status !== 201) throw new Error(answer.bytes.toString())
}
