import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { X509Certificate } from 'node:crypto'
import {
  openTestAdminApi,
  type AdminAnswer,
  type AdminCall,
  type TestAdminApi,
} from '../../../test/support/admin-api.js'
import {
  accept,
  agreementIn as of,
  csr,
  declare,
  sampleMembers as sample,
  type AgreementJson,
} from '../../../test/support/agreements.js'
import { describeWith } from '../../../test/support/command.js'
import {
  caseWithOpinion,
  contractOf,
  entry,
  move,
  noticesOf,
  sampleApplication,
  setStatus,
} from '../../../test/support/connection-case.js'
import { startTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import { openTestCa, operator, type TestCa } from '../../../test/support/issuing-ca.js'
import { makeAuthority } from '../../../test/support/pki.js'
import { readActs } from '../../audit-log/audit-log.store.js'
import type { ConnectionApplication } from '../../conformity/application.js'
import { RegistryChanges } from '../registry/registry-changes.js'
import { AgreementJob } from './agreement-job.js'

const describeWithOpenssl = await describeWith('openssl')
const dayMs = 86_400_000

let database: TestDatabase
let test: TestCa
let api: TestAdminApi
let passedMs = 0
const now = (): Date => new Date(Date.now() + passedMs)

const transport = 'AZ/GOV/NN'
const company = 'AZ/COM/ACME'
const system = `${transport}/VESIQE`
const service = `${system}/yoxla/v1`
const admin = { role: 'MEMBER_ADMIN', scope: transport } as const
const companyAdmin = { role: 'MEMBER_ADMIN', scope: company } as const

beforeAll(async () => {
  database = await startTestDatabase()
  test = await openTestCa(database)
  const open = { ca: test.ca, connection: { clock: now } }
  const empty = await openTestAdminApi(database, open)
  const declared = await declare(empty, sample)
  if (declared.status !== 200) throw new Error(declared.bytes.toString())
  await empty.close()
  await test.ca.init(operator)
  api = await openTestAdminApi(database, { ...open, connectionDesk: 'required' })
})

afterAll(async () => {
  await api.close()
  await test.close()
  await database.stop()
})

type As = AdminCall['as']

const draft = (member: string, more: object = {}): Promise<AdminAnswer> =>
  api.call('POST', '/v1/agreements', {
    as: 'OPERATOR',
    body: { member, until: inDays(365), ...more },
  })
const inDays = (days: number): string => new Date(now().getTime() + days * dayMs).toISOString()
async function concluded(member: string, as: As, more: object = {}): Promise<AgreementJson> {
  const { id } = of(await draft(member, more))
  await accept(api, as, id, 'member', 1)
  const answer = await accept(api, 'OPERATOR', id, 'operator', 2)
  expect(answer).toMatchObject({ status: 200, json: { state: 'concluded' } })
  return of(answer)
}

async function begin(changes: Partial<ConnectionApplication>, objectId = system): Promise<string> {
  return caseWithOpinion(api.database, sampleApplication(objectId, changes), now())
}

describe('an agreement (R-058, C10)', () => {
  it('is accepted by two people of both sides, and then in writing; nobody else sees it', async () => {
    const made = await draft(transport)
    expect(made).toMatchObject({ status: 201, json: { state: 'drafted', requirementSet: 1 } })
    const { id } = of(made)
    expect((await draft(transport)).status).toBe(409)
    expect((await api.call('GET', `/v1/agreements/${id}`, { as: companyAdmin })).status).toBe(404)
    expect((await accept(api, companyAdmin, id, 'member', 1)).status).toBe(404)
    expect((await accept(api, 'OPERATOR', id, 'member', 1)).status).toBe(403)
    expect((await accept(api, admin, id, 'operator', 1)).status).toBe(403)
    const both = ['OPERATOR', admin] as const
    expect((await accept(api, both, id, 'operator', 1)).status).toBe(200)
    const alone = await accept(api, both, id, 'member', 2)
    expect(alone).toMatchObject({
      status: 403,
      json: { detail: expect.stringContaining('şəxs') as unknown },
    })
    const agreed = of(await accept(api, admin, id, 'member', 2))
    expect(agreed).toMatchObject({ state: 'concluded', document: { number: 'MÜQ-2026/0001' } })
    const paper = await api.call('GET', `/v1/documents/${agreed.document?.id ?? ''}`, { as: admin })
    expect(paper).toMatchObject({
      status: 200,
      json: { kind: 'agreement', number: 'MÜQ-2026/0001' },
    })
    expect(await noticesOf(api, admin, 'agreement.concluded')).toHaveLength(1)
    expect((await draft(transport)).status).toBe(409)
  })

  it('says what it is based on, until when, and of whom it is', async () => {
    for (const [more, pointer] of [
      [{ requirementSet: 7 }, '/requirementSet'],
      [{ until: inDays(-1) }, '/until'],
      [{ until: inDays(4_000) }, '/until'],
      [{ member: 'AZ/GOV/YOX' }, '/member'],
    ] as const) {
      const answer = await draft(company, more)
      expect(answer).toMatchObject({ status: 422, json: { errors: [{ pointer }] } })
    }
    const { id } = of(await draft(company))
    const withdrawal = { ifMatch: '"1"', body: { reason: 'səhv' } }
    const path = `/v1/agreements/${id}/withdrawal`
    const withdrawn = await api.call('POST', path, { as: companyAdmin, ...withdrawal })
    expect(withdrawn).toMatchObject({ status: 200, json: { state: 'withdrawn' } })
    expect((await accept(api, companyAdmin, id, 'member', 2)).status).toBe(409)
  })

  it('stays as it was agreed, whoever writes', async () => {
    for (const change of [
      `UPDATE sluice.agreement SET in_force_until = 'infinity' WHERE state = 'concluded'`,
      `UPDATE sluice.agreement SET state = 'drafted' WHERE state = 'concluded'`,
      'DELETE FROM sluice.agreement',
    ]) {
      await expect(api.database.pool.query(change)).rejects.toMatchObject({ code: '42501' })
    }
  })
})

describeWithOpenssl('what the connection desk connects', () => {
  let systemCase: string
  let serviceCase: string

  it('comes by a case only, where the desk is required', async () => {
    const body = { member: transport, code: 'X', domain: 'PORTAL', name: { az: 'a', en: 'b' } }
    const direct = await api.call('POST', '/v1/subsystems', { as: 'OPERATOR', body })
    expect(direct).toMatchObject({
      status: 409,
      json: { detail: expect.stringContaining('/v1/connection-cases') as unknown },
    })
    const offered = { subsystem: 'AZ/GOV/VN/KOHNE', code: 'x', version: 'v1', protocol: 'rest' }
    const more = { address: 'https://a.az', modes: ['body'] }
    const newService = await api.call('POST', '/v1/services', {
      as: 'OPERATOR',
      body: { ...offered, ...more },
    })
    expect(newService.status).toBe(409)
    expect((await declare(api, sample.replace('KOHNE', 'YENI'))).status).toBe(409)
    expect((await declare(api, sample.replaceAll('en: b', 'en: c'))).status).toBe(200)
  })

  it('has an agreement in force first', async () => {
    const id = await begin({}, `${company}/BIR`)
    expect((await move(api, id, 'agreement')).status).toBe(409)
  })

  it('is registered by its application, a system with a certificate that waits with it (R-059)', async () => {
    systemCase = await begin({
      certificateRequest: await csr(test, 'vesiqe'),
      declaration: { replySignature: 'ecdsa' },
    })
    const annexed = await move(api, systemCase, 'agreement')
    expect(annexed).toMatchObject({ status: 200, json: { state: 'CONTRACTED' } })
    expect((await entry(api, 'subsystems', system)).status).toBe(404)
    expect((await move(api, systemCase, 'registration')).status).toBe(200)
    expect(await entry(api, 'subsystems', system)).toMatchObject({ json: { status: 'suspended' } })
    const { json } = await api.call('GET', '/v1/certificates', { as: 'OPERATOR' })
    expect(json).toMatchObject({ items: [{ subsystem: system, status: 'held' }] })
  })

  it('cannot be put into use around its case', async () => {
    expect(await setStatus(api, 'subsystems', system, 'OPERATOR', 'active')).toBe(409)
    const text = sample.replace(
      'code: NN,',
      'code: NN, subsystems: [{ code: VESIQE, status: active }],',
    )
    expect((await declare(api, text)).status).toBe(409)
  })

  it('a service after its system, each with its own case (R-063)', async () => {
    const digest = await contractOf(api, service)
    const declaration = {
      ...{ protocol: 'soap', address: 'https://vesiqe.example.az/yoxla', modes: ['body'] },
    }
    const application = { kind: 'service', contract: digest, declaration } as const
    serviceCase = await begin(application, service)
    await move(api, serviceCase, 'agreement')
    expect((await move(api, serviceCase, 'registration')).status).toBe(200)
    const early = await move(api, serviceCase, 'connection')
    expect(early).toMatchObject({ status: 409 })
    const astray = await begin(application, 'AZ/GOV/NN/YOXDUR/yoxla/v1')
    await move(api, astray, 'agreement')
    const lost = await move(api, astray, 'registration')
    expect(lost.bytes.toString()).toContain('Əvvəlcə AZ/GOV/NN')
    // Its owner did not suspend it, and by the operator it cannot be called either.
    expect(await setStatus(api, 'services', service, admin, 'active')).toBe(403)
    expect(await setStatus(api, 'services', service, 'OPERATOR', 'active')).toBe(409)
  })

  it('is connected with an act, and with a certificate in force', async () => {
    const connected = await move(api, systemCase, 'connection')
    expect(connected).toMatchObject({ status: 200, json: { state: 'CONNECTED' } })
    expect(await entry(api, 'subsystems', system)).toMatchObject({ json: { status: 'active' } })
    const { json } = await api.call('GET', '/v1/certificates', { as: 'OPERATOR' })
    expect(json).toMatchObject({ items: [{ subsystem: system, status: 'active' }] })
    const acts = await api.call('GET', `/v1/documents?kind=act-of-connection`, { as: admin })
    expect((acts.json as { items: object[] }).items).toHaveLength(1)
    expect((await move(api, serviceCase, 'connection')).status).toBe(200)
    expect(await entry(api, 'services', service)).toMatchObject({ json: { status: 'active' } })
    expect(await setStatus(api, 'services', service, admin, 'suspended')).toBe(200)
    expect(await setStatus(api, 'services', service, admin, 'active')).toBe(200)
  })

  it('has documentation in both faces for whoever is to use it (R-064)', async () => {
    const path = `/v1/services/${encodeURIComponent(service)}`
    const wsdl = await api.call('GET', `${path}/wsdl`, { as: 'nobody' })
    expect(wsdl.headers['content-type']).toContain('text/xml')
    expect(wsdl.bytes.toString()).toContain('Yoxla')
    const { json } = await api.call('GET', `${path}/openapi`, { as: 'nobody' })
    expect(json).toMatchObject({
      openapi: expect.stringContaining('3.0') as unknown,
      servers: [{ url: '/' }],
    })
  })

  it('holds no personal data without an entry of the second State Register (R-037)', async () => {
    const other = `${transport}/SURUCU`
    const personal = { certificateRequest: await csr(test, 'surucu'), dataObjects: ['fin'] }
    const id = await begin(personal, other)
    await move(api, id, 'agreement')
    expect((await move(api, id, 'registration')).status).toBe(409)
    expect((await entry(api, 'subsystems', other)).status).toBe(404)
  })

  it('may be of a company, with a certificate of an accepted authority (R-061, R-089)', async () => {
    await concluded(company, companyAdmin)
    const authority = await makeAuthority('Xarici CA')
    const own = await authority.issue({ subject: 'ACME' })
    const strange = await (await makeAuthority('Yad CA')).issue({ subject: 'ACME' })
    const pem = (der: Uint8Array): string => new X509Certificate(der).toString()
    const accepted = `instance: AZ\nauthorities: [{ name: Xarici, role: anchor, revocation: none, status: accepted, pem: ${JSON.stringify(pem(authority.der))} }]\n`
    expect((await declare(api, accepted)).status).toBe(200)
    const refused = await begin({ certificateRequest: pem(strange.der) }, `${company}/IKI`)
    await move(api, refused, 'agreement')
    expect(await move(api, refused, 'registration')).toMatchObject({
      ...{ status: 422, json: { errors: [{ pointer: '/application/certificateRequest' }] } },
    })
    const id = await begin({ certificateRequest: pem(own.der) }, `${company}/UC`)
    for (const act of ['agreement', 'registration', 'connection']) {
      const moved = await move(api, id, act)
      expect([act, moved.status, moved.status === 200 ? '' : moved.bytes.toString()]).toEqual([
        act,
        200,
        '',
      ])
    }
  })

  it('says what an application has that the registry does not take', async () => {
    const wrong = await begin({ declaration: { status: 'active' } }, `${company}/DORD`)
    await move(api, wrong, 'agreement')
    expect(await move(api, wrong, 'registration')).toMatchObject({
      ...{ status: 422, json: { errors: [{ pointer: '/application/declaration' }] } },
    })
  })
})

describe('the end of an agreement', () => {
  it('is told 30 days before, and suspends what is connected, with its certificates', async () => {
    const job = new AgreementJob(api.database, new RegistryChanges(api.database.pool, now))
    expect(await job.turn(now())).toBe(0)
    passedMs = 336 * dayMs
    expect(await job.turn(now())).toBe(2)
    expect(await job.turn(now())).toBe(0)
    const [warning] = await noticesOf(api, admin, 'agreement.ends')
    expect(warning?.text.az).toMatch(/müddəti \d\d\.\d\d\.\d{4} tarixində bitir/)
    // The company renews in time, and the ministry does not.
    const { json } = await api.call('GET', '/v1/agreements?state=concluded', { as: companyAdmin })
    const [own] = (json as { items: AgreementJson[] }).items
    const renewed = await concluded(company, companyAdmin, { renews: own?.id, until: inDays(400) })
    expect(renewed.from).toBe((own as unknown as { until: string }).until)
    passedMs = 366 * dayMs
    const turns = await Promise.all([job.turn(now()), job.turn(now())])
    expect(turns.reduce((sum, each) => sum + each, 0)).toBe(2)
    expect(await entry(api, 'subsystems', system)).toMatchObject({ json: { status: 'suspended' } })
    expect(await entry(api, 'services', service)).toMatchObject({ json: { status: 'suspended' } })
    expect(await entry(api, 'subsystems', `${company}/UC`)).toMatchObject({
      json: { status: 'active' },
    })
    const certificates = await api.call('GET', '/v1/certificates', { as: admin })
    expect(certificates.json).toMatchObject({ items: [{ status: 'held' }] })
    expect(await setStatus(api, 'subsystems', system, 'OPERATOR', 'active')).toBe(409)
    await concluded(transport, admin, { until: inDays(500) })
    expect(await setStatus(api, 'subsystems', system, 'OPERATOR', 'active')).toBe(200)
    const client = await api.database.pool.connect()
    const acts = await readActs(client, { limit: 1_000 })
    client.release()
    const ended = acts.filter(({ fields }) => fields?.kind === 'agreement.end')
    expect(ended.map(({ fields }) => fields?.after)).toContainEqual({
      state: 'ended',
      suspended: [system, service],
    })
  })
})
