import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { AdminAnswer } from '../../../test/support/admin-api.js'
import {
  cast,
  idOf,
  openTestDesk,
  serviceApplication,
  systemApplication,
  usualCall,
  type TestDesk,
} from '../../../test/support/connection-cases.js'
import { startTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import { ownerPool } from '../../../test/support/registry-database.js'
import { readActs } from '../../audit-log/audit-log.store.js'
import { caseCommands, type CaseCommand } from '../../connection/case-command.js'
import { caseStates, caseTable } from '../../connection/case-state.js'
import { checkRetryMs } from '../../connection/limits.js'
import type { CaseDocument, CaseStep } from '../../connection/connection-case.js'

let database: TestDatabase
let desk: TestDesk
let count = 0

beforeAll(async () => {
  database = await startTestDatabase()
  desk = await openTestDesk(database)
})

afterAll(async () => {
  await desk.close()
  await database.stop()
})

beforeEach(() => desk.write('plain'))

const opened = async (changes: object = {}): Promise<string> => {
  const answer = await desk.open(systemApplication(`S${(count += 1)}`, changes))
  expect([answer.status, answer.bytes.toString()]).toEqual([201, expect.anything()])
  return idOf(answer)
}
const stateOf = ({ json }: AdminAnswer): string => (json as { state: string }).state
const stepsOf = ({ json }: AdminAnswer): CaseStep[] => (json as { steps: CaseStep[] }).steps
const documentsOf = (answer: AdminAnswer): CaseDocument[] =>
  stepsOf(answer).flatMap(({ documents }) => documents)
const dataOf = async (document: CaseDocument | undefined): Promise<string> => {
  const path = `/v1/documents/${document?.id}/data`
  const { status, bytes } = await desk.api.call('GET', path, { as: 'AGENCY' })
  expect(status).toBe(200)
  return bytes.toString()
}
interface NoticeRow {
  readonly kind: string
  readonly subject: string
  readonly data: Readonly<Record<string, unknown>>
  readonly text: { readonly az: string }
}
const inboxOf = async (as: Parameters<TestDesk['get']>[1], subject: string) => {
  const { json } = await desk.api.call('GET', '/v1/notices?limit=200', { as })
  const { items } = json as { items: NoticeRow[] }
  return items.filter((each) => each.subject === subject)
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
      const moved = (await inboxOf(as, id)).filter(({ kind }) => kind === 'connection-case.moved')
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
    desk.write('real')
    desk.find({ 'TT-03': 'fail', 'TT-13': 'fail' })
    const id = await opened()
    await desk.through(id, 'submission', 'check')
    const positive = await desk.command(id, 'opinion', cast.signer, {})
    expect(positive).toMatchObject({ status: 409, json: { detail: /TT-03, TT-13/ } })
    for (const body of [{}, { justification: '' }, { justification: ' \n' }]) {
      expect((await desk.command(id, 'demand', cast.signer, body)).status).toBe(400)
    }
    const demanded = await desk.through(id, 'demand')
    expect(stateOf(demanded)).toBe('CHANGES_REQUIRED')
    const [, protocol, negative, demand] = documentsOf(demanded)
    expect([protocol?.kind, negative?.kind, demand?.kind]).toEqual([
      ...['check-protocol', 'negative-opinion', 'justified-demand'],
    ])
    const said = await dataOf(demand)
    for (const part of ['TT-03', 'TT-13', '4.1.8', 'finding of TT-13', 'Tələblər ödənilmir']) {
      expect(said).toContain(part)
    }
    const copies = await inboxOf('AGENCY', id)
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
    desk.find({})
    await desk.through(id, 'check')
    const checks = await desk.checks(id)
    expect(checks).toHaveLength(2)
    expect(checks[0]?.lines.find(({ code }) => code === 'TT-03')?.result).toBe('fail')
    const opinion = await desk.through(id, 'opinion')
    expect(documentsOf(opinion).filter(({ kind }) => kind === 'check-protocol')).toHaveLength(2)
  })

  it('sends the copy of an opinion to the Agency, and nobody changes it (R-054)', async () => {
    desk.write('real')
    desk.find({})
    const id = await opened()
    const answer = await desk.through(id, 'submission', 'check', 'opinion')
    const opinion = documentsOf(answer).find(({ kind }) => kind === 'opinion')
    const [copy] = await inboxOf('AGENCY', id)
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

describe('domains', () => {
  it('where the founder admits: the operator gives the opinion, and no agreement (R-210)', async () => {
    desk.find({})
    const id = await opened({ domain: 'MURACIET' })
    const answer = await desk.through(id, 'submission', 'check', 'opinion')
    expect(answer.json).toMatchObject({ approver: 'FOUNDER_ADMIN' })
    expect((await desk.command(id, 'agreement', cast.signer)).status).toBe(403)
    const elsewhere = { role: 'FOUNDER_ADMIN', scope: 'SENED' } as const
    expect((await desk.command(id, 'agreement', elsewhere)).status).toBe(404)
    expect((await desk.command(id, 'agreement', cast.founder)).status).toBe(200)
    desk.find({ 'TT-03': 'fail' })
    const refused = await opened({ domain: 'MURACIET' })
    await desk.through(refused, 'submission', 'check', 'demand')
    const grounds = { grounds: 'Tələb yerinə yetirilmədi' }
    expect((await desk.command(refused, 'refusal', cast.signer, grounds)).status).toBe(403)
    expect((await desk.command(refused, 'refusal', cast.founder, grounds)).status).toBe(200)
  })

  it('where security is asked: no agreement without its opinion (R-185)', async () => {
    desk.find({})
    const id = await opened({ domain: 'SENED' })
    const given = { isPositive: false, text: 'Açarlar qorunmur' }
    await desk.through(id, 'submission', 'check')
    expect((await desk.command(id, 'security-opinion', cast.security, given)).status).toBe(409)
    await desk.through(id, 'opinion')
    expect((await inboxOf('SECURITY', id)).map(({ kind }) => kind)).toEqual([
      'connection-case.security-asked',
    ])
    expect((await desk.command(id, 'agreement', cast.signer)).status).toBe(409)
    expect((await desk.command(id, 'security-opinion', cast.signer, given)).status).toBe(403)
    expect((await desk.command(id, 'security-opinion', cast.security, given)).status).toBe(200)
    expect((await desk.command(id, 'agreement', cast.signer)).status).toBe(409)
    const good = { isPositive: true, text: 'Açarlar indi qorunur' }
    const noted = await desk.command(id, 'security-opinion', cast.security, good)
    expect((noted.json as { notes: object[] }).notes).toMatchObject([
      { isPositive: false, document: { kind: 'security-opinion' } },
      { isPositive: true },
    ])
    expect((await desk.command(id, 'agreement', cast.signer)).status).toBe(200)
    const other = await opened()
    await desk.through(other, 'submission', 'check', 'opinion')
    expect((await desk.command(other, 'security-opinion', cast.security, good)).status).toBe(409)
  })

  it('have profiles that are seen, and set with a reason', async () => {
    const path = '/v1/connection-profiles/PORTAL'
    const before = await desk.api.call('GET', path, { as: 'nobody' })
    expect(before.json).toEqual({ domain: 'PORTAL', approver: 'OPERATOR', securityOpinion: false })
    const body = { approver: 'OPERATOR', securityOpinion: true, reason: 'Nümunə' }
    const put = (as: 'OPERATOR' | 'SECURITY', ifMatch: string) =>
      desk.api.call('PUT', path, { as, ifMatch, body })
    expect((await put('SECURITY', '"0"')).status).toBe(403)
    expect((await put('OPERATOR', '"7"')).status).toBe(412)
    expect(await put('OPERATOR', '"0"')).toMatchObject({
      ...{ status: 200, json: { securityOpinion: true }, headers: { etag: '"1"' } },
    })
    expect((await put('OPERATOR', '"0"')).status).toBe(412)
    expect(await inboxOf('SECURITY', 'PORTAL')).toHaveLength(1)
    const back = { ...body, securityOpinion: false }
    const again = { as: 'OPERATOR', ifMatch: '"1"', body: back } as const
    expect((await desk.api.call('PUT', path, again)).status).toBe(200)
    const unknown = await desk.api.call('GET', '/v1/connection-profiles/YOX', { as: 'nobody' })
    expect(unknown.status).toBe(404)
  })
})

describe('checks', () => {
  it('that fail by our own fault are tried again, and then left to an officer', async () => {
    desk.find(new Error('the registry cannot be asked'))
    const id = await opened()
    await desk.through(id, 'submission', 'check')
    desk.pass(checkRetryMs)
    expect(await desk.runChecks()).toBe(0)
    expect(await desk.runChecks()).toBe(0)
    desk.pass(2 * checkRetryMs)
    expect(await desk.runChecks()).toBe(1)
    const [check] = await desk.checks(id)
    expect(check).toMatchObject({ state: 'ended', trouble: 'the registry cannot be asked' })
    expect(check?.lines.some(({ result }) => result === 'open')).toBe(true)
    expect(check?.lines.some(({ result }) => result === 'pass')).toBe(false)
    expect(await desk.runChecks()).toBe(0)
  })

  it('are held by one node at a time, and taken up again when that one is gone', async () => {
    desk.find({})
    const id = await opened()
    await desk.through(id, 'submission')
    await desk.command(id, 'check', cast.checker)
    const lease = `UPDATE sluice.connection_check
      SET attempts = attempts + 1, leased_by = 'gone', leased_until = $2 WHERE case_id = $1`
    const until = new Date(Date.now() + 3_600_000)
    await desk.api.database.pool.query(lease, [id, until])
    expect(await desk.runChecks()).toBe(0)
    desk.pass(3_600_001)
    expect(await desk.runChecks()).toBe(1)
  })

  it('are judged by officers only, line by line, with reasons', async () => {
    desk.find({})
    const id = await opened()
    await desk.through(id, 'submission')
    await desk.command(id, 'check', cast.checker)
    const judged = { code: 'TT-03', result: 'fail', reason: 'açar qısadır' }
    expect((await desk.command(id, 'opinion', cast.signer, {})).status).toBe(409)
    expect((await desk.command(id, 'check-decisions', cast.signer, judged)).status).toBe(409)
    await desk.runChecks()
    const without = { code: 'TT-03', result: 'fail' }
    expect((await desk.command(id, 'check-decisions', cast.signer, without)).status).toBe(400)
    const none = { ...judged, code: 'TT-99' }
    expect((await desk.command(id, 'check-decisions', cast.signer, none)).status).toBe(422)
    expect((await desk.command(id, 'check-decisions', cast.owner, judged)).status).toBe(403)
    expect((await desk.command(id, 'check-decisions', cast.checker, judged)).status).toBe(200)
    expect((await desk.command(id, 'opinion', cast.signer, {})).status).toBe(409)
    expect(stateOf(await desk.through(id, 'demand'))).toBe('CHANGES_REQUIRED')
  })
})

it('durations: median days of each state (R-065)', async () => {
  const domain = 'SENED'
  desk.find({})
  for (const days of [1, 3, 8]) {
    const id = await opened({ domain })
    desk.pass(days * 86_400_000)
    await desk.through(id, 'submission')
  }
  const path = `/v1/connection-case-durations?domain=${domain}`
  const { json } = await desk.api.call('GET', path, { as: 'AGENCY' })
  const { items } = json as { items: { state: string; stays: number; medianDays: number }[] }
  const draft = items.find(({ state }) => state === 'DRAFT')
  // With the one of the case on security, which was no day.
  expect(draft?.stays).toBe(4)
  expect(draft?.medianDays).toBeCloseTo(2, 2)
  expect((await desk.api.call('GET', path, { as: cast.owner })).status).toBe(403)
})

describe('the database', () => {
  it('takes a step only where the table has it, whoever asks', async () => {
    const { pool } = desk.api.database
    const { rows } = await pool.query<{ from_state: string; to_state: string }>(
      'SELECT from_state, to_state FROM sluice.connection_transition',
    )
    const there = new Set(rows.map(({ from_state, to_state }) => `${from_state} ${to_state}`))
    const wanted = caseStates.flatMap((state) =>
      caseTable[state].next.map((to) => `${state} ${to}`),
    )
    expect(there).toEqual(new Set(wanted))
    const step = `INSERT INTO sluice.connection_case_step (case_id, number, state, at, by)
      SELECT $1, max(number) + 1, $2, max(at), '{"actor":"x"}'
        FROM sluice.connection_case_step WHERE case_id = $1`
    const id = await opened()
    for (const state of caseStates) {
      if (caseTable.DRAFT.next.includes(state)) continue
      await expect(pool.query(step, [id, state])).rejects.toThrow(`from DRAFT to ${state}`)
    }
    await expect(
      pool.query(
        `UPDATE sluice.connection_case SET state = 'CONNECTED', revision = 2 WHERE id = $1`,
        [id],
      ),
    ).rejects.toThrow('moves by steps')
  })

  it('keeps every step, check and decision', async () => {
    const owner = ownerPool(database.ownerUrl)
    try {
      for (const table of ['case_step', 'case_note', 'check_decision', 'transition']) {
        const change = `DELETE FROM sluice.connection_${table}`
        await expect(owner.query(change)).rejects.toThrow('stays')
      }
      const note = `UPDATE sluice.connection_case_step SET note = 'x'`
      await expect(owner.query(note)).rejects.toThrow('stays')
      const found = `UPDATE sluice.connection_check SET protocol = '{}' WHERE ended_at IS NOT NULL`
      await expect(owner.query(found)).rejects.toThrow('stays')
      const member = `UPDATE sluice.connection_case SET member = 'AZ/GOV/VN'`
      await expect(owner.query(member)).rejects.toThrow('stays')
    } finally {
      await owner.end()
    }
  })
})

it('whatever commands come in whatever order: the history is a way through the table (R-060)', async () => {
  const commands = Object.keys(caseCommands) as CaseCommand[]
  const sequences = fc.array(fc.constantFrom(...commands), { minLength: 5, maxLength: 10 })
  await fc.assert(
    fc.asyncProperty(sequences, fc.boolean(), async (sequence, fails) => {
      desk.find(fails ? { 'TT-03': 'fail' } : {})
      const id = await opened()
      for (const command of sequence) {
        const { status } = await desk.command(id, command, ...usualCall(command))
        expect([200, 409]).toContain(status)
        await desk.runChecks()
      }
      const states = stepsOf(await desk.get(id)).map(({ state }) => state)
      for (const [index, state] of states.slice(1).entries()) {
        expect(caseTable[states[index] ?? 'DRAFT'].next).toContain(state)
      }
    }),
    { numRuns: 8 },
  )
  expect(desk.api.errors).toEqual([])
})

async function actsOf(kind: string) {
  const client = await desk.api.database.pool.connect()
  const acts = await readActs(client, { limit: 1_000 }).finally(() => client.release())
  return acts.flatMap(({ fields }) => (fields?.kind === kind ? [fields] : []))
}
