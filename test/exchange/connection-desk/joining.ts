import { randomUUID } from 'node:crypto'
import { expect } from '@jest/globals'
import type { CheckLine } from '../../../src/conformity/requirement.js'
import { csr } from '../../support/agreements.js'
import { at, otherOfficer } from '../../support/control-plane.js'
import type { CaseJson, DeskPlane, DeskStory } from '../../support/desk-plane.js'
import type { ExampleEndpoint } from '../../support/example-endpoints.js'
import { expectSameAnswers } from '../../support/own-check.js'
import { expectAnswered, expectRefused } from '../../support/whole-bus-expect.js'
import { subsystems } from '../../support/whole-bus-sample.js'

export const ministry = 'AZ/GOV/NN'
export const system = `${ministry}/DASIMA`
const admin = `MEMBER_ADMIN ${ministry}` as const
const stranger = 'MEMBER_ADMIN AZ/GOV/TN'
const cases = '/v1/connection-cases'
const json = { 'Content-Type': 'application/json' }

const detailOf = ({ json: body }: { readonly json: unknown }): string =>
  (body as { detail?: string }).detail ?? ''

/** OP-1: from nothing to the first signed exchange. */
export function joining(): readonly DeskStory[] {
  let nginx: ExampleEndpoint
  let careless: ExampleEndpoint
  let permits: string
  let passed: CaseJson
  /** What the desk found of each case. */
  const found: [id: string, lines: Map<string, CheckLine>][] = []

  /** A service of nginx or of queues, which passes at once. */
  async function offered(desk: DeskPlane, example: 'rest' | 'mq', code: string): Promise<void> {
    const service = `${system}/${code}/v1`
    const contract = await desk.upload(admin, example, service)
    const declaration = { protocol: 'rest', address: nginx.address, modes: ['body'] }
    const id = await desk.apply(admin, example, {
      ...{ objectId: service, contract, dataObjects: [code] },
      ...(example === 'rest' && { declaration }),
    })
    const lines = await desk.check(admin, id)
    found.push([id, lines])
    expect([...lines.values()].filter(({ result }) => result === 'fail')).toEqual([])
    await desk.approve(id, lines)
    await desk.connect(id)
  }

  return [
    [
      'a ministry applies for its system, and no step can be skipped by anybody (R-050, R-060, R-066)',
      async (desk) => {
        const { plane } = desk
        const name = { az: 'Nəqliyyat Nazirliyi', en: 'Ministry of Transport' }
        const member = { class: 'GOV', code: 'NN', name }
        await plane.ask(['OPERATOR', 'POST', '/v1/members'], { status: 201, body: member })
        const passing = { member: ministry, code: 'DASIMA', domain: 'PORTAL', name }
        await plane.ask(['OPERATOR', 'POST', '/v1/subsystems'], { status: 409, body: passing })

        const certificateRequest = await csr(plane.ca, randomUUID())
        // What cannot be registered is not taken, as it could not be changed after the agreement.
        const wrong = { certificateRequest, declaration: { domain: 'PORTAL' } }
        await expect(desk.apply(admin, 'system', wrong)).rejects.toThrow('/declaration')
        const id = await desk.apply(admin, 'system', { certificateRequest })
        const skipped = await desk.command('OPERATOR', id, 'registration', { status: 409 })
        expect(detailOf(skipped)).toContain('Müraciət təqdim olunub')
        await plane.ask([stranger, 'GET', `${cases}/${id}`], { status: 404 })
        await desk.command(stranger, id, 'submission', { status: 404 })

        const lines = await desk.check(admin, id)
        found.push([id, lines])
        expect(lines.get('TT-03')?.result).toBe('pass')
        await desk.command(otherOfficer, id, 'opinion', { status: 409, body: {} })
        await desk.decide(id, lines)
        await desk.command('OPERATOR', id, 'opinion', { status: 403, body: {} })
        await desk.command(otherOfficer, id, 'opinion', { body: {} })
        await desk.command('OPERATOR', id, 'agreement', { status: 409 })
        await agree(desk)
        const connected = await desk.connect(id)
        expect(connected.steps.map(({ state }) => state)).toEqual([
          ...['DRAFT', 'SUBMITTED', 'CHECKING', 'OPINION_POSITIVE', 'CONTRACTED'],
          ...['REGISTERED', 'CONNECTED'],
        ])
        const certificates = await plane.ask([
          admin,
          'GET',
          at('subsystems', system, '/certificates'),
        ])
        expect(certificates.json).toMatchObject({ items: [{ status: 'active' }] })
      },
    ],

    [
      'of its four services, the fourth fails TT-06 and TT-04: three are in the list (R-052, R-055)',
      async (desk) => {
        nginx = await desk.nginx()
        await offered(desk, 'rest', 'xett')
        await offered(desk, 'rest', 'dayanacaq')
        await offered(desk, 'mq', 'qezaBildirisi')

        careless = await desk.soap({ careless: true })
        const service = `${system}/icazeYoxla/v1`
        const contract = await desk.upload(admin, 'soap', service, withoutFin)
        const soap = { securityHeader: 'strip', xroadHeaders: 'strip' }
        permits = await desk.apply(admin, 'soap', {
          ...{
            contract,
            declaration: { protocol: 'soap', address: careless.address, soap, modes: ['body'] },
          },
        })
        const lines = await desk.check(admin, permits)
        found.push([permits, lines])
        expect(lines.get('TT-06')).toMatchObject({ result: 'fail', remedy: expect.anything() })
        expect(lines.get('TT-04')?.result).toBe('fail')
        await desk.command(otherOfficer, permits, 'opinion', { status: 409, body: {} })
        await desk.decide(permits, lines)
        const body = { justification: 'Fərdi məlumatlar FİN üzrə verilməlidir' }
        const demanded = await desk.command(otherOfficer, permits, 'demand', { body })
        const { documents } = (demanded.json as CaseJson).steps.at(-1)!
        expect(documents.map(({ kind }) => kind)).toEqual(
          expect.arrayContaining(['negative-opinion', 'justified-demand']),
        )
        const copy = documents.find(({ kind }) => kind === 'negative-opinion')!
        const [told = ''] = await desk.told('AGENCY', 'connection-case.opinion', service)
        expect(told).toContain(copy.number)
        expect(await desk.servicesOf(system)).toHaveLength(3)
        const call = { service: `${system}/icazeYoxla/v1`, headers: json }
        const answer = await desk.plane.bus.portal.call(call)
        expect(answer.fault).toBe('TARGET_UNREGISTERED')
      },
    ],

    [
      'the applicant’s own kit finds the same, line by line: system, resource, REST, SOAP and queues',
      async (desk) => {
        const { plane } = desk
        const id = 'AZ/GOV/VN/reyestr'
        const body = { id, ...heldByAnother }
        await plane.ask(['OPERATOR', 'POST', '/v1/resources'], { status: 201, body })
        const register = await desk.apply(admin, 'resource', { dataObjects: ['vesiqe'] })
        const lines = await desk.check(admin, register)
        expect(lines.get('TT-08')).toMatchObject({
          ...{ result: 'fail', finding: { en: expect.stringContaining(id) as unknown } },
        })
        found.push([register, lines])
        await Promise.all(found.map((each) => expectSameAnswers(desk, admin, ...each)))
      },
    ],

    [
      'improved by the State Agency, it passes the second check: four are in the list (R-053, R-054, R-056)',
      async (desk) => {
        const { plane } = desk
        const service = `${system}/icazeYoxla/v1`
        const contract = await desk.upload(admin, 'soap', service)
        await plane.change([admin, 'PATCH', `${cases}/${permits}`], { contract })
        await careless.close()
        await desk.soap({ port: Number(new URL(careless.address).port) })
        const done = { text: 'Xidmət Dövlət Agentliyinin proqramçıları tərəfindən düzəldilib' }
        await desk.command('AGENCY', permits, 'improvement', { body: done })
        const lines = await desk.check(admin, permits, true)
        expect([lines.get('TT-06')?.result, lines.get('TT-04')?.result]).toEqual(['pass', 'pass'])
        await desk.approve(permits, lines)
        passed = await desk.connect(permits)
        const positive = passed.steps.find(({ state }) => state === 'OPINION_POSITIVE')!
        const opinion = positive.documents.find(({ kind }) => kind === 'opinion')!
        const told = await desk.told('AGENCY', 'connection-case.opinion', service)
        expect(told).toHaveLength(2)
        expect(
          told.some((text) => text.includes(`${opinion.number}, SHA-256 ${opinion.digest}`)),
        ).toBe(true)
        const { json: seen } = await plane.ask(['AGENCY', 'GET', `${cases}/${permits}/checks`])
        expect((seen as { items: object[] }).items).toHaveLength(2)
        expect(await desk.servicesOf(system)).toHaveLength(4)
      },
    ],

    [
      'a right is asked for and granted, and the first exchange is signed, answered and in the log (R-120)',
      async (desk) => {
        const { bus } = desk.plane
        const line = { service: `${system}/xett/v1`, method: 'GET', rest: '/xetler/101' }
        await expectRefused(bus, await bus.portal.call(line), 'ACCESS_DENIED')
        for (const code of ['xett', 'icazeYoxla']) await granted(desk, code)
        const first = await bus.portal.call(line)
        await expectAnswered(bus, first)
        expect(JSON.parse(first.payload.toString())).toEqual({
          ...{ nomre: '101', istiqamet: 'Gəncə – Şəki, İsmayıllı üzərindən' },
        })
        // Asked in JSON, answered by a server of SOAP.
        const permit = await bus.portal.call({
          service: `${system}/icazeYoxla/v1`,
          payload: JSON.stringify({ fin: '5ABCDE1', nomre: 'AZ-2026-0001' }),
          headers: json,
        })
        await expectAnswered(bus, permit)
        expect(JSON.parse(permit.payload.toString())).toEqual({
          ...{ etibarlidir: true, sahib: 'Şükür Əliyev' },
        })
      },
    ],

    [
      'a connection that is refused cannot be called, by no way of the API (R-057)',
      async (desk) => {
        const { plane } = desk
        const service = `${system}/terminal/v1`
        const contract = await desk.upload(admin, 'rest', service)
        const address = 'https://localhost:1'
        const id = await desk.apply(admin, 'rest', {
          ...{ objectId: service, contract, dataObjects: ['terminal'] },
          declaration: { protocol: 'rest', address },
        })
        const early = await desk.command(admin, id, 'submission', { status: 422 })
        expect(early.bytes.toString()).toContain('must have modes')
        const declaration = { protocol: 'rest', address, modes: ['body'] }
        await plane.change([admin, 'PATCH', `${cases}/${id}`], { declaration })
        const lines = await desk.check(admin, id)
        expect(lines.get('TT-02')?.result).toBe('fail')
        await desk.decide(id, lines)
        await desk.command(otherOfficer, id, 'demand', { body: { justification: 'Əlçatan deyil' } })
        const grounds = 'Sistemə qoşulmaq mümkün deyil'
        await desk.command('OPERATOR', id, 'refusal', { body: { grounds } })
        const seen = await plane.ask([admin, 'GET', `${cases}/${id}`])
        expect(JSON.stringify(seen.json)).toContain(grounds)
        await desk.command('OPERATOR', id, 'agreement', { status: 409 })
        const body = {
          subsystem: system,
          code: 'terminal',
          version: 'v1',
          protocol: 'rest',
          address,
        }
        await plane.ask(['OPERATOR', 'POST', '/v1/services'], {
          ...{ status: 409, body: { ...body, modes: ['body'] } },
        })
        const answer = await plane.bus.portal.call({ service })
        await expectRefused(plane.bus, answer, 'TARGET_UNREGISTERED')
      },
    ],
  ]
}

