import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { BusProcess } from '../../src/bus-process.js'
import { BusMetrics } from '../../src/monitoring/metrics.js'
import { identityNamespace, soapContract, writeContract } from '../support/contract-samples.js'
import { sampleRight, sampleService, subsystems } from '../support/whole-bus-sample.js'
import { TestSoapConsumer, type SoapAnswer } from '../support/whole-bus-soap.js'
import { startWholeBus, type WholeBus } from '../support/whole-bus.js'
import { soap11 } from '../support/wss.js'

/* messages of a SOAP service are held to its WSDL, each version to its own. */

const code = `${subsystems.taxes}/yoxla`
/** Its contract calls the request otherwise than the service. */
const named = `${subsystems.taxes}/sexsiyyet`
let bus: WholeBus
let portal: TestSoapConsumer
let folder: string

beforeAll(async () => {
  bus = await startWholeBus({ soap: {} })
  folder = await mkdtemp(join(tmpdir(), 'sluice-contracts-'))
  const { providers, identities, busCertificate, authority } = bus
  const later = '<xs:element name="Qeyd" type="xs:string"/>'
  const contracts = {
    v1: soapContract({ service: `${code}/v1` }),
    v2: soapContract({ service: `${code}/v2`, requestElements: later }),
  }
  const services = []
  for (const [version, files] of Object.entries(contracts)) {
    const contract = await writeContract(join(folder, version), files)
    const terms = { protocol: 'soap', version, contract }
    services.push(sampleService('yoxla', providers.taxes.address, terms))
  }
  const own = await writeContract(join(folder, 'own'), soapContract({ service: `${named}/v1` }))
  const terms = { protocol: 'soap', contract: own }
  services.push(sampleService('sexsiyyet', providers.taxes.address, terms))
  await bus.registry.change(subsystems.taxes, { services })
  await bus.registry.apply({
    accessRights: [code, named].map((service) => sampleRight(subsystems.portal, service)),
  })
  portal = new TestSoapConsumer({
    ...{ address: bus.app.get(BusProcess).addresses[1]!, consumer: subsystems.portal },
    ...{ credentials: identities.portal, busCertificate, authority },
  })
})

afterEach(() => bus.providers.taxes.reset())

afterAll(async () => {
  portal.close()
  await bus.close()
  await rm(folder, { recursive: true, force: true })
})

const request = (content: string): string =>
  `<t:yoxla xmlns:t="${identityNamespace}">${content}</t:yoxla>`
const number = '<t:SenedNomresi>00000001</t:SenedNomresi>'
const good = request(`${number}<t:Fin>0TEST01</t:Fin>`)

function answers(content: string, status = 200): void {
  bus.providers.taxes.answer = () => ({
    status,
    headers: { 'Content-Type': 'text/xml; charset=utf-8' },
    payload: `<s:Envelope xmlns:s="${soap11}"><s:Body>${content}</s:Body></s:Envelope>`,
  })
}

const response = (content: string): string =>
  `<t:yoxlaResponse xmlns:t="${identityNamespace}">${content}</t:yoxlaResponse>`
const goodAnswer = response('<t:tapildi>true</t:tapildi><t:soyad>Əliyev</t:soyad>')

const call = (body: string, version = 'v1'): Promise<SoapAnswer> =>
  portal.call({ body, service: `${code}/${version}` })

const outcomes = async ({ exchangeId }: SoapAnswer) =>
  (await bus.log.entries(exchangeId)).map(({ fields }) => fields)

/** `path: English text` of each place that a fault tells of. */
function placesOf({ text }: SoapAnswer): string[] {
  const found = text.matchAll(
    /<f:place><f:path>(.*?)<\/f:path><f:text xml:lang="az">(.*?)<\/f:text><f:text xml:lang="en">(.*?)<\/f:text>/g,
  )
  return [...found].map(([, path, az, en]) => {
    expect(az).not.toBe(en)
    return `${path ?? ''}: ${en ?? ''}`
  })
}

async function breaches(): Promise<string> {
  const text = await bus.app.get(BusMetrics).registry.metrics()
  return text
    .split('\n')
    .filter((line) => line.startsWith('sluice_contract_breaches'))
    .join('\n')
}

describe('a request', () => {
  it('that keeps the contract passes, and the log says which contract that was', async () => {
    answers(goodAnswer)
    const answer = await call(good)
    expect(answer).toMatchObject({ status: 200, fault: undefined })
    const [asked, answered] = await outcomes(answer)
    expect(asked?.contractVersion).toMatch(/^[\w-]{43}$/)
    expect(answered).toMatchObject({ outcome: 'answered' })
  })

  it.each([
    ['missing field', request('<t:Fin>0TEST01</t:Fin>'), '/SenedNomresi'],
    ['wrong type', request(`${number}<t:Fin>0TEST01</t:Fin><t:Say>iki</t:Say>`), '/Say'],
    ['unknown field', request(`${number}<t:Fin>0TEST01</t:Fin><t:Ad>Əli</t:Ad>`), '/Ad'],
    ['PIN with I or O', request(`${number}<t:Fin>OTEST0I</t:Fin>`), '/Fin'],
  ])('with a %s is refused, and the provider sees nothing of it', async (_what, body, path) => {
    const answer = await call(body)
    expect(answer).toMatchObject({ status: 500, fault: 'REQUEST_INVALID' })
    expect(placesOf(answer)[0]).toContain(`${path}: `)
    expect(answer.text).toContain(`<f:field>${path}</f:field>`)
    expect(bus.providers.taxes.count).toBe(0)
    expect(await outcomes(answer)).toMatchObject([
      { kind: 'refusal', outcome: 'REQUEST_INVALID', faultSide: 'consumer' },
    ])
  })

  it('tells of several places at once, and quotes no value', async () => {
    const answer = await call(
      request('<t:SenedNomresi>123456789</t:SenedNomresi><t:Fin>gizli</t:Fin>'),
    )
    expect(placesOf(answer).map((place) => place.split(':')[0])).toEqual(['/SenedNomresi', '/Fin'])
    expect(answer.text).not.toContain('gizli')
  })
})

