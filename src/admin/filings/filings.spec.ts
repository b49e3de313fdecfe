import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  openTestAdminApi,
  type AdminAnswer,
  type AdminCall,
  type TestAdminApi,
} from '../../../test/support/admin-api.js'
import { fillAdminRegistry, known } from '../../../test/support/admin-registry.js'
import { startTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import { readActs } from '../../audit-log/audit-log.store.js'
import { filingsPerMemberDayMax } from './limits.js'

let database: TestDatabase
let api: TestAdminApi

const own = { role: 'MEMBER_ADMIN', scope: known.member } as const
const other = { role: 'MEMBER_ADMIN', scope: known.otherMember } as const
const faults = '/v1/fault-reports'
const proposals = '/v1/proposals'
const fault = {
  member: known.member,
  about: 'AZ/GOV/VN/VERGI/voenTap/v1',
  title: 'Cavab gəlmir',
  text: 'Saat 10:00-dan bəri sorğulara cavab gəlmir.',
}
const proposal = { member: known.member, title: 'Növbə', text: 'Növbələrin sayı artırılsın.' }
type As = AdminCall['as']

beforeAll(async () => {
  database = await startTestDatabase()
  await fillAdminRegistry(database)
  api = await openTestAdminApi(database)
})

afterAll(async () => {
  await api.close()
  await database.stop()
})

const file = (path: string, as: As, body: object): Promise<AdminAnswer> =>
  api.call('POST', path, { as, body })
const idOf = ({ json }: AdminAnswer): string => (json as { id: string }).id
const step = (as: As, at: string, name: string, ifMatch: string, body?: object) =>
  api.call('POST', `${at}/${name}`, { as, ifMatch, ...(body && { body }) })

const told = async (as: As, subject: string): Promise<string[]> => {
  const { json } = await api.call('GET', '/v1/notices', { as })
  const { items } = json as { items: { subject: string; text: { az: string } }[] }
  return items.filter((each) => each.subject === subject).map(({ text }) => text.az)
}

describe('fault reports (R-148)', () => {
  it('have number, state and history; the operator’s answer closes one', async () => {
    const year = new Date().getUTCFullYear()
    const filed = await file(faults, own, fault)
    expect(filed).toMatchObject({
      ...{ status: 201, headers: { etag: '"1"' } },
      json: { number: `NM-${year}/0001`, state: 'filed', history: [{ state: 'filed' }] },
    })
    const id = idOf(filed)
    const at = `${faults}/${id}`
    expect(await told('OPERATOR', id)).toEqual([
      `Nasazlıq barədə müraciət təqdim olunub: NM-${year}/0001 (AZ/GOV/DIN): Cavab gəlmir`,
    ])
    const note = 'Araşdırılır'
    expect((await step(own, at, 'acceptance', '"1"', {})).status).toBe(403)
    expect((await step('OPERATOR', at, 'acceptance', '"1"', { note })).status).toBe(200)
    expect((await step('OPERATOR', at, 'acceptance', '"2"', {})).status).toBe(409)
    const answer = { outcome: 'removed', answer: 'Nasazlıq aradan qaldırılıb.' }
    expect((await step('AGENCY', at, 'answer', '"2"', answer)).status).toBe(403)
    expect((await step('OPERATOR', at, 'answer', '"1"', answer)).status).toBe(412)
    const adopted = { ...answer, outcome: 'adopted' }
    expect((await step('OPERATOR', at, 'answer', '"2"', adopted)).status).toBe(400)
    expect(await step('OPERATOR', at, 'answer', '"2"', answer)).toMatchObject({
      status: 200,
      json: {
        ...{ state: 'answered', ...answer },
        history: [{ state: 'filed' }, { state: 'accepted', note }, { state: 'answered' }],
      },
    })
    expect((await told(own, id)).map((text) => text.split(':')[0])).toEqual([
      'Nasazlıq barədə müraciət icraya qəbul edilib',
      'Nasazlıq barədə müraciət cavablandırılıb',
    ])
    for (const name of ['withdrawal', 'answer'] as const) {
      const body = name === 'answer' ? answer : undefined
      const as = name === 'answer' ? 'OPERATOR' : own
      expect((await step(as, at, name, '"3"', body)).status).toBe(409)
    }
    const client = await api.database.pool.connect()
    const acts = await readActs(client, { limit: 10 }).finally(() => client.release())
    expect(acts.map(({ fields }) => `${fields?.kind} ${fields?.subject}`)).toEqual(
      ['file', 'accept', 'answer'].map((kind) => `filing.${kind} fault-report NM-${year}/0001`),
    )
  })

  it('are a member’s own: others see nothing of them, and file nothing in its name', async () => {
    expect((await file(faults, other, fault)).status).toBe(403)
    expect((await file(faults, 'OPERATOR', fault)).status).toBe(403)
    const at = `${faults}/${idOf(await file(faults, own, { ...fault, title: 'Başqa' }))}`
    for (const as of [own, 'OPERATOR', 'AGENCY', 'SECURITY'] as const) {
      expect((await api.call('GET', at, { as })).status).toBe(200)
    }
    expect((await api.call('GET', at, { as: other })).status).toBe(404)
    expect((await step(other, at, 'withdrawal', '"1"')).status).toBe(404)
    expect((await api.call('GET', faults, { as: other })).json).toEqual({ items: [] })
    expect(await step(own, at, 'withdrawal', '"1"')).toMatchObject({
      ...{ status: 200, json: { state: 'withdrawn' } },
    })
    const { json } = await api.call('GET', `${faults}?state=withdrawn`, { as: 'SECURITY' })
    expect(json).toMatchObject({ items: [{ title: 'Başqa' }] })
    // A fault report is no proposal.
    expect((await api.call('GET', at.replace(faults, proposals), { as: own })).status).toBe(404)
  })

  it('of somebody who is no participant are refused', async () => {
    const ghost = { role: 'MEMBER_ADMIN', scope: 'AZ/GOV/YOX' } as const
    const answer = await file(faults, ghost, { ...fault, member: 'AZ/GOV/YOX' })
    expect(answer).toMatchObject({ status: 422, json: { errors: [{ pointer: '/member' }] } })
  })
})

describe('proposals (R-154)', () => {
  it('go to the operator and to the Agency, either of whom answers', async () => {
    const filed = await file(proposals, own, proposal)
    expect((filed.json as { number: string }).number).toMatch(/^TK-\d{4}\/0001$/)
    const id = idOf(filed)
    for (const as of ['OPERATOR', 'AGENCY'] as const) expect(await told(as, id)).toHaveLength(1)
    expect((await api.call('GET', `${proposals}/${id}`, { as: 'SECURITY' })).status).toBe(403)
    const body = { outcome: 'adopted', answer: 'Qəbul olunur.' }
    expect(await step('AGENCY', `${proposals}/${id}`, 'answer', '"1"', body)).toMatchObject({
      ...{ status: 200, json: { state: 'answered', outcome: 'adopted' } },
    })
    expect(await told(own, id)).toHaveLength(1)
  })

  it('filed at one time have numbers without gaps', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, each) =>
        file(proposals, own, { ...proposal, title: `Təklif ${each}` }),
      ),
    )
    const numbers = answers.map(({ json }) => Number((json as { number: string }).number.slice(-4)))
    expect(numbers.sort((one, two) => one - two)).toEqual([2, 3, 4, 5, 6, 7, 8, 9])
  })
})

it('what was withdrawn counts, too: nobody has mails of one member without end', async () => {
  await api.database.pool.query(
    `WITH filed AS (
       INSERT INTO sluice.filing (id, kind, number, member, title, body, filed_by, filed_at)
       SELECT gen_random_uuid(), 'proposal', 'T-' || n, $1, 't', 'b', 'x', now() FROM generate_series(1, $2::int) n)
     SELECT`,
    [known.otherMember, filingsPerMemberDayMax],
  )
  await api.database.pool.query(
    `UPDATE sluice.filing SET state = 'withdrawn', ended_at = now(), revision = 2 WHERE number LIKE 'T-%'`,
  )
  const more = await file(proposals, other, { ...proposal, member: known.otherMember })
  expect(more).toMatchObject({
    status: 409,
    json: { detail: expect.stringContaining('bir gündə') },
  })
})