/** The frame agreement, accepted by two persons. */
async function agree({ plane }: DeskPlane): Promise<void> {
  const until = new Date(Date.now() + 365 * 86_400_000).toISOString()
  const drafted = await plane.ask(['OPERATOR', 'POST', '/v1/agreements'], {
    ...{ status: 201, body: { member: ministry, until } },
  })
  const path = `/v1/agreements/${(drafted.json as { id: string }).id}`
  await plane.change([admin, 'POST', `${path}/acceptance`], { side: 'member' })
  const both = await plane.change(['OPERATOR', 'POST', `${path}/acceptance`], { side: 'operator' })
  expect(both.json).toMatchObject({ state: 'concluded', document: expect.anything() })
}

/** The portal asks for a right, and the ministry grants it. */
async function granted({ plane }: DeskPlane, code: string): Promise<void> {
  const requests = '/v1/access-right-requests'
  const wish = { modes: ['body'], legalBasis: 'Nəqliyyat Qanunu, 7', purpose: 'Elektron xidmət' }
  const body = { consumer: subsystems.portal, service: `${system}/${code}`, ...wish }
  const asked = await plane.ask(['MEMBER_ADMIN AZ/GOV/RITN', 'POST', requests], {
    status: 201,
    body,
  })
  const path = `${requests}/${(asked.json as { id: string }).id}`
  await plane.change([admin, 'POST', `${path}/grant`], {})
  await plane.bus.registry.settled()
}

/** A register that is the source of truth of what the ministry would give. */
const heldByAnother = {
  ...{ kind: 'register', name: { az: 'Reyestr', en: 'Register' }, legalBasis: 'Qanun' },
  dataObjects: [{ code: 'vesiqe', name: { az: 'Vəsiqə', en: 'Licence' }, source: true }],
  ...{ identifiers: ['voen'], hosting: { place: 'own', address: 'Bakı' } },
  contact: { name: 'A. Qurbanov', email: 'a@vn.example.az', phone: '+994 12 000 00 00' },
}

/** A contract that does not say where the FIN stands. */
function withoutFin(contract: string): string {
  return contract.replace(/^personalData:[^]*$/m, '')
}
