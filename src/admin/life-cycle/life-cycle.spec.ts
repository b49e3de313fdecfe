import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  openTestAdminApi,
  type AdminAnswer,
  type AdminCall,
  type TestAdminApi,
} from '../../../test/support/admin-api.js'
import { startTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import { makeAuthority } from '../../../test/support/pki.js'
import { pemOf } from '../../registry/declaration/certificate-file.js'
import { AdminDatabase } from '../admin-database.store.js'
import { RegistryChanges } from '../registry/registry-changes.js'
import { LifeCycleJob } from './life-cycle-job.js'
import { LifeCycle } from './life-cycle.js'

let database: TestDatabase
let api: TestAdminApi

const name = '{ az: a, en: b }'
const pems: Record<string, string> = {}

/** Two systems of A and one of B, which uses both. */
const declaration = (): string => `instance: AZ
domains: [{ code: PORTAL, status: active }]
members:
  - class: GOV
    code: A
    name: ${name}
    subsystems:
      - code: ONE
        domain: PORTAL
        name: ${name}
        certificates: [{ pem: ${JSON.stringify(pems['one'])} }]
        services: [{ code: s, version: v1, protocol: rest, address: "http://10.1.1.1/", modes: [body] }]
      - code: TWO
        domain: PORTAL
        name: ${name}
        important: true
        services: [{ code: s, version: v1, protocol: rest, address: "http://10.1.1.2/", modes: [body] }]
  - class: GOV
    code: B
    name: ${name}
    subsystems: [{ code: USER, domain: PORTAL, name: ${name} }]
  - { class: GOV, code: C, name: ${name} }
accessRights:
  - { id: R1, consumer: AZ/GOV/B/USER, service: AZ/GOV/A/ONE/s, legalBasis: q, purpose: p, from: 2026-01-01, modes: [body] }
  - { id: R2, consumer: AZ/GOV/B/USER, service: AZ/GOV/A/TWO/s, legalBasis: q, purpose: p, from: 2026-01-01, modes: [body] }
`

beforeAll(async () => {
  database = await startTestDatabase()
  api = await openTestAdminApi(database)
  pems['one'] = pemOf((await (await makeAuthority('Kök')).issue()).der)
  const { status, bytes } = await api.call('POST', '/v1/registry/declarations', {
    ...{ as: 'OPERATOR', headers: { 'content-type': 'application/yaml' } },
    bytes: declaration(),
  })
  if (status !== 200) throw new Error(bytes.toString())
})

afterAll(async () => {
  await api.close()
  await database.stop()
})

const path = (noun: string, id: string): string => `/v1/${noun}/${encodeURIComponent(id)}`
const operator = { as: 'OPERATOR' } as const
const post = (target: string, body: object): Promise<AdminAnswer> =>
  api.call('POST', `/v1/life-cycle/${target}`, { ...operator, body })
const later = (ms: number): string => new Date(Date.now() + ms).toISOString()

async function setStatus(noun: string, id: string, body: object): Promise<AdminAnswer> {
  const seen = await api.call('GET', path(noun, id), operator)
  return api.call('PUT', `${path(noun, id)}/status`, {
    ...{ ...operator, ifMatch: String(seen.headers['etag']) },
    body: { reason: 'Əmr 12', ...body },
  })
}

async function certificateStatus(): Promise<string | undefined> {
  const { rows } = await api.database.pool.query<{ status: string }>(
    'SELECT status FROM sluice.certificate',
  )
  return rows[0]?.status
}

const jobAt = async (now: Date): Promise<number> => {
  const admin = new AdminDatabase(api.database.pool)
  const lifeCycle = new LifeCycle(admin, new RegistryChanges(api.database.pool))
  return new LifeCycleJob(admin, lifeCycle).turn(now)
}

async function noticesOf(member: string): Promise<string[]> {
  const { json } = await api.call('GET', '/v1/notices?limit=200', {
    as: { role: 'MEMBER_ADMIN', scope: member },
  })
  const { items } = json as { items: { kind: string; subject: string }[] }
  return items.map(({ kind, subject }) => `${kind} ${subject}`)
}

describe('suspension of a system', () => {
  it('holds its certificates; resumption releases them (R-088)', async () => {
    expect(await setStatus('subsystems', 'AZ/GOV/A/ONE', { status: 'suspended' })).toMatchObject({
      status: 200,
      json: { status: 'suspended' },
    })
    expect(await certificateStatus()).toBe('held')
    await setStatus('subsystems', 'AZ/GOV/A/ONE', { status: 'active' })
    expect(await certificateStatus()).toBe('active')
  })

  it('of its member holds them too', async () => {
    await setStatus('members', 'AZ/GOV/A', { status: 'suspended' })
    expect(await certificateStatus()).toBe('held')
    await setStatus('members', 'AZ/GOV/A', { status: 'active' })
    expect(await certificateStatus()).toBe('active')
  })
})

it('holds certificates as long as the system or its member is suspended, whichever is resumed first', async () => {
  const system = (status: string) => setStatus('subsystems', 'AZ/GOV/A/ONE', { status })
  const member = (status: string) => setStatus('members', 'AZ/GOV/A', { status })
  const orders = [
    [system, member],
    [member, system],
  ] as const
  for (const [first, second] of orders) {
    await system('suspended')
    await member('suspended')
    await first('active')
    expect(await certificateStatus()).toBe('held')
    await second('active')
    expect(await certificateStatus()).toBe('active')
  }
})

describe('the standing of a service', () => {
  it('is its owner’s matter too, but for its end', async () => {
    const id = 'AZ/GOV/A/ONE/s/v1'
    const owner = { as: { role: 'MEMBER_ADMIN', scope: 'AZ/GOV/A' } } as const
    const put = async (status: string): Promise<number> => {
      const seen = await api.call('GET', path('services', id), owner)
      const answer = await api.call('PUT', `${path('services', id)}/status`, {
        ...{ ...owner, ifMatch: String(seen.headers['etag']) },
        body: { status, reason: 'Texniki səbəb' },
      })
      return answer.status
    }
    expect([await put('suspended'), await put('active'), await put('liquidated')]).toEqual([
      200, 200, 403,
    ])
    await setStatus('services', id, { status: 'liquidated' })
    expect(await put('active')).toBe(403)
    expect((await setStatus('services', id, { status: 'active' })).status).toBe(200)
  })
})

describe('change of owner (R-130)', () => {
  it('waits for its day; then the new owner administers, old keys are void, consumers know', async () => {
    const filed = await post('owner-changes', {
      ...{ subsystem: 'AZ/GOV/A/ONE', to: 'AZ/GOV/C', reason: 'Sərəncam 7', at: later(60_000) },
    })
    expect(filed).toMatchObject({ status: 201, json: { state: 'planned' } })
    const twice = await post('owner-changes', {
      ...{ subsystem: 'AZ/GOV/A/ONE', to: 'AZ/GOV/B', reason: 'Sərəncam 8' },
    })
    expect(twice.status).toBe(409)
    expect(await jobAt(new Date())).toBe(0)
    expect(await jobAt(new Date(Date.now() + 61_000))).toBe(1)
    expect(await jobAt(new Date(Date.now() + 61_000))).toBe(0)
    const now = await api.call('GET', path('subsystems', 'AZ/GOV/A/ONE'), operator)
    expect(now.json).toMatchObject({ id: 'AZ/GOV/A/ONE', owner: 'AZ/GOV/C' })
    expect(await certificateStatus()).toBe('revoked')
    const put = (scope: string): Promise<AdminAnswer> =>
      api.call('PUT', `${path('services', 'AZ/GOV/A/ONE/s/v1')}/status`, {
        ...{ as: { role: 'MEMBER_ADMIN', scope }, ifMatch: '"0"' },
        body: { status: 'active', reason: 'r' },
      })
    expect((await put('AZ/GOV/A')).status).toBe(403)
    expect((await put('AZ/GOV/C')).status).toBe(412)
    for (const member of ['AZ/GOV/A', 'AZ/GOV/B', 'AZ/GOV/C']) {
      expect(await noticesOf(member)).toContain('life-cycle.planned AZ/GOV/A/ONE')
    }
    expect(await noticesOf('AZ/GOV/B')).toContain('life-cycle.done AZ/GOV/A/ONE')
    const past = await api.call('GET', `${path('subsystems', 'AZ/GOV/A/ONE')}/history`, operator)
    expect((past.json as { items: object[] }).items[0]).toMatchObject({ actor: 'sluice' })
  })

  it('is refused at once for an owner that does not exist, and can be called off', async () => {
    const nobody = { subsystem: 'AZ/GOV/A/TWO', to: 'AZ/GOV/X', reason: 'r' }
    expect((await post('owner-changes', nobody)).status).toBe(422)
    const past = { ...nobody, to: 'AZ/GOV/C', at: later(-60_000) }
    expect((await post('owner-changes', past)).status).toBe(422)
    const filed = await post('owner-changes', { ...past, at: later(3_600_000) })
    const { id } = filed.json as { id: string }
    const call = (ifMatch: string): Promise<AdminAnswer> =>
      api.call('POST', `/v1/life-cycle/events/${id}/cancellation`, { ...operator, ifMatch })
    expect((await call('"9"')).status).toBe(412)
    expect(await call(String(filed.headers['etag']))).toMatchObject({
      json: { state: 'cancelled' },
    })
    expect((await call('"2"')).status).toBe(409)
  })
})

describe('end of a system (R-131, R-036)', () => {
  it('needs a successor or a place for its data where it is important', async () => {
    const bare = await post('liquidations', { subject: 'AZ/GOV/A/TWO', reason: 'Qərar 3' })
    expect(bare.status).toBe(422)
    const ended = await post('liquidations', {
      ...{ subject: 'AZ/GOV/A/TWO', reason: 'Qərar 3', archivePlace: 'Milli Arxiv' },
    })
    expect(ended).toMatchObject({ status: 201, json: { state: 'done' } })
    const system = await api.call('GET', path('subsystems', 'AZ/GOV/A/TWO'), operator)
    expect(system.json).toMatchObject({ status: 'liquidated', archivePlace: 'Milli Arxiv' })
    const right = await api.call('GET', '/v1/access-rights/R2', operator)
    expect(right.json).toMatchObject({ status: 'withdrawn' })
    expect(await noticesOf('AZ/GOV/B')).toContain('life-cycle.done AZ/GOV/A/TWO')
  })
})

describe('archiving (R-136)', () => {
  const archive = (subject: string, as: AdminCall['as'] = 'OPERATOR'): Promise<AdminAnswer> =>
    api.call('POST', '/v1/life-cycle/archivings', { as, body: { subject, reason: 'Arxiv 4' } })
  const two = path('subsystems', 'AZ/GOV/A/TWO')
  const listed = async (noun: string, query: string): Promise<string[]> => {
    const { json } = await api.call('GET', `/v1/${noun}${query}`, { as: 'AGENCY' })
    return (json as { items: { id: string }[] }).items.map(({ id }) => id)
  }

  it('takes what has ended out of lists, with its services; nothing of it is lost', async () => {
    expect((await archive('AZ/GOV/A/ONE')).status).toBe(422)
    expect((await archive('AZ/GOV/A/NONE')).status).toBe(404)
    expect((await archive('AZ/GOV/A/TWO', 'AGENCY')).status).toBe(403)
    const before = await api.call('GET', two, operator)
    expect((await archive('AZ/GOV/A/TWO')).status).toBe(204)
    expect(await listed('subsystems', '')).toEqual(['AZ/GOV/A/ONE', 'AZ/GOV/B/USER'])
    expect(await listed('subsystems', '?archived=true')).toEqual(['AZ/GOV/A/TWO'])
    expect(await listed('services', '')).toEqual(['AZ/GOV/A/ONE/s/v1'])
    expect(await listed('services', '?archived=true')).toEqual(['AZ/GOV/A/TWO/s/v1'])
    const now = await api.call('GET', two, operator)
    expect(now.json).toEqual({ ...(before.json as object), archived: true })
    const { json } = await api.call('GET', `${two}/history`, operator)
    const states = (json as { items: { entry: { archived: boolean } }[] }).items
    expect(states.map(({ entry }) => entry.archived).slice(0, 2)).toEqual([true, false])
  })

  it('is for good: what is archived does not begin again, and is exported as it is', async () => {
    expect((await setStatus('subsystems', 'AZ/GOV/A/TWO', { status: 'active' })).status).toBe(422)
    const seen = await api.call('GET', two, operator)
    const ifMatch = String(seen.headers['etag'])
    const body = { archived: false }
    expect((await api.call('PATCH', two, { ...operator, ifMatch, body })).status).toBe(400)
    const exported = await api.call('GET', '/v1/registry/declaration', operator)
    expect(exported.bytes.toString().match(/archived: true/g)).toHaveLength(2)
    const applied = await api.call('POST', '/v1/registry/declarations?dryRun=true', {
      ...{ ...operator, headers: { 'content-type': 'application/yaml' }, bytes: exported.bytes },
    })
    expect(applied.json).toMatchObject({ changes: [] })
  })
})

describe('merger (R-135)', () => {
  it('makes all systems the other’s, and leaves their names good for a year', async () => {
    const merged = await post('mergers', { from: 'AZ/GOV/B', into: 'AZ/GOV/C', reason: 'Fərman' })
    expect(merged).toMatchObject({ status: 201, json: { state: 'done' } })
    const user = await api.call('GET', path('subsystems', 'AZ/GOV/B/USER'), operator)
    expect(user.json).toMatchObject({ owner: 'AZ/GOV/C', status: 'active' })
    const gone = await api.call('GET', path('members', 'AZ/GOV/B'), operator)
    expect(gone.json).toMatchObject({ status: 'liquidated', successor: 'AZ/GOV/C' })
    const { aliasUntil } = gone.json as { aliasUntil: string }
    const months = (new Date(aliasUntil).getTime() - Date.now()) / 86_400_000
    expect(months).toBeGreaterThan(360)
    expect(api.errors).toEqual([])
  })
})
