import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import {
  openTestAdminApi,
  type AdminAnswer,
  type AdminCall,
  type TestAdminApi,
} from '../../../test/support/admin-api.js'
import { startTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import { readActs } from '../../audit-log/audit-log.store.js'
import { windowChangesMax, windowsPerDayMax } from '../../maintenance/limits.js'

const windows = '/v1/maintenance-windows'
const hourMs = 3_600_000
const provider = { role: 'MEMBER_ADMIN', scope: 'AZ/GOV/VN' } as const
const consumer = { role: 'MEMBER_ADMIN', scope: 'AZ/GOV/DIM' } as const
const ofOneVersion = { role: 'MEMBER_ADMIN', scope: 'AZ/GOV/ETN' } as const
const stranger = { role: 'MEMBER_ADMIN', scope: 'AZ/GOV/YAD' } as const
const system = 'AZ/GOV/VN/VERGI'
const service = `${system}/voenTap/v1`
const works = { az: 'Baza yenilənir', en: 'Database upgrade' }

const name = '{ az: a, en: b }'
const member = (code: string, subsystems = `[${systemOf('SISTEM')}]`): string =>
  `  - { class: GOV, code: ${code}, name: ${name}, status: active, subsystems: ${subsystems} }`
function systemOf(code: string, services = ''): string {
  return `{ code: ${code}, domain: PORTAL, name: ${name}, status: active${services} }`
}
const version = (each: string, isDefault = false): string =>
  `{ code: voenTap, version: ${each}, default: ${isDefault}, protocol: rest,
     address: "https://vergi.example.az/${each}", modes: [user, body], status: active }`
const right = (id: string, by: string, of: string, more = ''): string =>
  `  - { id: ${id}, consumer: AZ/GOV/${by}/SISTEM, service: ${of}, legalBasis: a, purpose: b,
       from: 2026-01-01, modes: [body], status: active${more} }`
const sample = `instance: AZ
domains: [{ code: PORTAL, status: active }]
members:
${member('VN', `[${systemOf('VERGI', `, services: [${version('v1', true)}, ${version('v2')}]`)}]`)}
${['DIM', 'ETN', 'YAD', 'KOHNE'].map((code) => member(code)).join('\n')}
accessRights:
${right('all', 'DIM', `${system}/voenTap`)}
${right('two', 'ETN', `${system}/voenTap/v2`)}
${right('old', 'KOHNE', `${system}/voenTap`, ', until: 2026-02-01')}
`

let database: TestDatabase
let api: TestAdminApi
let now: Date

const at = (ms: number): Date => new Date(now.getTime() + ms)
const inHours = (hours: number): string => at(hours * hourMs).toISOString()

beforeAll(async () => {
  now = new Date()
  database = await startTestDatabase()
  api = await openTestAdminApi(database, { clock: () => now })
  const answer = await api.call('POST', '/v1/registry/declarations', {
    ...{ as: 'OPERATOR', headers: { 'content-type': 'application/yaml' }, bytes: sample },
  })
  if (answer.status !== 200) throw new Error(answer.bytes.toString())
})

afterAll(async () => {
  await api.close()
  await database.stop()
})

interface WindowJson {
  readonly id: string
  readonly late: boolean
  readonly state: string
}

const file = (as: AdminCall['as'], terms: object = {}): Promise<AdminAnswer> =>
  api.call('POST', windows, {
    ...{ as, body: { target: system, from: inHours(72), until: inHours(74), works, ...terms } },
  })
const etag = ({ headers }: AdminAnswer): string => headers['etag'] as string
const idOf = ({ json }: AdminAnswer): string => (json as WindowJson).id
const act = (window: AdminAnswer, act: string, body?: object, as: AdminCall['as'] = provider) =>
  api.call('POST', `${windows}/${idOf(window)}/${act}`, {
    ...{ as, ifMatch: etag(window), ...(body && { body }) },
  })
const change = (window: AdminAnswer, body: object, as: AdminCall['as'] = provider) =>
  api.call('PATCH', `${windows}/${idOf(window)}`, { as, ifMatch: etag(window), body })

interface NoticeJson {
  readonly kind: string
  readonly subject: string
  readonly text: { readonly az: string; readonly en: string }
}

/** What stands in the inbox of a caller about a window. */
async function told(as: AdminCall['as'], window: AdminAnswer): Promise<NoticeJson[]> {
  const { json } = await api.call('GET', '/v1/notices?limit=200', { as })
  const { items } = json as { items: NoticeJson[] }
  return items.filter(({ subject }) => subject === idOf(window))
}

describe('notice of works (R-140)', () => {
  it('at 48 hours is in time; at 47 it is taken, marked late and counted', async () => {
    const inTime = await file(provider, { from: inHours(48), until: inHours(50) })
    expect(inTime).toMatchObject({
      status: 201,
      json: { late: false, state: 'planned', member: 'AZ/GOV/VN', target: system, kind: 'member' },
    })
    expect(inTime.json).not.toHaveProperty('remark')
    const late = await file(provider, { from: inHours(47), until: inHours(50) })
    expect(late).toMatchObject({
      status: 201,
      json: {
        late: true,
        remark: { az: 'Bildiriş iki gündən az müddət qalmış təqdim edilib.' },
      },
    })
    const report = '/v1/maintenance-reports'
    const own = { items: [{ member: 'AZ/GOV/VN', announced: 2, late: 1, calledOff: 0 }] }
    for (const as of [provider, 'OPERATOR', 'AGENCY'] as const) {
      expect((await api.call('GET', report, { as })).json).toMatchObject(own)
    }
    expect((await api.call('GET', report, { as: stranger })).json).toEqual({ items: [] })
    const [notice] = await told('OPERATOR', late)
    expect(notice?.text.az).toContain('Bildiriş iki gündən az müddət qalmış təqdim edilib.')
    expect(notice?.text.en).toContain(`${system}: maintenance is planned`)
  })

  it('of what nobody planned begins with it, and is late', async () => {
    const filed = await file(provider, { from: undefined, until: inHours(1) })
    expect(filed).toMatchObject({ status: 201, json: { late: true, state: 'running' } })
    await act(filed, 'end')
  })

  it('is refused for a start in the past, an end before it, and ages ahead', async () => {
    for (const [terms, pointer] of [
      [{ from: at(-1).toISOString() }, '/from'],
      [{ from: inHours(24 * 367), until: inHours(24 * 367 + 1) }, '/from'],
      [{ until: inHours(72) }, '/until'],
      [{ until: inHours(72 + 24 * 31 + 1) }, '/until'],
      [{ target: 'AZ/GOV/VN/YOXDUR' }, '/target'],
      [{ target: `${system}/voenTap/v9` }, '/target'],
      [{ target: 'nowhere' }, '/target'],
    ] as const) {
      const answer = await file('OPERATOR', terms)
      expect(answer).toMatchObject({ status: 422, json: { errors: [{ pointer }] } })
    }
    expect((await file(provider, { works: { az: ' ', en: 'x' } })).status).toBe(400)
  })

  it('is given by who owns the system, or by the operator for them', async () => {
    expect((await file(stranger)).status).toBe(403)
    expect((await file('AGENCY')).status).toBe(403)
    const filed = await file('OPERATOR')
    expect(filed.status).toBe(201)
    expect((await change(filed, { works }, stranger)).status).toBe(403)
    expect((await act(filed, 'cancellation', { reason: 'x' }, stranger)).status).toBe(403)
    const client = await api.database.pool.connect()
    const acts = await readActs(client, { limit: 100 }).finally(() => client.release())
    expect(acts.map(({ fields }) => fields?.subject)).toContain(`maintenance window ${idOf(filed)}`)
  })

  it('stays: nobody deletes it, and what was called off is not changed', async () => {
    const called = await act(await file(provider), 'cancellation', { reason: 'Lazım deyil' })
    const owner = new pg.Client(database.ownerUrl)
    await owner.connect()
    try {
      for (const statement of [
        'DELETE FROM sluice.maintenance_window',
        `UPDATE sluice.maintenance_window SET late = false WHERE id = '${idOf(called)}'`,
      ]) {
        await expect(owner.query(statement)).rejects.toThrow()
      }
      const { rows } = await owner.query(
        `SELECT count(*) AS states FROM sluice.registry_history WHERE id = $1`,
        [idOf(called)],
      )
      expect(rows).toEqual([{ states: '2' }])
    } finally {
      await owner.end()
    }
  })
})

describe('whom works concern (R-141)', () => {
  it('is told of a system: each consumer with a right in force, and nobody else', async () => {
    const window = await file(provider)
    for (const as of [consumer, ofOneVersion, 'OPERATOR'] as const) {
      const notices = await told(as, window)
      expect(notices.map(({ kind }) => kind)).toEqual(['maintenance.planned'])
      expect(notices[0]?.text.az).toContain('texniki iş aparılacaq')
      expect(notices[0]?.text.az).toContain('(Baza yenilənir)')
    }
    const expired = { role: 'MEMBER_ADMIN', scope: 'AZ/GOV/KOHNE' } as const
    for (const as of [stranger, expired, provider]) expect(await told(as, window)).toEqual([])
  })

  it('is told of one version alone where that is all', async () => {
    const window = await file(provider, { target: service })
    expect(await told(consumer, window)).toHaveLength(1)
    expect(await told(ofOneVersion, window)).toEqual([])
  })

  it('is told of every change, and where the works are called off or end early', async () => {
    const window = await file(provider, { from: inHours(1), until: inHours(3) })
    const changed = await change(window, { until: inHours(4) })
    expect(changed.status).toBe(200)
    expect((await change(window, { until: inHours(5) })).status).toBe(412)
    const same = await change(changed, { works, until: inHours(4) })
    expect([same.status, etag(same)]).toEqual([200, etag(changed)])
    const begin = now
    now = at(2 * hourMs)
    expect(await act(changed, 'cancellation', { reason: 'x' })).toMatchObject({ status: 409 })
    const ended = await act(changed, 'end')
    expect(ended).toMatchObject({ status: 200, json: { state: 'ended' } })
    expect(await act(ended, 'end')).toMatchObject({ status: 409 })
    expect(await change(ended, { works })).toMatchObject({ status: 409 })
    now = begin
    const off = await file(provider)
    expect(await act(off, 'end')).toMatchObject({ status: 409 })
    const calledOff = await act(off, 'cancellation', { reason: 'Lazım deyil' })
    expect(calledOff).toMatchObject({ status: 200, json: { state: 'calledOff' } })
    const kinds = [...(await told(consumer, window)), ...(await told(consumer, off))]
    expect(kinds.map(({ kind }) => kind.slice('maintenance.'.length))).toEqual([
      ...['planned', 'changed', 'ended', 'planned', 'cancelled'],
    ])
  })
})

describe('a change', () => {
  it('that takes in time not announced before is as late as new notice; one that gives way is not', async () => {
    const window = await file(provider, { from: inHours(49), until: inHours(60) })
    const begin = now
    now = at(2 * hourMs)
    const shorter = await change(window, { until: inHours(57) })
    expect(shorter.json).toMatchObject({ late: false })
    const longer = await change(shorter, { until: inHours(59) })
    expect(longer.json).toMatchObject({ late: true })
    expect((await change(longer, { from: at(-1).toISOString() })).status).toBe(422)
    now = at(48 * hourMs)
    const running = await api.call('GET', `${windows}/${idOf(window)}`, { as: stranger })
    expect(running.json).toMatchObject({ state: 'running' })
    expect((await change(longer, { from: inHours(1) })).status).toBe(422)
    expect((await change(longer, { until: inHours(1) })).status).toBe(200)
    now = begin
  })
})

describe('the operator’s schedule (R-143)', () => {
  it('is the operator’s alone, and every participant is told of it', async () => {
    expect((await file(provider, { target: undefined })).status).toBe(403)
    const window = await file('OPERATOR', { target: undefined, from: inHours(2) })
    expect(window).toMatchObject({ status: 201, json: { kind: 'bus', late: false } })
    for (const as of [provider, consumer, stranger]) {
      const [notice] = await told(as, window)
      expect(notice?.text.az).toContain('Şlüz: profilaktik iş aparılacaq')
    }
    expect((await change(window, { works }, provider)).status).toBe(403)
  })

  it('and participants’ works stand in one calendar, as JSON and as iCalendar', async () => {
    const both = { from: inHours(100), until: inHours(101) }
    const ids = [
      idOf(await file('OPERATOR', { target: undefined, ...both })),
      idOf(await file(provider, { target: service, ...both })),
    ]
    const time = `from=${inHours(100)}&until=${inHours(101)}`
    const { json } = await api.call('GET', `${windows}?${time}`, { as: stranger })
    const { items } = json as { items: (WindowJson & { kind: string })[] }
    expect(items.map(({ id, kind }) => [kind, id])).toEqual([
      ['bus', ids[0]],
      ['member', ids[1]],
    ])
    const ofKind = await api.call('GET', `${windows}?${time}&kind=bus`, { as: stranger })
    expect((ofKind.json as { items: WindowJson[] }).items.map(({ id }) => id)).toEqual([ids[0]])
    const calendar = await api.call('GET', '/v1/maintenance-calendar', { as: 'nobody' })
    expect(calendar.headers['content-type']).toBe('text/calendar; charset=utf-8')
    for (const id of ids) expect(calendar.bytes.toString()).toContain(`UID:${id}\r\n`)
    expect((await api.call('GET', '/v1/maintenance-calendar')).status).toBe(401)
  })
})

describe('the state of a service', () => {
  const state = async (): Promise<unknown> =>
    (await api.call('GET', `/v1/services/${encodeURIComponent(service)}/state`, { as: 'nobody' }))
      .json
  const begin = (): void => void (now = new Date())

  beforeEach(begin)
  afterAll(begin)

  it('is MAINTENANCE from the start of works on it or on its system, until they are all over', async () => {
    const label = { az: 'Texniki iş aparılır', en: 'In maintenance' }
    await file(provider, { from: inHours(200), until: inHours(202) })
    await file(provider, { target: service, from: inHours(201), until: inHours(203) })
    const until = inHours(203)
    expect(await state()).toMatchObject({ service, state: 'ACTIVE', label: { az: 'Aktiv' } })
    now = at(200 * hourMs)
    expect(await state()).toMatchObject({ state: 'MAINTENANCE', label, until })
    now = at(3 * hourMs)
    expect(await state()).toMatchObject({ state: 'ACTIVE' })
    const nowhere = `/v1/services/${encodeURIComponent(`${system}/voenTap/v9`)}/state`
    expect((await api.call('GET', nowhere, { as: 'nobody' })).status).toBe(404)
  })
})

it('nobody is told without end: a window is changed so often, and so many are filed in a day', async () => {
  let window = await file(provider)
  for (let changes = 0; changes < windowChangesMax; changes += 1) {
    window = await change(window, { until: inHours(74 + (changes % 2) + 1) })
    expect(window.status).toBe(200)
  }
  expect((await change(window, { until: inHours(80) })).status).toBe(409)
  await api.database.pool.query(
    `INSERT INTO sluice.maintenance_window (id, member, subsystem, starts_at, ends_at, works_az, works_en,
       filed_at, announced_at, late)
     SELECT gen_random_uuid(), member, subsystem, $3::timestamptz - interval '2 hours', $3::timestamptz - interval '1 hour',
       works_az, works_en, filed_at, announced_at, late
       FROM sluice.maintenance_window, generate_series(1, $2::int) WHERE id = $1`,
    [idOf(window), windowsPerDayMax, now],
  )
  expect((await file(provider)).status).toBe(409)
})
