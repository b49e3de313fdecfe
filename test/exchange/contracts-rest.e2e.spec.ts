import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import {
  identityNamespace,
  messageContract,
  soapContract,
  writeContract,
} from '../support/contract-samples.js'
import type { Answer } from '../support/whole-bus-consumer.js'
import { expectAnswered, expectRefused } from '../support/whole-bus-expect.js'
import { sampleRight, sampleService, services, subsystems } from '../support/whole-bus-sample.js'
import { startWholeBus, type WholeBus } from '../support/whole-bus.js'
import { soap11 } from '../support/wss.js'

/* messages of a REST service are held to its OpenAPI; a SOAP service answers REST consumers. */

const repository = process.cwd()
const soapService = `${subsystems.education}/yoxla`
let bus: WholeBus
let folder: string

beforeAll(async () => {
  bus = await startWholeBus({ soap: {} })
  folder = await mkdtemp(join(tmpdir(), 'sluice-contracts-'))
  await bus.registry.change(services.taxes, {
    contract: join(repository, 'contracts/VN/VERGI/voenTap/v1'),
  })
  const contract = await writeContract(
    join(folder, 'yoxla'),
    soapContract({ service: `${soapService}/v1` }),
  )
  const { address } = bus.providers.education
  await bus.registry.change(subsystems.education, {
    services: [sampleService('yoxla', address, { protocol: 'soap', contract })],
  })
  await bus.registry.apply({ accessRights: [sampleRight(subsystems.portal, soapService)] })
})

afterEach(() => {
  for (const provider of Object.values(bus.providers)) provider.reset()
})

afterAll(async () => {
  await bus.close()
  await rm(folder, { recursive: true, force: true })
})

const json = { 'Content-Type': 'application/json' }

const ask = (body: unknown, service: string = services.taxes, rest = '/'): Promise<Answer> =>
  bus.portal.call({ service, rest, payload: JSON.stringify(body), headers: json })

function answers(body: unknown, status = 200): void {
  bus.providers.taxes.answer = () => ({ status, headers: json, payload: JSON.stringify(body) })
}

const places = ({ problem }: Answer) =>
  (problem as unknown as { places?: { path: string; text: object }[] }).places

describe('a REST service under its OpenAPI', () => {
  it('gets and gives messages that keep it', async () => {
    answers({ voenler: [] })
    const [asked] = await expectAnswered(bus, await ask({ fin: '0TEST01' }))
    expect(asked.contractVersion).toMatch(/^[\w-]{43}$/)
    expect(bus.providers.taxes.latest.payload.toString()).toBe('{"fin":"0TEST01"}')
  })

  it.each([
    ['missing field', {}, '/fin'],
    ['wrong type', { fin: 7 }, '/fin'],
    ['unknown field', { fin: '0TEST01', ad: 'Əli' }, '/ad'],
    ['PIN with I or O', { fin: '0TESTO1' }, '/fin'],
  ])('is kept from a request with a %s', async (_what, body, field) => {
    const answer = await ask(body)
    await expectRefused(bus, answer, 'REQUEST_INVALID', { status: 400, field })
    expect(bus.providers.taxes.count).toBe(0)
    expect(places(answer)).toMatchObject([
      { path: field, text: { az: expect.any(String), en: expect.any(String) } },
    ])
  })

  it('has no other operations', async () => {
    await expectRefused(
      bus,
      await ask({ fin: '0TEST01' }, services.taxes, '/basqa'),
      'REQUEST_INVALID',
      {
        field: '/',
      },
    )
  })

  it.each([
    ['wrong type', { voenler: 'yox' }, 200, '/voenler'],
    ['missing field', {}, 200, '/voenler'],
    ['status that it does not know', { xeta: 'x' }, 404, '/'],
  ])('may not answer with a %s', async (_what, body, status, field) => {
    answers(body, status)
    const refusal = { status: 502, side: 'provider', field, entries: 2 } as const
    await expectRefused(bus, await ask({ fin: '0TEST01' }), 'RESPONSE_INVALID', refusal)
  })

  it('may refuse in the form that it declares', async () => {
    answers({ xeta: 'Sorğu başa düşülmədi' }, 400)
    await expectAnswered(bus, await ask({ fin: '0TEST01' }), 400)
  })
})

