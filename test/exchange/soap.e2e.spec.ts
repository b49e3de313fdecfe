import { hash, randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { BusProcess } from '../../src/bus-process.js'
import { createSoapSigner } from '../../src/trust/wss/sign-message.js'
import { bodyContentOf } from '../support/soap-lane.js'
import { sampleRight, sampleService, subsystems } from '../support/whole-bus-sample.js'
import {
  TestSoapConsumer,
  type SignedSoapCall,
  type SoapAnswer,
} from '../support/whole-bus-soap.js'
import { startWholeBus, type WholeBus } from '../support/whole-bus.js'
import { xroad } from '../support/wss.js'

const service = `${subsystems.taxes}/finAxtaris/v1`
const body =
  '<g:finAxtaris xmlns:g="urn:gcq"><fin>5XY7K2A</fin><ad>Şəfəq &amp; Əli</ad></g:finAxtaris>'

let bus: WholeBus
let portal: TestSoapConsumer

beforeAll(async () => {
  bus = await startWholeBus({ soap: {} })
  const { providers, identities, busCertificate, authority } = bus
  await bus.registry.change(subsystems.taxes, {
    services: [sampleService('finAxtaris', providers.taxes.address, { protocol: 'soap' })],
  })
  await bus.registry.apply({
    accessRights: [sampleRight(subsystems.portal, `${subsystems.taxes}/finAxtaris`)],
  })
  const address = bus.app.get(BusProcess).addresses[1]!
  portal = new TestSoapConsumer({
    ...{ address, consumer: subsystems.portal, credentials: identities.portal },
    ...{ busCertificate, authority },
  })
})

afterEach(() => bus.providers.taxes.reset())

afterAll(async () => {
  portal.close()
  await bus.close()
})

const call = { service, body }

async function expectRefused(
  answer: SoapAnswer,
  code: string,
  side: 'consumer' | 'bus' | 'provider' = 'consumer',
): Promise<void> {
  expect({ fault: answer.fault, status: answer.status }).toEqual({ fault: code, status: 500 })
  const { text, exchangeId } = answer
  expect(text).toContain(`<f:side>${side}</f:side>`)
  expect(text).toContain(`<f:exchangeId>${exchangeId}</f:exchangeId>`)
  expect(text).toContain('<f:text xml:lang="az">')
  expect(text).toContain('<f:text xml:lang="en">')
  const entry = await bus.log.refusal(exchangeId)
  expect(entry).toMatchObject({ kind: 'refusal', outcome: code, faultSide: side })
}

function altered(signed: SignedSoapCall, from: string, to: string): SignedSoapCall {
  const text = signed.payload.toString('latin1')
  const asBytes = (part: string): string => Buffer.from(part).toString('latin1')
  expect(text).toContain(asBytes(from))
  return { ...signed, payload: Buffer.from(text.replace(asBytes(from), asBytes(to)), 'latin1') }
}

describe('a SOAP consumer and a SOAP provider', () => {
  it.each(['1.1', '1.2'] as const)(
    'SOAP %s: the provider gets the bytes that were signed, the consumer a signed reply',
    async (version) => {
      const signed = portal.sign({ ...call, version })
      const answer = await portal.send(signed)
      expect({ status: answer.status, fault: answer.fault }).toEqual({
        status: 200,
        fault: undefined,
      })
      const { latest } = bus.providers.taxes
      expect(latest.payload.equals(signed.payload)).toBe(true)
      expect(latest.target).toBe('/xidmet')
      expect(latest.header('content-type')).toBe(signed.headers['Content-Type'])
      // What no signature covers says nothing to the provider.
      expect(latest.header('soapaction')).toBe(version === '1.1' ? '""' : undefined)
      expect(latest.header('signature')).toMatch(/^sluice=:/)
      expect(latest.header('signature-input')).toContain('"content-digest"')
      expect(bodyContentOf(answer.payload).toString()).toBe(body)
    },
  )

  it('the reply repeats the header blocks in their order, and says which request it answers', async () => {
    const signed = portal.sign({ ...call, messageId: 'sorgu-77' })
    const { verified } = await portal.send(signed)
    expect(verified.headerBlocks.map(({ localName }) => localName)).toEqual([
      ...['client', 'service', 'id', 'protocolVersion', 'issue'],
      ...['requestHash', 'exchangeId', 'entry', 'receipt'],
    ])
    expect(verified.headerBlock(xroad, 'id')?.text()).toBe('sorgu-77')
    const digest = hash('sha256', signed.envelope, 'base64')
    expect(verified.headerBlock(xroad, 'requestHash')?.text()).toBe(digest)
  })

  it('both halves are in the log, with what came and what was answered', async () => {
    const signed = portal.sign(call)
    const { exchangeId } = await portal.send(signed)
    const entries = await bus.log.entries(exchangeId)
    expect(entries.map(({ fields }) => fields)).toMatchObject([
      {
        kind: 'request',
        consumer: subsystems.portal,
        consumerProtocol: 'soap',
        service,
        payloadBytes: signed.payload.length,
      },
      { kind: 'reply', outcome: 'answered', replyStatus: 200, providerProtocol: 'soap' },
    ])
    const { payload } = await bus.log.open(exchangeId, 1)
    expect(Buffer.from(payload).equals(signed.payload)).toBe(true)
  })

  it('attachments arrive as they were signed, and come back as they were answered', async () => {
    const attachment = {
      contentId: 'senet@vn.az',
      rawHeaders: [
        'Content-Type',
        'application/octet-stream',
        'Content-Transfer-Encoding',
        'binary',
      ],
      content: randomBytes(300_000),
    }
    const signed = portal.sign({ ...call, attachments: [attachment] })
    const answer = await portal.send(signed)
    expect(answer.fault).toBeUndefined()
    expect(bus.providers.taxes.latest.payload.equals(signed.payload)).toBe(true)
    const [returned, ...others] = answer.verified.attachments
    expect(others).toEqual([])
    expect(Buffer.from(returned!.content).equals(attachment.content)).toBe(true)
  })

  it('a body longer than its beginning goes through whole', async () => {
    const long = `<g:finAxtaris xmlns:g="urn:gcq">${'<a>x</a>'.repeat(100_000)}</g:finAxtaris>`
    const signed = portal.sign({ ...call, body: long })
    const answer = await portal.send(signed)
    expect(answer.fault).toBeUndefined()
    expect(bus.providers.taxes.latest.payload.equals(signed.payload)).toBe(true)
  })

  it('a registered action is what the provider is told, and what the consumer may name', async () => {
    await bus.registry.change(service, { soap: { action: 'urn:finAxtaris' } })
    const answer = await portal.call(call)
    const { latest } = bus.providers.taxes
    const other = { ...portal.sign(call) }
    const refused = await portal.send({
      ...other,
      headers: { ...other.headers, SOAPAction: '"urn:hamisiniSil"' },
    })
    await bus.registry.change(service, { soap: null })
    expect(answer.fault).toBeUndefined()
    expect(latest.header('soapaction')).toBe('"urn:finAxtaris"')
    await expectRefused(refused, 'REQUEST_INVALID')
    expect(refused.text).toContain('<f:field>SOAPAction</f:field>')
    expect(bus.providers.taxes.count).toBe(1)
  })

  it("the provider's own fault passes through, signed by the bus", async () => {
    const fault =
      '<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body><S:Fault>' +
      '<faultcode>S:Server</faultcode><faultstring>tapılmadı</faultstring></S:Fault></S:Body></S:Envelope>'
    bus.providers.taxes.answer = () => ({
      status: 500,
      headers: { 'Content-Type': 'text/xml; charset=utf-8' },
      payload: fault,
    })
    const answer = await portal.call(call)
    expect(answer).toMatchObject({ status: 500, fault: undefined })
    expect(answer.text).toContain('<faultstring>tapılmadı</faultstring>')
  })

  it.each([
    [{ securityHeader: 'strip' }, /:Security/, /xroad:client/],
    [{ securityHeader: 'keep', xroadHeaders: 'strip' }, /xroad:client|:mode/, /:Security/],
  ] as const)('a service may have %j stripped for its provider', async (soap, gone, kept) => {
    await bus.registry.change(service, { soap })
    const signed = portal.sign(call)
    const answer = await portal.send(signed)
    await bus.registry.change(service, { soap: null })
    expect(answer.fault).toBeUndefined()
    const delivered = bus.providers.taxes.latest.payload
    expect(delivered.toString()).not.toMatch(gone)
    expect(delivered.toString()).toMatch(kept)
    expect(bodyContentOf(delivered).toString()).toBe(body)
    const [, reply] = await bus.log.entries(answer.exchangeId)
    expect(reply?.fields.deliveredPayloadDigest).toBeUndefined()
  })
})

describe('a service that demands its provider’s signature', () => {
  beforeAll(() => bus.registry.change(service, { providerSignature: 'required' }))
  afterAll(() => bus.registry.change(service, { providerSignature: 'none' }))

  const answerText =
    '<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>' +
    '<g:finAxtarisResponse xmlns:g="urn:gcq"><ad>Şəfəq</ad></g:finAxtarisResponse></S:Body></S:Envelope>'

  function signedAnswer(): Buffer {
    const { privateKey, der: certificate } = bus.identities.taxes
    const signer = createSoapSigner({ privateKey, certificate, now: () => new Date() })
    const message = { envelope: Buffer.from(answerText), headerBlocks: [], attachments: [] }
    return Buffer.from(signer.sign(message))
  }

  function answerWith(payload: Buffer | string): void {
    const headers = { 'Content-Type': 'text/xml; charset=utf-8' }
    bus.providers.taxes.answer = () => ({ headers, payload })
  }

  it('takes an answer that bears it, and the log names the certificate', async () => {
    answerWith(signedAnswer())
    const answer = await portal.call(call)
    expect(answer.fault).toBeUndefined()
    expect(answer.text).toContain('<ad>Şəfəq</ad>')
    const [, reply] = await bus.log.entries(answer.exchangeId)
    expect(reply?.fields.providerCertificate).toBe(bus.identities.taxes.thumbprint)
  })

  it('refuses one that was altered on its way', async () => {
    answerWith(signedAnswer().toString('utf8').replace('Şəfəq', 'Şükür'))
    await expectRefused(await portal.call(call), 'SIGNATURE_INVALID', 'provider')
  })
})

describe('what is refused, as a signed SOAP Fault', () => {
  it.each([
    ['an altered Body', '5XY7K2A', '5XY7K2B', 'SIGNATURE_INVALID'],
    ['an altered header block', 'VN-2026-000118', 'VN-2026-000119', 'SIGNATURE_INVALID'],
  ])('%s', async (_what, from, to, code) => {
    await expectRefused(await portal.send(altered(portal.sign(call), from, to)), code)
    expect(bus.providers.taxes.count).toBe(0)
  })

  it('a message that nobody signed', async () => {
    const signed = portal.sign(call)
    const text = signed.payload.toString('utf8').replace(/<wsse:Security .*<\/wsse:Security>/s, '')
    await expectRefused(
      await portal.send({ ...signed, payload: Buffer.from(text) }),
      'SIGNATURE_MISSING',
    )
  })

  it('a sender whose certificate is of another subsystem', async () => {
    const answer = await portal.call({ ...call, consumer: subsystems.personnel })
    await expectRefused(answer, 'CERT_SENDER_MISMATCH')
  })

  it('a service without access right', async () => {
    const { personnel } = bus.identities
    const address = bus.app.get(BusProcess).addresses[1]!
    const { busCertificate, authority } = bus
    const other = new TestSoapConsumer({
      ...{ address, consumer: subsystems.personnel, credentials: personnel },
      ...{ busCertificate, authority },
    })
    await expectRefused(await other.call(call), 'ACCESS_DENIED')
    other.close()
  })

  it('a Body that asks for another operation than the Header names', async () => {
    const answer = await portal.call({ ...call, body: '<g:hamisiniSil xmlns:g="urn:gcq"/>' })
    await expectRefused(answer, 'REQUEST_INVALID')
    expect(bus.providers.taxes.count).toBe(0)
  })

  it('a repeated message id', async () => {
    const signed = portal.sign(call)
    await portal.send(signed)
    await expectRefused(await portal.send(signed), 'DUPLICATE_MESSAGE')
    expect(bus.providers.taxes.count).toBe(1)
  })

  it.each([
    [
      'an HTML error page',
      { status: 502, headers: { 'Content-Type': 'text/html' }, payload: '<h1>' },
    ],
    ['an empty answer', { payload: '' }],
  ])("%s instead of the provider's answer", async (_what, given) => {
    bus.providers.taxes.answer = () => given
    const answer = await portal.call(call)
    expect(['RESPONSE_INVALID', 'PROVIDER_FAULT']).toContain(answer.fault)
    await expectRefused(answer, answer.fault!, 'provider')
  })

  it('an answer that is not signed, where the service demands it', async () => {
    await bus.registry.change(service, { providerSignature: 'required' })
    bus.providers.taxes.answer = ({ payload }) => ({
      headers: { 'Content-Type': 'text/xml; charset=utf-8' },
      payload: payload.toString('utf8').replace(/<wsse:Security .*<\/wsse:Security>/s, ''),
    })
    const answer = await portal.call(call)
    // An answer that the consumer itself signed is not the provider's.
    bus.providers.taxes.reset()
    const echoed = await portal.call(call)
    await bus.registry.change(service, { providerSignature: 'none' })
    await expectRefused(answer, 'SIGNATURE_MISSING', 'provider')
    await expectRefused(echoed, 'CERT_SENDER_MISMATCH', 'provider')
  })

  it('another method than POST', async () => {
    const answer = await portal.send({ ...portal.sign(call) }, 'PUT')
    expect(answer).toMatchObject({ status: 405, fault: 'REQUEST_INVALID' })
    expect(answer.headers.allow).toContain('POST')
  })
})
