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

let database: TestDatabase
let api: TestAdminApi

const declare = (bytes: string): Promise<AdminAnswer> =>
  api.call('POST', '/v1/registry/declarations', {
    ...{ as: 'OPERATOR', headers: { 'content-type': 'application/yaml' } },
    bytes,
  })

beforeAll(async () => {
  database = await startTestDatabase()
  api = await openTestAdminApi(database)
  const pem = pemOf((await (await makeAuthority('Kök')).issue()).der)
  const { status, bytes } = await declare(`instance: AZ
domains: [{ code: PORTAL, status: active }]
members:
  - class: GOV
    code: A
    name: { az: a, en: b }
    subsystems:
      - code: ONE
        domain: PORTAL
        name: { az: a, en: b }
        certificates: [{ pem: ${JSON.stringify(pem)} }]
        services: [{ code: s, version: v1, protocol: rest, address: "http://10.1.1.1/", modes: [body] }]
`)
  if (status !== 200) throw new Error(bytes.toString())
})

afterAll(async () => {
  await api.close()
  await database.stop()
})

const path = (noun: string, id: string): string => `/v1/${noun}/${encodeURIComponent(id)}`
const operator = { as: 'OPERATOR' } as const

async function certificateStatus(): Promise<string | undefined> {
  const { rows } = await api.database.pool.query<{ status: string }>(
    'SELECT status FROM sluice.certificate',
  )
  return rows[0]?.status
}

describe('who may stop what, and let it go on (R-155)', () => {
  const owner = { as: { role: 'MEMBER_ADMIN', scope: 'AZ/GOV/A' } } as const
  const founder = { as: { role: 'FOUNDER_ADMIN', scope: 'PORTAL' } } as const
  type Who = Pick<AdminCall, 'as'>
  const put =
    (noun: string, id: string) =>
    async (who: Who, status: string, more: object = {}): Promise<number> => {
      const seen = await api.call('GET', path(noun, id), operator)
      const answer = await api.call('PUT', `${path(noun, id)}/status`, {
        ...{ ...who, ifMatch: String(seen.headers['etag']) },
        body: { status, reason: 'Səbəb', ...more },
      })
      return answer.status
    }
  const system = put('subsystems', 'AZ/GOV/A/ONE')
  const service = put('services', 'AZ/GOV/A/ONE/s/v1')
  const others: readonly Who[] = [
    { as: { role: 'MEMBER_ADMIN', scope: 'AZ/GOV/B' } },
    { as: { role: 'FOUNDER_ADMIN', scope: 'OTHER' } },
    { as: 'SECURITY' },
  ]

  it('owner and founder stop a system, and each resumes its own suspension; certificates follow', async () => {
    for (const who of [owner, founder]) {
      expect(await system(who, 'suspended')).toBe(200)
      expect(await certificateStatus()).toBe('held')
      for (const other of [...others, who === owner ? founder : owner]) {
        expect(await system(other, 'active')).toBe(403)
      }
      expect(await system(who, 'active')).toBe(200)
      expect(await certificateStatus()).toBe('active')
    }
    for (const other of others) expect(await system(other, 'suspended')).toBe(403)
  })

  it('nobody resumes what somebody above them suspended, not by suspending it once more either', async () => {
    for (const [above, ...below] of [
      [operator, founder, owner],
      [founder, owner],
    ] as const) {
      expect(await system(above, 'suspended')).toBe(200)
      for (const who of below) {
        expect([await system(who, 'suspended'), await system(who, 'active')]).toEqual([200, 403])
      }
      expect(await system(operator, 'active')).toBe(200)
    }
  })

  it('who is above takes a suspension over, and the act says so', async () => {
    await system(owner, 'suspended')
    await system(founder, 'suspended')
    expect(await system(owner, 'active')).toBe(403)
    await system(operator, 'suspended')
    expect(await system(founder, 'active')).toBe(403)
    const { rows } = await api.database.pool.query<{ count: number }>(
      "SELECT count(*)::int FROM sluice.audit_log_entry WHERE kind = 'suspension.take-over'",
    )
    expect(rows).toEqual([{ count: 2 }])
    await system(operator, 'active')
  })

  it('a suspension by declaration is the operator’s, whoever had suspended it before', async () => {
    const declared = (status: string): Promise<AdminAnswer> =>
      declare(
        `{ instance: AZ, members: [{ class: GOV, code: A, subsystems: [{ code: ONE, status: ${status} }] }] }`,
      )
    await system(owner, 'suspended')
    await declared('active')
    await declared('suspended')
    expect(await system(owner, 'active')).toBe(403)
    await system(operator, 'active')
  })

  it('the founder is told of members and systems that are stopped or go on, of his domain alone', async () => {
    const told = async (who: Who): Promise<string[]> => {
      const { json } = await api.call('GET', '/v1/notices?limit=200', who)
      const { items } = json as { items: { kind: string; subject: string; domain: string }[] }
      return items.map(({ kind, subject, domain }) => `${kind} ${subject} ${domain}`)
    }
    const before = (await told(founder)).length
    const member = put('members', 'AZ/GOV/A')
    expect([await member(operator, 'suspended'), await member(operator, 'active')]).toEqual([
      200, 200,
    ])
    await system(operator, 'suspended')
    await system(operator, 'active')
    expect((await told(founder)).slice(before)).toEqual([
      ...['standing.suspended AZ/GOV/A PORTAL', 'standing.resumed AZ/GOV/A PORTAL'],
      ...['standing.suspended AZ/GOV/A/ONE PORTAL', 'standing.resumed AZ/GOV/A/ONE PORTAL'],
    ])
    expect(await told({ as: { role: 'FOUNDER_ADMIN', scope: 'OTHER' } })).toEqual([])
  })

  it('the end of a system, its successor and the place of its archive stay the operator’s', async () => {
    expect(await system(owner, 'liquidated', { archivePlace: 'Milli Arxiv' })).toBe(403)
    expect(await system(founder, 'suspended', { successor: 'AZ/GOV/B/USER' })).toBe(403)
  })

  it('no service goes into maintenance by a standing, whoever asks: works are announced (R-140)', async () => {
    for (const who of [owner, operator]) expect(await service(who, 'maintenance')).toBe(400)
    const works = `{ code: s, version: v1, status: maintenance, until: '2099-01-01' }`
    const refused = await declare(
      `{ instance: AZ, members: [{ class: GOV, code: A, subsystems: [{ code: ONE, services: [${works}] }] }] }`,
    )
    expect(refused.status).toBe(409)
    expect(refused.bytes.toString()).toContain('POST /v1/maintenance-windows')
  })

  it('of a service: the owner only what it suspended itself', async () => {
    await service(operator, 'suspended')
    expect(await service(owner, 'suspended')).toBe(200)
    expect(await service(owner, 'active')).toBe(403)
    expect(await service(founder, 'active')).toBe(403)
    await service(operator, 'active')
    expect([await service(owner, 'suspended'), await service(owner, 'active')]).toEqual([200, 200])
  })
})