describe('a REST service under JSON Schema', () => {
  const service = `${subsystems.education}/mesaj`
  const askMessage = (body: unknown): Promise<Answer> => ask(body, `${service}/v1`, '')

  beforeAll(async () => {
    const files = messageContract({ service: `${service}/v1` })
    const contract = await writeContract(join(folder, 'mesaj'), files)
    const { address } = bus.providers.education
    await bus.registry.change(subsystems.education, {
      services: [sampleService('mesaj', address, { protocol: 'rest', contract })],
    })
    await bus.registry.apply({ accessRights: [sampleRight(subsystems.portal, service)] })
  })

  const answersMessage = (body: unknown, status = 200): void => {
    const answer = { status, headers: json, payload: JSON.stringify(body) }
    bus.providers.education.answer = () => answer
  }

  it('gets and gives messages that keep it', async () => {
    answersMessage({ tapildi: true, soyad: 'Əliyev' })
    const [asked] = await expectAnswered(bus, await askMessage({ fin: '0TEST01', illər: [2012] }))
    expect(asked.contractVersion).toMatch(/^[\w-]{43}$/)
  })

  it('is kept from a request that breaks it', async () => {
    const answer = await askMessage({ fin: '0TEST01', illər: [2012, 2005] })
    await expectRefused(bus, answer, 'REQUEST_INVALID', { status: 400, field: '/illər[2]' })
    expect(bus.providers.education.count).toBe(0)
  })

  it('may not answer what breaks it', async () => {
    answersMessage({ tapildi: 'bəli' })
    const refusal = { status: 502, side: 'provider', field: '/tapildi', entries: 2 } as const
    await expectRefused(bus, await askMessage({ fin: '0TEST01' }), 'RESPONSE_INVALID', refusal)
  })

  it('tells of its failures in its own words', async () => {
    answersMessage({ xeta: 'bağlıdır' }, 503)
    await expectAnswered(bus, await askMessage({ fin: '0TEST01' }), 503)
  })
})

describe('a SOAP service, seen from REST', () => {
  const soapAnswers = (content: string, status = 200): void => {
    bus.providers.education.answer = () => ({
      status,
      headers: { 'Content-Type': 'text/xml; charset=utf-8' },
      payload: `<s:Envelope xmlns:s="${soap11}"><s:Body>${content}</s:Body></s:Envelope>`,
    })
  }
  const ofIdentity = (content: string): string =>
    `<t:yoxlaResponse xmlns:t="${identityNamespace}">${content}</t:yoxlaResponse>`
  const asked = { SenedNomresi: '00000001', Fin: '0TEST01' }
  const askIdentity = (body: unknown): Promise<Answer> => ask(body, `${soapService}/v1`, '')

  it('gets XML, and its answer comes back as JSON', async () => {
    soapAnswers(ofIdentity('<t:tapildi>true</t:tapildi><t:soyad>Əliyev Şükür ә</t:soyad>'))
    const answer = await askIdentity(asked)
    const [request] = await expectAnswered(bus, answer)
    expect(JSON.parse(answer.payload.toString())).toEqual({
      tapildi: true,
      soyad: 'Əliyev Şükür ә',
    })
    expect(bus.providers.education.latest.payload.toString()).toContain('0TEST01')
    expect(request).toMatchObject({
      contractVersion: expect.stringMatching(/^[\w-]{43}$/),
      mappingVersion: expect.stringMatching(/^[\w-]{43}$/),
    })
  })

  it('is kept from a request that cannot be carried over, whatever the level', async () => {
    await bus.registry.change(`${soapService}/v1`, { validation: { request: 'off' } })
    const answer = await askIdentity({ SenedNomresi: '00000001', Fin: 'OTEST01' })
    await expectRefused(bus, answer, 'REQUEST_INVALID', { status: 400, field: '/Fin' })
    expect(bus.providers.education.count).toBe(0)
    await bus.registry.change(`${soapService}/v1`, { validation: { request: 'block' } })
  })

  it('may not answer what breaks its contract', async () => {
    soapAnswers(ofIdentity('<t:tapildi>bəli</t:tapildi>'))
    const refusal = { status: 502, side: 'provider', field: '/tapildi', entries: 2 } as const
    await expectRefused(bus, await askIdentity(asked), 'RESPONSE_INVALID', refusal)
  })

  it('tells of a failure that it declares', async () => {
    soapAnswers(
      `<s:Fault xmlns:s="${soap11}"><faultcode>s:Server</faultcode><faultstring>Kart tapılmadı</faultstring>` +
        `<detail><t:YoxlaFault xmlns:t="${identityNamespace}"><t:kod>7</t:kod></t:YoxlaFault></detail></s:Fault>`,
      500,
    )
    const answer = await askIdentity(asked)
    expect(answer.status).toBe(422)
    expect(JSON.parse(answer.payload.toString())).toMatchObject({
      title: 'Kart tapılmadı',
      fault: { kod: 7 },
    })
  })
})
