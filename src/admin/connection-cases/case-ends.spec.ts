import { afterAll, beforeAll, expect, it } from '@jest/globals'
import {
  openTestAdminApi,
  type AdminAnswer,
  type AdminCall,
  type TestAdminApi,
} from '../../../test/support/admin-api.js'
import { concluded, csr, declare, sampleMembers } from '../../../test/support/agreements.js'
import { describeWith } from '../../../test/support/command.js'
import {
  CasesByApi,
  entry,
  noticesOf,
  sampleApplication,
} from '../../../test/support/connection-case.js'
import { plainDocument } from '../../../test/support/connection-cases.js'
import { startTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import { openTestCa, operator, type TestCa } from '../../../test/support/issuing-ca.js'
import { readActs } from '../../audit-log/audit-log.store.js'
import { AgreementJob } from '../agreements/agreement-job.js'
import { RegistryChanges } from '../registry/registry-changes.js'

const describeWithOpenssl = await describeWith('openssl')
const dayMs = 86_400_000

let database: TestDatabase
let test: TestCa
let api: TestAdminApi
let firstKey: string
let desk: CasesByApi

const owner = { role: 'MEMBER_ADMIN', scope: 'AZ/GOV/NN' } as const
const merging = { role: 'MEMBER_ADMIN', scope: 'AZ/GOV/VN' } as const
const heir = { role: 'MEMBER_ADMIN', scope: 'AZ/COM/ACME' } as const
type As = AdminCall['as']

beforeAll(async () => {
  database = await startTestDatabase()
  test = await openTestCa(database)
  api = await openTestAdminApi(database, {
    ca: test.ca,
    documents: (usual) => ({
      // What agreements and annexes refer to has to be there.
      write: (...given) =>
        given[1].kind.startsWith('agreement') ? usual.write(...given) : plainDocument(...given),
    }),
  })
  desk = new CasesByApi(api)
  await declare(api, sampleMembers)
  await test.ca.init(operator)
  await agreement('AZ/GOV/NN', owner)
  firstKey = await csr(test, 'bir')
})

afterAll(async () => {
  await api.close()
  await test.close()
  await database.stop()
})

const agreement = (member: string, as: As): Promise<string> =>
  concluded(api, member, as, new Date(Date.now() + 3_000 * dayMs))

const idOf = ({ json }: AdminAnswer): string => (json as { id: string }).id

describeWithOpenssl('a registration that cannot be', () => {
  let hopeless: string

  it('names every obstacle, whose it is, and what is done about it', async () => {
    const first = await desk.contracted('AZ/GOV/NN/BIR', { certificateRequest: firstKey })
    expect((await desk.command(first, 'registration', 'OPERATOR')).status).toBe(200)
    hopeless = await desk.contracted('AZ/GOV/NN/IKI', {
      ...{ certificateRequest: firstKey, dataObjects: ['fin'] },
    })
    const refused = await desk.command(hopeless, 'registration', 'OPERATOR')
    expect(refused).toMatchObject({
      status: 422,
      json: {
        errors: [
          {
            ...{ obstacle: 'certificate', side: 'participant' },
            pointer: '/application/certificateRequest',
            remedy: expect.stringContaining('/correction') as unknown,
          },
          { obstacle: 'personal-data', side: 'operator' },
        ],
      },
    })
    expect((await entry(api, 'subsystems', 'AZ/GOV/NN/IKI')).status).toBe(404)
  })

  it('is seen when the application is handed in, as far as it can be', async () => {
    const answer = await desk.opened('AZ/GOV/NN/UC', { certificateRequest: firstKey }, owner)
    expect(await desk.command(idOf(answer), 'submission', owner)).toMatchObject({
      ...{ status: 422, json: { errors: [{ pointer: '/application/certificateRequest' }] } },
    })
    // Of a service too whose system is not there yet.
    const declaration = { protocol: 'rest', address: 'https://a.az/v1' }
    const service = { kind: 'service', declaration }
    const early = await desk.opened('AZ/GOV/NN/HELE-YOX/xidmet/v1', service, owner)
    expect(await desk.command(idOf(early), 'submission', owner)).toMatchObject({
      ...{ status: 422, json: { errors: [{ pointer: '/application/declaration' }] } },
    })
    const whole = { ...service, declaration: { ...declaration, modes: ['body'] } }
    const taken = await desk.opened('AZ/GOV/NN/HELE-YOX/basqa/v1', whole, owner)
    expect((await desk.command(idOf(taken), 'submission', owner)).status).toBe(200)
  })

  it('is put right by its participant alone, as far as no opinion rests on it', async () => {
    const id = await desk.contracted('AZ/GOV/NN/DORD', { certificateRequest: firstKey })
    const text = 'Açar başqa sistemindir'
    const put = (as: As, certificateRequest: string): Promise<AdminAnswer> =>
      desk.command(id, 'correction', as, { certificateRequest, text })
    expect((await desk.command(id, 'correction', owner, { text })).status).toBe(400)
    const another = await csr(test, 'dord')
    expect((await put('OPERATOR', another)).status).toBe(403)
    expect((await put(merging, another)).status).toBe(404)
    expect((await put(owner, 'açar')).status).toBe(422)
    expect((await put(owner, firstKey)).status).toBe(422)
    const reasons = { duplicateReasons: [{ code: 'x', reason: 'y' }], text }
    expect((await desk.command(id, 'correction', owner, reasons)).status).toBe(422)
    expect(await put(owner, another)).toMatchObject({
      status: 200,
      json: {
        state: 'CONTRACTED',
        application: { certificateRequest: another },
        notes: [
          {
            ...{ kind: 'correction', fields: ['/certificateRequest'], text },
            document: { kind: 'application' },
          },
        ],
      },
    })
    expect(await noticesOf(api, 'OPERATOR', 'connection-case.corrected')).toHaveLength(1)
    const other = `UPDATE sluice.connection_case SET revision = revision + 1,
      application = application || '{"softwareStatement":"yox"}' WHERE id = $1`
    await expect(api.database.pool.query(other, [id])).rejects.toThrow('stands')
    expect((await desk.command(id, 'registration', 'OPERATOR')).status).toBe(200)
    expect((await put(owner, another)).status).toBe(409)
  })

  it('of what is registered already, and cannot be connected, goes by a case of its own', async () => {
    const [first = ''] = await desk.listed(owner, '&objectId=AZ/GOV/NN/BIR')
    const held = await api.call('GET', '/v1/certificates', { as: owner })
    const { items } = held.json as { items: { serial: string; subsystem: string }[] }
    const { serial } = items.find(({ subsystem }) => subsystem === 'AZ/GOV/NN/BIR')!
    await test.ca.change({
      ...{ serial, wish: { act: 'revoke', reason: 'keyCompromise' }, author: operator },
    })
    expect((await desk.command(first, 'connection', 'OPERATOR')).status).toBe(409)
    const reason = { reason: 'Sertifikat ləğv edilib' }
    expect((await desk.command(first, 'archiving', 'OPERATOR', reason)).status).toBe(200)
    const anew = { certificateRequest: await csr(test, 'bir-yeni') }
    const id = await desk.contracted('AZ/GOV/NN/BIR', anew)
    for (const act of ['registration', 'connection']) {
      expect((await desk.command(id, act, 'OPERATOR')).status).toBe(200)
    }
  })

  it('for a data object that another holds by now, needs the reason alone', async () => {
    const object = { code: 'sicil', name: { az: 'Sicil', en: 'Roll' }, source: true }
    const declaration = {
      ...{ kind: 'register', legalBasis: 'Qanun', identifiers: ['sicilNo'], state: true },
      dataObjects: [object],
    }
    const id = await desk.contracted('AZ/GOV/NN/SICIL', { kind: 'resource', declaration })
    const { hosting, responsible } = sampleApplication('AZ/GOV/VN/SICIL')
    const { name, email, phone } = responsible!
    const held = { id: 'AZ/GOV/VN/SICIL', owner: 'AZ/GOV/VN', name: object.name, hosting }
    const contact = { name, email, phone }
    const theirs = { ...declaration, ...held, contact, status: 'active' }
    const made = await declare(api, JSON.stringify({ instance: 'AZ', resources: [theirs] }))
    expect([made.status, made.bytes.toString()]).toEqual([200, expect.anything()])
    expect(await desk.command(id, 'registration', 'OPERATOR')).toMatchObject({
      status: 422,
      json: {
        errors: [
          {
            ...{ obstacle: 'duplicate', side: 'participant' },
            pointer: '/application/declaration/dataObjects/0',
          },
        ],
      },
    })
    const duplicateReasons = [{ code: 'sicil', reason: 'Qanunun 5-ci maddəsi' }]
    const right = { duplicateReasons, text: 'Əsas əlavə olunur' }
    expect((await desk.command(id, 'correction', owner, right)).status).toBe(200)
    expect((await desk.command(id, 'registration', 'OPERATOR')).status).toBe(200)
  })

  it('ends with its archiving: its annex too, and the object is applied for anew (R-136)', async () => {
    const reason = { reason: 'Qeydiyyata alına bilmir' }
    expect((await desk.command(hopeless, 'archiving', 'AGENCY', reason)).status).toBe(403)
    expect((await desk.command(hopeless, 'archiving', owner, reason)).status).toBe(403)
    expect((await desk.command(hopeless, 'archiving', ['OPERATOR', owner], reason)).status).toBe(
      403,
    )
    expect((await desk.command(hopeless, 'archiving', 'OPERATOR', {})).status).toBe(400)
    expect((await desk.opened('AZ/GOV/NN/IKI', {}, owner)).status).toBe(409)
    expect(await desk.command(hopeless, 'archiving', 'OPERATOR', reason)).toMatchObject({
      status: 200,
      json: { state: 'CONTRACTED', next: [], archived: { ...reason, by: { role: 'OPERATOR' } } },
    })
    const told = await noticesOf(api, owner, 'connection-case.archived')
    expect(told.map(({ text }) => text.az)).toContain(
      'Qoşulma işi arxivə verilib, AZ/GOV/NN/IKI: Qeydiyyata alına bilmir',
    )
    for (const act of ['registration', 'agreement', 'connection'] as const) {
      expect((await desk.command(hopeless, act, 'OPERATOR')).status).toBe(409)
    }
    expect((await desk.command(hopeless, 'archiving', 'OPERATOR', reason)).status).toBe(409)
    expect((await desk.command(hopeless, 'withdrawal', owner, {})).status).toBe(409)
    expect(await desk.listed(owner)).not.toContain(hopeless)
    expect(await desk.listed(owner, '&archived=true')).toContain(hopeless)
    expect(await desk.get(hopeless, owner)).toMatchObject({ json: { steps: { length: 5 } } })
    const mine = (await api.call('GET', '/v1/agreements?member=AZ/GOV/NN', { as: owner })).json
    const [{ id }] = (mine as { items: [{ id: string }] }).items
    const annexes = await api.call('GET', `/v1/agreements/${id}/annexes`, { as: owner })
    const { items } = annexes.json as { items: { object: string; endedAt?: string }[] }
    const ended = items.filter(({ endedAt }) => endedAt !== undefined)
    expect(ended.map(({ object }) => object)).toContain('AZ/GOV/NN/IKI')
    const anew = idOf(await desk.opened('AZ/GOV/NN/IKI', {}, owner))
    expect(await desk.command(anew, 'archiving', 'OPERATOR', reason)).toMatchObject({ status: 409 })
    expect((await desk.command(anew, 'withdrawal', owner, {})).status).toBe(200)
    expect((await desk.command(anew, 'archiving', 'OPERATOR', reason)).status).toBe(200)
  })
})

describeWithOpenssl('a merger (R-135)', () => {
  let draft: string
  let standing: string
  let over: string

  it('takes what is open along, drafts too; what has ended stays, and is read', async () => {
    const passed = await agreement('AZ/GOV/VN', merging)
    draft = idOf(await desk.opened('AZ/GOV/VN/QARALAMA', {}, merging))
    over = idOf(await desk.opened('AZ/GOV/VN/GERI', {}, merging))
    await desk.command(over, 'withdrawal', merging, {})
    standing = await desk.contracted('AZ/GOV/VN/YENI', {
      certificateRequest: await csr(test, 'yeni'),
    })
    const fault = { member: 'AZ/GOV/VN', title: 'Nasazlıq', text: 'Cavab gəlmir' }
    await api.call('POST', '/v1/fault-reports', { as: merging, body: fault })
    const person = { kind: 'responsible', name: 'N. Quliyeva', post: 'müdir', email: 'n@acme.az' }
    const path = '/v1/members/AZ%2FCOM%2FACME/responsible-persons'
    const body = { ...person, phone: '+994 12 555 00 00' }
    expect((await api.call('POST', path, { as: heir, body })).status).toBe(201)
    const merger = { from: 'AZ/GOV/VN', into: 'AZ/COM/ACME', reason: 'Fərman 12' }
    const done = await api.call('POST', '/v1/life-cycle/mergers', { as: 'OPERATOR', body: merger })
    expect(done).toMatchObject({ status: 201, json: { state: 'done' } })
    expect((await desk.listed(heir)).sort()).toEqual([draft, standing, over].sort())
    expect((await desk.get(draft, merging)).status).toBe(404)
    expect((await desk.get(over, merging)).status).toBe(200)
    expect(await desk.get(over, heir)).toMatchObject({ json: { member: 'AZ/GOV/VN' } })
    expect(await desk.get(draft, heir)).toMatchObject({
      json: {
        member: 'AZ/COM/ACME',
        application: { member: 'AZ/COM/ACME', responsible: { name: 'N. Quliyeva' } },
        notes: [{ kind: 'succession', from: 'AZ/GOV/VN', into: 'AZ/COM/ACME' }],
      },
    })
    expect(await api.call('GET', `/v1/agreements/${passed}`, { as: heir })).toMatchObject({
      json: { member: 'AZ/GOV/VN', passedTo: 'AZ/COM/ACME', state: 'concluded' },
    })
    const reports = await api.call('GET', '/v1/fault-reports', { as: heir })
    expect(reports.json).toMatchObject({ items: [{ member: 'AZ/COM/ACME' }] })
    const papers = await api.call('GET', '/v1/documents', { as: heir })
    const { items } = papers.json as { items: unknown[] }
    expect(items).toContainEqual(
      expect.objectContaining({ kind: 'agreement', member: 'AZ/GOV/VN' }),
    )
    const [told] = await noticesOf(api, heir, 'connection-case.succeeded')
    expect(told?.text.az).toContain('açıq qoşulma işləri – 2, müqavilələr – 1')
    const client = await api.database.pool.connect()
    const acts = await readActs(client, { limit: 1_000 }).finally(() => client.release())
    const passing = acts.flatMap(({ fields }) => (fields?.kind === 'owner.succeed' ? [fields] : []))
    expect(passing.map(({ subject }) => subject)).toContain(`connection case ${draft}`)
    expect(passing).toHaveLength(4)
  })

  it('lets the other go on where the one stood, under the agreement that has passed', async () => {
    const ifMatch = String((await desk.get(draft)).headers['etag'])
    const change = { as: heir, ifMatch, body: { softwareStatement: 'Sertifikat № 14' } }
    expect((await api.call('PATCH', `/v1/connection-cases/${draft}`, change)).status).toBe(200)
    expect((await desk.command(draft, 'submission', heir)).status).toBe(200)
    // Who administers what has merged had the case before, and is no officer in it.
    const both = ['OPERATOR', merging] as const
    expect((await desk.command(draft, 'check', both)).status).toBe(403)
    expect((await desk.command(draft, 'check', ['OPERATOR', heir])).status).toBe(403)
    expect((await desk.command(standing, 'registration', both)).status).toBe(403)
    expect((await desk.command(standing, 'registration', 'OPERATOR')).status).toBe(200)
    const system = await entry(api, 'subsystems', 'AZ/GOV/VN/YENI')
    expect(system.json).toMatchObject({ owner: 'AZ/COM/ACME', status: 'suspended' })
    const connected = await desk.command(standing, 'connection', 'OPERATOR')
    expect(connected).toMatchObject({ status: 200, json: { state: 'CONNECTED' } })
    const reason = { reason: 'Bitib' }
    expect((await desk.command(standing, 'archiving', 'OPERATOR', reason)).status).toBe(409)
    const none = await desk.opened('AZ/GOV/VN/BASQA', { member: 'AZ/COM/ACME' }, heir)
    expect(none).toMatchObject({ status: 422, json: { errors: [{ pointer: '/objectId' }] } })
    const body = { subsystem: 'AZ/GOV/VN/YENI', to: 'AZ/GOV/VN', reason: 'Qaytarılsın' }
    const back = await api.call('POST', '/v1/life-cycle/owner-changes', { as: 'OPERATOR', body })
    expect(back).toMatchObject({ status: 422, json: { errors: [{ pointer: '/to' }] } })
  })

  it('leaves nothing in use when the agreement that has passed ends', async () => {
    const later = new Date(Date.now() + 3_001 * dayMs)
    const changes = new RegistryChanges(api.database.pool, () => later)
    await new AgreementJob(api.database, changes).turn(later)
    expect(await entry(api, 'subsystems', 'AZ/GOV/VN/YENI')).toMatchObject({
      json: { status: 'suspended' },
    })
    const body = { subject: 'AZ/GOV/VN/YENI', reason: 'Ləğv' }
    const ended = await api.call('POST', '/v1/life-cycle/liquidations', { as: 'OPERATOR', body })
    expect(ended.status).toBe(201)
    const ground = { reason: 'Ləğv olunub' }
    const archived = await desk.command(standing, 'archiving', 'OPERATOR', ground)
    expect(archived.status).toBe(200)
    expect(api.errors).toEqual([])
  })
})
