import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  openTestAdminApi,
  type AdminAnswer,
  type AdminCall,
  type TestAdminApi,
} from '../../../test/support/admin-api.js'
import { fillAdminRegistry, known } from '../../../test/support/admin-registry.js'
import { noticesOf } from '../../../test/support/connection-case.js'
import { startTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import { RegistryChanges } from '../registry/registry-changes.js'
import { AgreementJob } from './agreement-job.js'

const dayMs = 86_400_000

let database: TestDatabase
let api: TestAdminApi
let passedMs = 0
const now = (): Date => new Date(Date.now() + passedMs)
const inDays = (days: number): string => new Date(now().getTime() + days * dayMs).toISOString()

const company = known.member
const transport = known.otherMember
const companyAdmin = { role: 'MEMBER_ADMIN', scope: company } as const
const admin = { role: 'MEMBER_ADMIN', scope: transport } as const
type As = AdminCall['as']

beforeAll(async () => {
  database = await startTestDatabase()
  await fillAdminRegistry(database)
  api = await openTestAdminApi(database, { connection: { clock: now } })
})

afterAll(async () => {
  await api.close()
  await database.stop()
})

describe('rules of use (R-064)', () => {
  const publish = (more: object = {}): Promise<AdminAnswer> =>
    api.call('POST', '/v1/rules-of-use', {
      as: 'OPERATOR',
      body: { title: { az: 'Qaydalar', en: 'Rules' }, text: { az: 'Mətn', en: 'Text' }, ...more },
    })
  const acknowledge = (as: As, member: string): Promise<AdminAnswer> =>
    api.call('POST', '/v1/rules-of-use/1/acknowledgements', { as, body: { member } })

  it('are published by versions that stay, and participants acknowledge them', async () => {
    expect(await publish()).toMatchObject({ status: 201, json: { version: 1 } })
    expect((await publish({ inForceFrom: inDays(-1) })).status).toBe(422)
    // The first moment of a day in Baku, when it is the day before in Greenwich.
    const midnight = `${inDays(10).slice(0, 10)}T00:00:00+04:00`
    expect(await publish({ inForceFrom: midnight })).toMatchObject({ json: { version: 2 } })
    expect(await api.call('GET', '/v1/rules-of-use/1')).toMatchObject({
      json: { text: { az: 'Mətn' } },
    })
    const listed = await api.call('GET', '/v1/rules-of-use?limit=1')
    expect(listed.json).toMatchObject({
      items: [{ version: 1 }],
      next: expect.any(String) as unknown,
    })
    const published = await noticesOf(api, companyAdmin, 'rules.published')
    expect(published).toHaveLength(2)
    const [year, month, day] = midnight.slice(0, 10).split('-')
    expect(published[1]?.text.az).toContain(`${day}.${month}.${year} tarixindən qüvvəyə minir`)
    expect((await acknowledge(companyAdmin, transport)).status).toBe(403)
    expect((await acknowledge(companyAdmin, company)).status).toBe(201)
    expect((await acknowledge(companyAdmin, company)).status).toBe(409)
    const path = '/v1/rules-of-use/1/acknowledgements'
    const { json } = await api.call('GET', path, { as: 'AGENCY' })
    const { items } = json as { items: { member: string; at?: string }[] }
    expect(items.filter(({ at }) => at !== undefined).map(({ member }) => member)).toEqual([
      company,
    ])
    expect(items.map(({ member }) => member)).toContain(transport)
  })

  it('are asked about once more after two weeks', async () => {
    const job = new AgreementJob(api.database, new RegistryChanges(api.database.pool, now))
    await job.turn(now())
    expect(await noticesOf(api, admin, 'rules.reminder')).toHaveLength(0)
    passedMs += 25 * dayMs
    await job.turn(now())
    await job.turn(now())
    expect(await noticesOf(api, admin, 'rules.reminder')).toHaveLength(1)
  })
})
