import { hash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { BusProcess } from '../../src/bus-process.js'
import { readXml } from '../../src/xml/read-xml.js'
import { writeContract } from '../support/contract-samples.js'
import {
  restContract,
  restService,
  soapContract,
  soapNamespace,
  soapService,
} from '../support/note-contracts.js'
import type { Answer } from '../support/whole-bus-consumer.js'
import { expectAnswered, expectRefused } from '../support/whole-bus-expect.js'
import type { AnswerOf } from '../support/whole-bus-provider.js'
import { sampleRight, sampleService, subsystems } from '../support/whole-bus-sample.js'
import { TestSoapConsumer, type SoapAnswer } from '../support/whole-bus-soap.js'
import { startWholeBus, type WholeBus } from '../support/whole-bus.js'
import { soap11, xroad } from '../support/wss.js'

/* SOAP and REST understand each other, in all four pairs. */

const restNamespace = `urn:sluice:service:${restService.replaceAll('/', ':')}`

/** Azerbaijani as it is written, and a text with the Cyrillic letter that looks like ə. */
const texts = ['Əliyev Şükür İbrahim oğlu, Çağırış küçəsi', 'Cyrillic: ә, Latın: ə; I/ı, İ/i']

let bus: WholeBus
let soap: TestSoapConsumer
let folder: string

beforeAll(async () => {
  bus = await startWholeBus({ soap: {} })
  folder = await mkdtemp(join(tmpdir(), 'sluice-mediation-'))
  const { providers, identities, busCertificate, authority } = bus
  const rest = await writeContract(join(folder, 'rest'), restContract)
  const own = await writeContract(join(folder, 'soap'), soapContract)
  await bus.registry.change(subsystems.taxes, {
    services: [sampleService('qeyd', providers.taxes.address, { contract: rest })],
  })
  await bus.registry.change(subsystems.education, {
    services: [
      sampleService('qeyd', providers.education.address, { protocol: 'soap', contract: own }),
    ],
  })
  await bus.registry.apply({
    accessRights: [restService, soapService].map((service) =>
      sampleRight(subsystems.portal, service),
    ),
  })
  soap = new TestSoapConsumer({
    ...{ address: bus.app.get(BusProcess).addresses[1]!, consumer: subsystems.portal },
    ...{ credentials: identities.portal, busCertificate, authority },
  })
})

afterEach(() => {
  for (const provider of Object.values(bus.providers)) provider.reset()
})

afterAll(async () => {
  soap.close()
  await bus.close()
  await rm(folder, { recursive: true, force: true })
})

/** The request's element again, called as the answer to it. */
const sameInSoap: AnswerOf = ({ payload }) => {
  const document = readXml(payload)
  const body = document.child(document.root, soap11, 'Body')!
  const asked = document.firstChild(body)!
  const [mesaj, say] = [...document.children(asked)].map((child) => document.text(child))
  return {
    headers: { 'Content-Type': 'text/xml; charset=utf-8' },
    payload: envelope(
      `<qeydResponse xmlns="${soapNamespace}"><mesaj>${mesaj}</mesaj><say>${say}</say></qeydResponse>`,
    ),
  }
}

const envelope = (content: string): string =>
  `<S:Envelope xmlns:S="${soap11}"><S:Body>${content}</S:Body></S:Envelope>`

const json = { 'Content-Type': 'application/json' }

const askRest = (service: string, body: unknown): Promise<Answer> =>
  bus.portal.call({ service, payload: JSON.stringify(body), headers: json })

const askSoap = (service: string, namespace: string, content: string): Promise<SoapAnswer> =>
  soap.call({ service, body: `<q:qeyd xmlns:q="${namespace}">${content}</q:qeyd>` })

const fields = (mesaj: string, say = '12.50'): string =>
  `<q:mesaj>${mesaj}</q:mesaj><q:say>${say}</q:say>`

/** Texts of the answer's fields, in order. */
function valuesOf({ verified }: SoapAnswer): string[] {
  return verified.body
    .children()[0]!
    .children()
    .map((child) => child.text())
}

describe('R-013: every pair carries every letter', () => {
  it.each(texts)('%s', async (mesaj) => {
    bus.providers.education.answer = sameInSoap
    const body = { mesaj, say: '12.50' }
    for (const service of [restService, soapService]) {
      const answer = await askRest(service, body)
      await expectAnswered(bus, answer)
      expect(JSON.parse(answer.payload.toString())).toEqual(body)
    }
    for (const [service, namespace] of [
      [restService, restNamespace],
      [soapService, soapNamespace],
    ] as const) {
      const answer = await askSoap(service, namespace, fields(mesaj))
      expect({ status: answer.status, fault: answer.fault }).toEqual({ status: 200 })
      expect(valuesOf(answer)).toEqual([mesaj, '12.50'])
    }
    for (const { deliveries } of [bus.providers.taxes, bus.providers.education]) {
      expect(deliveries).toHaveLength(2)
      for (const { payload } of deliveries) expect(payload.includes(mesaj)).toBe(true)
    }
  })
})

describe('R-123: both forms are in evidence', () => {
  const digest = (salt: Uint8Array, bytes: Uint8Array): string =>
    hash('sha256', Buffer.concat([salt, bytes]), 'base64url')

  it('of a request that goes to REST, and of its answer', async () => {
    const { exchangeId } = await askSoap(restService, restNamespace, fields('a'))
    const [request, reply] = (await bus.log.entries(exchangeId)).map((entry) => entry.fields)
    const { latest } = bus.providers.taxes
    const { salt } = await bus.log.open(exchangeId, 1)
    expect(request).toMatchObject({ consumerProtocol: 'soap', providerProtocol: 'rest' })
    expect(request?.derivedPayloadDigest).toBe(digest(salt, latest.payload))
    expect(request?.mappingVersion).toBe(latest.header('sluice-mapping'))
    expect(reply).toMatchObject({ mappingVersion: request?.mappingVersion, outcome: 'answered' })
    expect(reply?.derivedPayloadDigest).toMatch(/^[\w-]{43}$/)
    expect(reply?.deliveredPayloadDigest).toBeUndefined()
    expect((await bus.log.open(exchangeId, 2)).payload.toString()).toBe(
      '{"mesaj":"a","say":"12.50"}',
    )
  })

  it('of an answer that comes from SOAP', async () => {
    bus.providers.education.answer = sameInSoap
    const answer = await askRest(soapService, { mesaj: 'a', say: '1' })
    const [request, reply] = await expectAnswered(bus, answer)
    const { salt, payload } = await bus.log.open(answer.exchangeId, 2)
    expect(payload.toString()).toContain('<qeydResponse')
    expect(reply.derivedPayloadDigest).toBe(digest(salt, answer.payload))
    expect(reply.mappingVersion).toBe(request.mappingVersion)
    expect(request.derivedPayloadDigest).toMatch(/^[\w-]{43}$/)
  })

  it('neither, where nothing is translated', async () => {
    const answer = await askRest(restService, { mesaj: 'a', say: '1' })
    const [request, reply] = await expectAnswered(bus, answer)
    expect([request.derivedPayloadDigest, reply.derivedPayloadDigest]).toEqual([
      undefined,
      undefined,
    ])
    expect(reply.mappingVersion).toBe('none')
  })
})

describe('what a provider gets of a request that was translated', () => {
  it('REST: who asks in header fields, the digest of what was signed, the bus’s signature', async () => {
    const signed = soap.sign({
      service: restService,
      body: `<q:qeyd xmlns:q="${restNamespace}">${fields('a')}</q:qeyd>`,
    })
    await soap.send(signed)
    const { header, method, target } = bus.providers.taxes.latest
    expect([method, target]).toEqual(['POST', '/xidmet'])
    expect(header('x-road-client')).toBe(subsystems.portal)
    expect(header('x-road-service')).toBe(restService)
    expect(header('sluice-mode')).toBe('body')
    const sha256 = hash('sha256', signed.payload, 'base64')
    expect(header('sluice-original-digest')).toBe(`sha-256=:${sha256}:`)
    const input = header('signature-input') ?? ''
    for (const field of [
      'x-road-client',
      'sluice-original-digest',
      'sluice-mapping',
      'content-type',
    ]) {
      expect(input).toContain(`"${field}"`)
    }
  })

  it('SOAP: who asks in header blocks; WS-Security of the bus where the registry keeps it', async () => {
    bus.providers.education.answer = sameInSoap
    await askRest(soapService, { mesaj: 'a', say: '1' })
    expect(bus.providers.education.latest.payload.includes('Security>')).toBe(false)
    expect(bus.providers.education.latest.header('signature-input')).toContain('sluice=')
    await bus.registry.change(soapService, {
      soap: { securityHeader: 'keep', xroadHeaders: 'keep' },
    })
    await askRest(soapService, { mesaj: 'a', say: '1' })
    const { payload, header } = bus.providers.education.latest
    expect(header('soapaction')).toBe('""')
    const document = readXml(payload)
    const [head] = [...document.children(document.root)]
    const names = [...document.children(head!)].map((block) => document.localName(block))
    expect(names).toEqual(
      expect.arrayContaining([
        'client',
        'service',
        'id',
        'protocolVersion',
        'legalBasis',
        'Security',
      ]),
    )
    const client = document.child(head!, xroad, 'client')!
    expect([...document.children(client)].map((part) => document.text(part)).join('/')).toBe(
      subsystems.portal,
    )
  })
})

describe('what goes wrong on the other side', () => {
  it('a path behind a SOAP service is none of it, and is not dropped', async () => {
    const payload = JSON.stringify({ mesaj: 'a', say: '1' })
    const answer = await bus.portal.call({
      service: soapService,
      rest: '/basqa',
      payload,
      headers: json,
    })
    await expectRefused(bus, answer, 'REQUEST_INVALID', { field: '/' })
    expect(bus.providers.education.deliveries).toEqual([])
  })

  it('a request that breaks the contract is told in the consumer’s own names', async () => {
    const inRest = await askRest(soapService, { mesaj: 'a', say: 'iki', artiq: 1 })
    await expectRefused(bus, inRest, 'REQUEST_INVALID', { field: '/artiq' })
    const inSoap = await askSoap(
      restService,
      restNamespace,
      '<q:mesaj>a</q:mesaj><q:say>iki</q:say>',
    )
    expect(inSoap.fault).toBe('REQUEST_INVALID')
    expect(inSoap.text).toContain('<f:path>/say</f:path>')
    expect([bus.providers.taxes.deliveries, bus.providers.education.deliveries]).toEqual([[], []])
  })

  it.each([
    [
      'a Fault that no contract knows',
      500,
      envelope(
        '<S:Fault><faultcode>S:Server</faultcode><faultstring>ORA-00942</faultstring></S:Fault>',
      ),
      'PROVIDER_FAULT',
    ],
    [
      'an answer that breaks the contract',
      200,
      envelope(`<qeydResponse xmlns="${soapNamespace}"/>`),
      'RESPONSE_INVALID',
    ],
  ] as const)('%s is the provider’s', async (_what, status, payload, code) => {
    const headers = { 'Content-Type': 'text/xml; charset=utf-8' }
    bus.providers.education.answer = () => ({ status, headers, payload })
    const answer = await askRest(soapService, { mesaj: 'a', say: '1' })
    await expectRefused(bus, answer, code, {
      ...{ side: 'provider', entries: 2 },
      ...(code === 'RESPONSE_INVALID' && { field: '/mesaj' }),
    })
    expect(answer.payload.toString()).not.toContain('ORA-')
  })

  it('a failure that a REST contract declares is a Fault with its detail', async () => {
    const payload = '{"sebeb":"Belə qeyd yoxdur"}'
    bus.providers.taxes.answer = () => ({ status: 404, headers: json, payload })
    const answer = await askSoap(restService, restNamespace, fields('a'))
    expect({ status: answer.status, fault: answer.fault }).toEqual({
      status: 500,
      fault: undefined,
    })
    expect(answer.text).toContain('Belə qeyd yoxdur</')
    expect(answer.text).toContain('<faultcode>S:Client</faultcode>')
  })
})

describe('both faces are served', () => {
  it('a SOAP service has an OpenAPI, for everybody, with the address at which it was asked for', async () => {
    const address = bus.portal.address
    const openapi = (await (await fetch(`${address}/openapi/${soapService}`)).json()) as {
      servers: { url: string }[]
      paths: object
    }
    expect(openapi.servers).toEqual([{ url: address }])
    expect(Object.keys(openapi.paths)).toEqual([`/r1/${encodeURI(soapService)}`])
  })

  it('a signed getOpenAPI gives the same to who asks', async () => {
    const answer = await bus.portal.call({
      ...{ method: 'GET', service: `${subsystems.education}/getOpenAPI` },
      rest: '?serviceCode=qeyd',
    })
    await expectAnswered(bus, answer)
    expect(JSON.parse(answer.payload.toString())).toMatchObject({ openapi: '3.0.3' })
  })

  it('of a service that is no offer any more nobody is told, signed or not', async () => {
    const statuses = async () => {
      const [rest = '', lane = ''] = bus.app.get(BusProcess).addresses
      const asked = [`${rest}/openapi/${soapService}`, `${lane}/${soapService}?wsdl`]
      return Promise.all(asked.map(async (each) => (await fetch(each)).status))
    }
    const signed = (name: string, rest = '') =>
      bus.portal.call({ method: 'GET', service: `${subsystems.education}/${name}`, rest })
    await bus.registry.change(soapService, { status: 'liquidated' })
    expect(await statuses()).toEqual([404, 404])
    expect((await signed('getOpenAPI', '?serviceCode=qeyd')).status).toBe(404)
    expect((await signed('listMethods')).payload.toString()).not.toContain('qeyd')
    await bus.registry.change(soapService, { status: 'active' })
    expect((await statuses())[0]).toBe(200)
  })
})