describe('an answer', () => {
  it.each([
    ['wrong type', response('<t:tapildi>bəli</t:tapildi>'), '/tapildi'],
    ['missing field', response(''), '/tapildi'],
    ['other element', good, '/yoxla'],
  ])('with a %s is refused, and lies with the provider', async (_what, content, path) => {
    answers(content)
    const answer = await call(good)
    expect(answer).toMatchObject({ status: 500, fault: 'RESPONSE_INVALID' })
    expect(answer.text).toContain('<f:side>provider</f:side>')
    expect(placesOf(answer)[0]).toContain(path)
    expect(await outcomes(answer)).toMatchObject([
      { kind: 'request' },
      { kind: 'refusal', outcome: 'RESPONSE_INVALID', faultSide: 'provider' },
    ])
  })

  it('may be a failure; one that the contract declares is as declared', async () => {
    const failure = (kod: string): string =>
      `<s:Fault xmlns:s="${soap11}"><faultcode>s:Server</faultcode><faultstring>x</faultstring>` +
      `<detail><t:YoxlaFault xmlns:t="${identityNamespace}"><t:kod>${kod}</t:kod></t:YoxlaFault></detail></s:Fault>`
    answers(failure('7'), 500)
    expect(await call(good)).toMatchObject({ status: 500, fault: undefined })
    answers(failure('yeddi'), 500)
    expect(await call(good)).toMatchObject({ fault: 'RESPONSE_INVALID' })
  })
})

describe('two versions beside each other (R-015)', () => {
  it('are each held to their own contract', async () => {
    answers(goodAnswer)
    const later = request(`${number}<t:Fin>0TEST01</t:Fin><t:Qeyd>a</t:Qeyd>`)
    expect(await call(good)).toMatchObject({ status: 200 })
    expect(await call(good, 'v2')).toMatchObject({ fault: 'REQUEST_INVALID' })
    expect(await call(later, 'v2')).toMatchObject({ status: 200 })
    expect(await call(later)).toMatchObject({ fault: 'REQUEST_INVALID' })
  })
})

describe('the level that the registry says', () => {
  const bad = request(`${number}<t:Fin>gizli</t:Fin>`)
  const level = (request: string, reply = request) =>
    bus.registry.change(`${code}/v1`, { validation: { request, reply } })

  afterEach(() => level('block'))

  it('report: passes, is counted and told of, without a value', async () => {
    await level('report')
    answers(response('<t:tapildi>gizli</t:tapildi>'))
    bus.systemLog.length = 0
    const before = await breaches()
    const answer = await call(bad)
    expect(answer).toMatchObject({ status: 200, fault: undefined })
    const [asked] = await outcomes(answer)
    expect(asked?.contractVersion).toMatch(/^[\w-]{43}$/)
    const lines = bus.systemLog.filter((line) => line.includes('contract broken'))
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { level: 40, side: 'request', places: [{ path: '/Fin', rule: 'pattern' }] },
      { level: 40, side: 'reply', places: [{ path: '/tapildi', rule: 'type' }] },
    ])
    expect(lines.join('')).not.toContain('gizli')
    expect(await breaches()).not.toBe(before)
  })

  it('off: nothing is looked at, and the log says so', async () => {
    await level('off')
    answers(response('<t:nə/>'))
    bus.systemLog.length = 0
    const answer = await call(bad)
    expect(answer).toMatchObject({ status: 200, fault: undefined })
    expect((await outcomes(answer))[0]?.contractVersion).toBe('none')
    expect(bus.systemLog.filter((line) => line.includes('contract broken'))).toEqual([])
  })
})

describe('the element in the Body (SC-01)', () => {
  const level = (request: string, reply: string) =>
    bus.registry.change(`${named}/v1`, { validation: { request, reply } })
  const callNamed = (body: string) => portal.call({ body, service: `${named}/v1` })
  const asService = good.replaceAll('yoxla', 'sexsiyyet')

  afterEach(() => level('block', 'block'))

  it.each([
    ['block', 'block'],
    ['report', 'report'],
    ['off', 'off'],
  ])('is what the contract calls a request, and no other passes at %s', async (request, reply) => {
    await level(request, reply)
    answers(goodAnswer)
    expect(await callNamed(good)).toMatchObject({ status: 200, fault: undefined })
    for (const other of [asService, response('<t:tapildi>true</t:tapildi>'), '<yoxla/>']) {
      const answer = await callNamed(other)
      expect(answer).toMatchObject({ status: 500, fault: 'REQUEST_INVALID' })
      expect(placesOf(answer)[0]).toContain('yoxla')
    }
    expect(bus.providers.taxes.count).toBe(1)
  })
})
