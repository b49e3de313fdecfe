import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { TestCaller } from '../../../test/support/admin-api.js'
import {
  cast,
  idOf,
  inboxOf,
  openCase,
  openTestDesk,
  serviceApplication,
  stateOf,
  stepsOf,
  systemApplication,
  usualCall,
  type TestDesk,
} from '../../../test/support/connection-cases.js'
import { noticesOf } from '../../../test/support/connection-case.js'
import { startTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import { ownerPool } from '../../../test/support/registry-database.js'
import { caseCommands, type CaseCommand } from '../../connection/case-command.js'
import { caseStates, caseTable } from '../../connection/case-state.js'
import { checkRetryMs, stepsBeforeSubmissionMax } from '../../connection/limits.js'

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

const opened = (changes: object = {}): Promise<string> => openCase(desk, changes)

describe('domains', () => {
  it('where the founder admits: the operator gives the opinion, and no agreement (R-210)', async () => {
    desk.find({})
    const id = await opened({ domain: 'MURACIET' })
    const answer = await desk.through(id, 'submission', 'check', 'opinion')
    expect(answer.json).toMatchObject({ approver: 'FOUNDER_ADMIN' })
    expect((await desk.command(id, 'agreement', cast.signer)).status).toBe(403)
    const elsewhere = { role: 'FOUNDER_ADMIN', scope: 'SENED' } as const
    const asked = async (as: TestCaller): Promise<unknown[]> =>
      (await noticesOf(desk.api, as, 'connection-case.admission-asked')).map(({ text }) => text.az)
    expect(await asked(cast.founder)).toEqual([expect.stringContaining('qərarınız gözlənilir')])
    expect(await asked(elsewhere)).toEqual([])
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
    expect((await inboxOf(desk, 'SECURITY', id)).map(({ kind }) => kind)).toEqual([
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

  it('are those of the system: no service comes in by the procedure of another, nor for an owner of before', async () => {
    desk.find({})
    for (const domain of ['MURACIET', 'SENED']) {
      for (const application of [systemApplication, serviceApplication]) {
        expect((await desk.open(application('KOHNE', { domain }))).status).toBe(409)
      }
    }
    const id = idOf(await desk.open(serviceApplication('KOHNE')))
    await desk.through(id, 'submission', 'check', 'opinion')
    const declared = async (fields: string): Promise<void> => {
      const bytes = `{ instance: AZ, members: [{ class: GOV, code: NN, subsystems: [{ code: KOHNE, ${fields} }] }] }`
      const headers = { 'content-type': 'application/yaml' }
      const terms = { as: 'OPERATOR' as const, headers, bytes }
      const answer = await desk.api.call('POST', '/v1/registry/declarations', terms)
      expect(answer.status).toBe(200)
    }
    await declared('domain: SENED')
    expect((await desk.command(id, 'agreement', cast.signer)).status).toBe(409)
    await declared('domain: PORTAL')
    await desk.through(id, 'agreement')
    await declared('owner: AZ/GOV/VN')
    expect((await desk.command(id, 'registration', cast.signer)).status).toBe(409)
    await declared('owner: AZ/GOV/NN')
    await desk.through(id, 'registration')
    // Whose a system is no more keeps its present owner from nothing, and its name stays.
    const wanted = { objectId: 'AZ/GOV/NN/KOHNE/qalan/v1' }
    const left = idOf(await desk.open(serviceApplication('KOHNE', wanted)))
    const [, beside] = usualCall('archiving')
    expect((await desk.command(left, 'archiving', 'OPERATOR', beside)).status).toBe(409)
    await declared('owner: AZ/GOV/VN')
    const theirs = serviceApplication('KOHNE', { ...wanted, member: 'AZ/GOV/VN' })
    expect((await desk.open(theirs, cast.other)).status).toBe(409)
    expect((await desk.command(left, 'archiving', 'OPERATOR', beside)).status).toBe(200)
    expect((await desk.open(theirs, cast.other)).status).toBe(201)
    await declared('owner: AZ/GOV/NN')
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
    expect(await inboxOf(desk, 'SECURITY', 'PORTAL')).toHaveLength(1)
    const back = { ...body, securityOpinion: false }
    const again = { as: 'OPERATOR', ifMatch: '"1"', body: back } as const
    expect((await desk.api.call('PUT', path, again)).status).toBe(200)
    const unknown = await desk.api.call('GET', '/v1/connection-profiles/YOX', { as: 'nobody' })
    expect(unknown.status).toBe(404)
  })
})

it('an application that lacks data is not handed in without end', async () => {
  const id = await opened({ technical: undefined })
  const submit = async (): Promise<number> =>
    (await desk.command(id, 'submission', cast.owner)).status
  while (stepsOf(await desk.get(id)).length < stepsBeforeSubmissionMax) {
    expect(await submit()).toBe(200)
  }
  expect(await submit()).toBe(409)
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
  // What happens beside the steps is in their midst.
  const beside = ['archiving', 'correction'] as const
  const commands = [...(Object.keys(caseCommands) as CaseCommand[]), ...beside]
  const sequences = fc.array(fc.constantFrom(...commands), { minLength: 5, maxLength: 10 })
  await fc.assert(
    fc.asyncProperty(sequences, fc.boolean(), async (sequence, fails) => {
      desk.find(fails ? { 'TT-03': 'fail' } : {})
      const id = await opened()
      for (const command of sequence) {
        const before = await desk.get(id)
        const answer = await desk.command(id, command, ...usualCall(command))
        const isCorrection = command === 'correction'
        expect(isCorrection ? [409, 422] : [200, 409]).toContain(answer.status)
        if ('archived' in (before.json as object)) expect(answer.status).toBe(409)
        if (isCorrection || command === 'archiving')
          expect(stateOf(await desk.get(id))).toBe(stateOf(before))
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
