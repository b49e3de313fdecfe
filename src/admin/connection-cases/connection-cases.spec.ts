import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { AdminAnswer } from '../../../test/support/admin-api.js'
import {
  cast,
  documentsOf,
  idOf,
  inboxOf,
  openCase,
  openTestDesk,
  serviceApplication,
  systemApplication,
  stateOf,
  stepsOf,
  type TestDesk,
} from '../../../test/support/connection-cases.js'
import { startTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import { readActs } from '../../audit-log/audit-log.store.js'
import type { CaseDocument } from '../../connection/connection-case.js'

let database: TestDatabase
let desk: TestDesk

beforeAll(async () => {
  database = await startTestDatabase()
  desk = await openTestDesk(database)
})

afterAll(async () => {
  await desk.close()
  await database.stop()
})

beforeEach(() => desk.write('plain'))

const opened = (changes: object = {}): Promise<string> => openCase(desk, changes)
const dataOf = async (document: CaseDocument | undefined): Promise<string> => {
  const path = `/v1/documents/${document?.id}/data`
  const { status, bytes } = await desk.api.call('GET', path, { as: 'AGENCY' })
  expect(status).toBe(200)
  return bytes.toString()
}
describe('a connection case', () => {
  it('goes from draft to connected, each step with its actor, its time and its documents (R-065)', async () => {
    desk.find({ 'TT-09': 'open', 'TT-15': 'warning' })
    const id = await opened()
    const checking = await desk.through(id, 'submission', 'check')
    expect(checking.json).toMatchObject({ state: 'CHECKING', approver: 'OPERATOR' })
    const [check] = await desk.checks(id)
    expect(check?.lines.map(({ code }) => code)).toHaveLength(15)
    const early = await desk.command(id, 'opinion', cast.signer, {})
    expect([early.status, early.json]).toMatchObject([409, { detail: /TT-09/ }])
    const judged = { code: 'TT-09', result: 'pass', reason: 'Reqlament əlavə olunub' }
    expect((await desk.command(id, 'check-decisions', cast.checker, judged)).status).toBe(200)
    const way = ['opinion', 'agreement', 'registration', 'connection'] as const
    const connected = await desk.through(id, ...way)
    expect(connected.json).toMatchObject({ state: 'CONNECTED', next: [] })
    expect(stepsOf(connected).map(({ state }) => state)).toEqual([
      ...['DRAFT', 'SUBMITTED', 'CHECKING', 'OPINION_POSITIVE', 'CONTRACTED', 'REGISTERED'],
      'CONNECTED',
    ])
    for (const step of stepsOf(connected)) {
      expect(step).toMatchObject({ at: expect.any(String), by: { name: expect.any(String) } })
    }
    const kinds = documentsOf(connected).map(({ kind }) => kind)
    expect(kinds).toEqual(['application', 'check-protocol', 'opinion'])
    expect(desk.effects.map((each) => each.split(' ')[0])).toEqual([
      ...['concluded', 'registered', 'connected'],
    ])
    // The officer's decision and what was found stand side by side.
    const lines = (await desk.checks(id))[0]?.lines
    expect(lines?.find(({ code }) => code === 'TT-09')).toMatchObject({
      ...{ result: 'pass', found: 'open', officer: { reason: 'Reqlament əlavə olunub' } },
    })
    for (const as of [cast.owner, 'OPERATOR'] as const) {
      const moved = (await inboxOf(desk, as, id)).filter(
        ({ kind }) => kind === 'connection-case.moved',
      )
      expect(moved).toHaveLength(6)
      expect(moved.at(-1)?.text.az).toContain('Qoşulub')
    }
  })

  it('is opened by the owner alone (R-050)', async () => {
    const foreign = systemApplication('YAD', { member: 'AZ/GOV/VN', objectId: 'AZ/GOV/VN/YAD' })
    expect((await desk.open(foreign)).status).toBe(403)
    expect((await desk.open(systemApplication('YAD'), cast.other)).status).toBe(403)
    expect((await desk.open(systemApplication('YAD'), 'OPERATOR')).status).toBe(403)
    const id = await opened()
    expect((await desk.get(id, cast.other)).status).toBe(404)
    expect((await desk.get(id, cast.founder)).status).toBe(404)
    for (const as of [cast.owner, 'OPERATOR', 'AGENCY', 'SECURITY'] as const) {
      expect((await desk.get(id, as)).status).toBe(200)
    }
    const [tag, submission] = [String((await desk.get(id)).headers['etag']), 'submission'] as const
    expect((await desk.command(id, submission, cast.other, undefined, tag)).status).toBe(404)
    expect((await desk.command(id, submission, 'OPERATOR')).status).toBe(403)
    const list = await desk.api.call('GET', '/v1/connection-cases', { as: cast.other })
    expect(list.json).toEqual({ items: [] })
  })

  it('is one at a time for an object, whoever is faster', async () => {
    const application = systemApplication('TEK')
    const answers = await Promise.all([desk.open(application), desk.open(application)])
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
    const first = answers.find(({ status }) => status === 201)
    await desk.through(idOf(first as AdminAnswer), 'withdrawal')
    expect((await desk.open(application)).status).toBe(201)
  })

  it('comes back at once where contract or contacts are missing (R-051)', async () => {
    desk.write('real')
    const draft = serviceApplication('KOHNE', { contract: undefined, technical: undefined })
    const id = idOf(await desk.open(draft))
    const back = await desk.through(id, 'submission')
    desk.write('plain')
    expect(stateOf(back)).toBe('RETURNED_INCOMPLETE')
    const [application, list] = documentsOf(back)
    expect([application?.kind, list?.kind]).toEqual(['application', 'missing-data'])
    const said = await dataOf(list)
    for (const pointer of ['/contract', '/technical']) expect(said).toContain(pointer)
    const { contract, technical } = serviceApplication('KOHNE') as Record<string, unknown>
    const change = (body: object): Promise<AdminAnswer> =>
      desk.api.call('PATCH', `/v1/connection-cases/${id}`, {
        ...{ as: cast.owner, ifMatch: '"3"', body },
      })
    expect((await change({ objectId: 'AZ/GOV/NN/BASQA/icaze/v1' })).status).toBe(422)
    expect((await change({ unknown: 1 })).status).toBe(422)
    expect((await change({ softwareStatement: '\ud800' })).status).toBe(400)
    expect((await change({ contract, technical })).status).toBe(200)
    expect(stateOf(await desk.through(id, 'submission'))).toBe('SUBMITTED')
    expect((await change({ contract: null })).status).toBe(412)
    const late = { as: cast.owner, ifMatch: '"5"', body: { contract: null } }
    const path = `/v1/connection-cases/${id}`
    expect((await desk.api.call('PATCH', path, late)).status).toBe(409)
    expect(stateOf(await desk.through(id, 'return'))).toBe('RETURNED_INCOMPLETE')
  })

  it('is demanded changes with clause and finding, improved, and checked again (R-055, R-056)', async () => {
    desk.find({ 'TT-03': 'fail', 'TT-13': 'fail' })
    const id = await opened()
    await desk.through(id, 'submission', 'check')
    const positive = await desk.command(id, 'opinion', cast.signer, {})
    expect(positive).toMatchObject({ status: 409, json: { detail: /TT-03, TT-13/ } })
    for (const body of [{}, { justification: '' }, { justification: ' \n' }]) {
      expect((await desk.command(id, 'demand', cast.signer, body)).status).toBe(400)
    }
    desk.write('real')
    const demanded = await desk.through(id, 'demand')
    desk.write('plain')
    expect(stateOf(demanded)).toBe('CHANGES_REQUIRED')
    const [, protocol, negative, demand] = documentsOf(demanded)
    expect([protocol?.kind, negative?.kind, demand?.kind]).toEqual([
      ...['check-protocol', 'negative-opinion', 'justified-demand'],
    ])
    const said = await dataOf(demand)
    for (const part of ['TT-03', 'TT-13', '4.1.8', 'finding of TT-13', 'Tələblər ödənilmir']) {
      expect(said).toContain(part)
    }
    const copies = await inboxOf(desk, 'AGENCY', id)
    expect(copies).toMatchObject([{ data: { isPositive: false, digest: negative?.digest } }])
    expect(copies[0]?.text.az).toContain('məlumat üçün')

    const evidence = [{ name: 'hesabat.pdf', sha256: '0a'.repeat(32) }]
    const done = { text: 'Agentlik açarı yenilədi', evidence }
    expect((await desk.command(id, 'improvement', 'OPERATOR', done)).status).toBe(403)
    const improving = await desk.command(id, 'improvement', 'AGENCY', done)
    expect([improving.status, stateOf(improving)]).toEqual([200, 'IMPROVING'])
    const further = await desk.command(id, 'improvement', cast.owner, { text: 'Sahib də' })
    expect((further.json as { notes: object[] }).notes).toMatchObject([
      { kind: 'improvement', doneBy: 'agency', evidence, document: { kind: 'improvement' } },
      { kind: 'improvement', doneBy: 'owner' },
    ])
    const seen = await desk.get(id, cast.owner)
    const improved = { as: cast.owner, ifMatch: String(seen.headers['etag']) }
    const body = { softwareStatement: 'Sertifikat № 13' }
    await desk.api.call('PATCH', `/v1/connection-cases/${id}`, { ...improved, body })
    desk.find({})
    desk.write('real')
    const again = await desk.through(id, 'check')
    desk.write('plain')
    // What is checked is in writing: the application as it is by now, too.
    const written = documentsOf(again).filter(({ kind }) => kind === 'application')
    expect(written).toHaveLength(2)
    expect(await dataOf(written[1])).toContain('Sertifikat № 13')
    const checks = await desk.checks(id)
    expect(checks).toHaveLength(2)
    expect(checks[0]?.lines.find(({ code }) => code === 'TT-03')?.result).toBe('fail')
    const opinion = await desk.through(id, 'opinion')
    expect(documentsOf(opinion).filter(({ kind }) => kind === 'check-protocol')).toHaveLength(2)
  })

  it('sends the copy of an opinion to the Agency, and nobody changes it (R-054)', async () => {
    desk.find({})
    const id = await opened()
    await desk.through(id, 'submission', 'check')
    desk.write('real')
    const answer = await desk.through(id, 'opinion')
    const opinion = documentsOf(answer).find(({ kind }) => kind === 'opinion')
    const [copy] = await inboxOf(desk, 'AGENCY', id)
    expect(copy).toMatchObject({
      kind: 'connection-case.opinion',
      data: { document: opinion?.id, digest: opinion?.digest, isPositive: true },
    })
    const at = `/v1/documents/${opinion?.id}`
    const seen = await desk.api.call('GET', at, { as: 'AGENCY' })
    expect(seen).toMatchObject({ status: 200, json: { digest: opinion?.digest } })
    expect((await desk.api.call('PUT', at, { as: 'OPERATOR', body: {} })).status).toBe(405)
    const acts = await actsOf('opinion.send')
    expect(acts.at(-1)).toMatchObject({ after: { to: 'AGENCY', digest: opinion?.digest } })
  })

  it('is refused with grounds, which the applicant sees (R-057)', async () => {
    desk.find({ 'TT-03': 'fail' })
    const id = await opened()
    await desk.through(id, 'submission', 'check', 'demand')
    expect((await desk.command(id, 'refusal', cast.signer, {})).status).toBe(400)
    await desk.through(id, 'refusal')
    const seen = await desk.get(id, cast.owner)
    expect(stepsOf(seen).at(-1)).toMatchObject({
      ...{ state: 'REFUSED', note: 'Təkmilləşdirilmədi', documents: [{ kind: 'refusal' }] },
    })
    expect((await desk.command(id, 'submission', cast.owner)).status).toBe(409)
  })

  it('skips no step, and says what may be next (R-053)', async () => {
    desk.find({})
    const id = await opened()
    await desk.through(id, 'submission', 'check')
    const call = { as: cast.signer, ifMatch: '"3"', headers: { 'accept-language': 'az' } }
    const answer = await desk.api.call('POST', `/v1/connection-cases/${id}/agreement`, call)
    expect(answer).toMatchObject({ status: 409, json: { detail: /Müsbət rəy verilib/ } })
    const english = await desk.api.call('POST', `/v1/connection-cases/${id}/agreement`, {
      ...{ ...call, headers: { 'accept-language': 'en' } },
    })
    expect(english).toMatchObject({
      status: 409,
      json: { detail: /may be next: Positive opinion/ },
    })
  })

  it('is moved once by two officers at the same time', async () => {
    desk.find({})
    const id = await opened()
    await desk.through(id, 'submission')
    const tag = String((await desk.get(id)).headers['etag'])
    const answers = await Promise.all([
      desk.command(id, 'check', cast.checker, undefined, tag),
      desk.command(id, 'check', cast.signer, undefined, tag),
    ])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412])
    expect(await desk.checks(id)).toHaveLength(1)
    await desk.runChecks()
  })

  it('is signed by nobody who had a hand in its check (R-066)', async () => {
    desk.find({ 'TT-09': 'open' })
    const id = await opened()
    await desk.through(id, 'submission', 'check')
    const judged = { code: 'TT-09', result: 'pass', reason: 'var' }
    const third = { role: 'OPERATOR', from: new Date(3) } as const
    expect((await desk.command(id, 'check-decisions', third, judged)).status).toBe(200)
    for (const as of [cast.checker, third]) {
      expect((await desk.command(id, 'opinion', as, {})).status).toBe(403)
      expect((await desk.command(id, 'demand', as, { justification: 'x' })).status).toBe(403)
    }
    const both = [{ role: 'OPERATOR' }, cast.owner] as const
    expect((await desk.command(id, 'opinion', both, {})).status).toBe(403)
    expect((await desk.command(id, 'opinion', cast.owner, {})).status).toBe(403)
    expect((await desk.command(id, 'opinion', cast.signer, {})).status).toBe(200)
  })

  it('of a service is connected after its system (R-063)', async () => {
    desk.find({})
    const wanted = { objectId: 'AZ/GOV/NN/KOHNE/sonra/v1' }
    const id = idOf(await desk.open(serviceApplication('KOHNE', wanted)))
    const way = ['submission', 'check', 'opinion', 'agreement', 'registration'] as const
    await desk.through(id, ...way)
    expect((await desk.command(id, 'connection', cast.signer)).status).toBe(409)
    const path = '/v1/subsystems/AZ%2FGOV%2FNN%2FKOHNE'
    const { headers } = await desk.api.call('GET', path, { as: 'OPERATOR' })
    const active = await desk.api.call('PUT', `${path}/status`, {
      ...{ as: 'OPERATOR', ifMatch: String(headers['etag']) },
      body: { status: 'active', reason: 'qoşulub' },
    })
    expect([active.status, active.bytes.toString()]).toEqual([200, expect.anything()])
    expect(stateOf(await desk.through(id, 'connection'))).toBe('CONNECTED')
  })
})

async function actsOf(kind: string) {
  const client = await desk.api.database.pool.connect()
  const acts = await readActs(client, { limit: 1_000 }).finally(() => client.release())
  return acts.flatMap(({ fields }) => (fields?.kind === kind ? [fields] : []))
}
