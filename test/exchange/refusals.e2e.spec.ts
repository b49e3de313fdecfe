import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createHash } from 'node:crypto'
import type { EntryFields } from '../../src/message-log/entry.js'
import { sendRaw } from '../support/raw-http.js'
import { makeAuthority, type TestIdentity } from '../support/pki.js'
import {
  rawHeadersOfCall,
  type Answer,
  type Call,
  type SignedCall,
} from '../support/whole-bus-consumer.js'
import { expectAnswered, expectRefused } from '../support/whole-bus-expect.js'
import { silence } from '../support/whole-bus-provider.js'
import { services, subsystems } from '../support/whole-bus-sample.js'
import { startWholeBus, type RunningBus, type WholeBus } from '../support/whole-bus.js'

let bus: WholeBus
/** A bus that takes one exchange of a consumer at a time. */
let small: RunningBus

beforeAll(async () => {
  bus = await startWholeBus()
  small = await bus.startAnother({ limits: { exchangesPerConsumerMax: 1 } })
})

afterAll(() => bus.close())

beforeEach(() => bus.providers.taxes.reset())

const wholeCall: Call = { headers: { 'Sluice-Domain': 'PORTAL' } }

/** What the record of a refusal says of whose key signed the head. */
function signedBy(call: SignedCall, certificate: TestIdentity): Partial<EntryFields> {
  const value = Buffer.from(/=:(.*):$/.exec(call.headers['Signature'] ?? '')?.[1] ?? '', 'base64')
  return {
    consumerCertificate: certificate.thumbprint,
    consumerCertificateSerial: certificate.serialNumber,
    consumerSignatureDigest: createHash('sha256').update(value).digest('base64url'),
  }
}

/** The record of a refusal of a verified head: who asked for what, and nothing of the payload. */
async function expectIdentified(
  entry: EntryFields,
  call: SignedCall,
  service: string = services.taxes,
): Promise<void> {
  expect(entry).toMatchObject({
    ...signedBy(call, bus.identities.portal),
    ...{ consumerIdentity: 'verified', consumer: subsystems.portal, service, domain: 'PORTAL' },
    messageId: call.headers['X-Road-Id'],
  })
  expect([entry.payloadBytes, entry.payloadDigest]).toEqual([undefined, undefined])
  expect(await bus.log.rows('message_log_payload', entry.exchangeId)).toBe(0)
  expect(bus.providers.taxes.count).toBe(0)
}

describe('R-127: a refusal after the head was verified says who asked, and answers that request', () => {
  it('another payload than the one signed', async () => {
    const call = bus.portal.sign(wholeCall)
    const answer = await bus.portal.send({ ...call, payload: Buffer.from('{"fin":"0TEST02"}') })
    const expected = { status: 401, field: 'content-digest' }
    await expectIdentified(await expectRefused(bus, answer, 'SIGNATURE_INVALID', expected), call)
    expect(answer.isBound).toBe(true)
  })

  it.each([false, true])(
    'a payload above the limit of the service (chunked: %s)',
    async (isChunked) => {
      await bus.registry.change(services.taxes, { limits: { requestBytesMax: 1_024 } })
      const call = bus.portal.sign({ ...wholeCall, isChunked, payload: 'x'.repeat(1_025) })
      const answer = await bus.portal.send(call)
      await bus.registry.change(services.taxes, { limits: { requestBytesMax: 67_108_864 } })
      await expectIdentified(await expectRefused(bus, answer, 'PAYLOAD_TOO_LARGE'), call)
      expect(answer.isBound).toBe(true)
    },
  )

  it('a consumer with too many exchanges in progress', async () => {
    const consumer = bus.portal.at(small.address)
    bus.providers.taxes.answer = silence
    const arrived = bus.providers.taxes.nextDelivery()
    const first = consumer.call().catch(() => undefined)
    await arrived
    bus.providers.taxes.reset()
    const call = consumer.sign({ ...wholeCall, service: services.education })
    const answer = await consumer.send(call)
    const entry = await expectRefused(bus, answer, 'THROTTLED', { status: 429 })
    await expectIdentified(entry, call, services.education)
    expect(answer.isBound).toBe(true)
    await bus.providers.taxes.dropConnections()
    await first
    await expectAnswered(bus, await consumer.call())
    consumer.close()
  })

  it('a body that breaks off', async () => {
    const call = bus.portal.sign({ ...wholeCall, isChunked: true })
    const fields = rawHeadersOfCall(call).map((text, at) => (at % 2 ? `${text}\r\n` : `${text}: `))
    const { host, pathname } = new URL(call.url)
    const start = `POST ${pathname} HTTP/1.1\r\nHost: ${host}\r\n${fields.join('')}`
    const reply = await sendRaw(bus.address, `${start}\r\n7\r\n{"fin":\r\nno chunk\r\n`)
    const [head = '', payload = ''] = reply.text.split('\r\n\r\n')
    const rawHeaders = head
      .split('\r\n')
      .slice(1)
      .flatMap((line) => line.split(/: (.*)/).slice(0, 2))
    const verified = bus.portal.verify(call, reply.status, rawHeaders, Buffer.from(payload))
    expect(verified.header('x-road-error')).toBe('PAYLOAD_UNSAFE')
    expect(verified.boundToRequest).toBe(true)
    const entry = await bus.log.refusal(verified.header('sluice-exchange-id') ?? '')
    expect(entry).toMatchObject({ outcome: 'PAYLOAD_UNSAFE', faultField: 'payload' })
    await expectIdentified(entry, call)
  })
})

/** The record of a refusal that knows the key that signed, and nobody who may speak by it. */
function expectSigned(entry: EntryFields, call: SignedCall, certificate: TestIdentity): void {
  expect(entry).toMatchObject({ ...signedBy(call, certificate), consumerIdentity: 'signed' })
  const { consumer, messageId, service, payloadBytes, payloadDigest } = entry
  const said = { consumer, messageId, service, payloadBytes, payloadDigest }
  expect(Object.values(said).filter((each) => each !== undefined)).toEqual([])
  // Whose log it belongs to: that of the system to which the certificate is registered.
  expect(entry.domain).toBe('PORTAL')
  expect(bus.providers.taxes.count).toBe(0)
}

describe('a refusal after the signature proved right says which certificate signed, and no more', () => {
  const registered = async (certificate: Promise<TestIdentity>): Promise<TestIdentity> => {
    const { pem } = await certificate
    await bus.registry.change(subsystems.portal, { certificates: [{ pem }] })
    return certificate
  }

  const refused = async (call: SignedCall, code: string): Promise<[Answer, EntryFields]> => {
    const answer = await bus.portal.send(call)
    const field = code === 'REQUEST_INVALID' ? { field: 'Sluice-Mode' } : {}
    return [answer, await expectRefused(bus, answer, code, field)]
  }

  it('the certificate of another system than the sender named', async () => {
    const { personnel } = bus.identities
    const call = bus.portal.sign({ ...wholeCall, credentials: personnel })
    const [answer, entry] = await refused(call, 'CERT_SENDER_MISMATCH')
    expectSigned(entry, call, personnel)
    expect(answer.isBound).toBe(true)
  })

  it('a revoked, an expired, and one of an authority that is not accepted', async () => {
    const revoked = await registered(bus.authority.issue())
    const { thumbprint } = revoked
    await bus.registry.change(subsystems.portal, {
      certificates: [{ thumbprint, status: 'revoked' }],
    })
    const notAfter = new Date(Date.now() - 1_000)
    const expired = await registered(bus.authority.issue({ notAfter }))
    const foreign = await registered(makeAuthority('Yad kök').then((other) => other.issue()))
    for (const [code, credentials] of [
      ['CERT_REVOKED', revoked],
      ['CERT_EXPIRED', expired],
      ['CERT_UNKNOWN', foreign],
    ] as const) {
      const call = bus.portal.sign({ ...wholeCall, credentials })
      const [answer, entry] = await refused(call, code)
      expectSigned(entry, call, credentials)
      expect(answer.isBound).toBe(true)
    }
  })

  it('an envelope that cannot be read', async () => {
    const call = bus.portal.sign({ headers: { ...wholeCall.headers, 'Sluice-Mode': 'everybody' } })
    const [answer, entry] = await refused(call, 'REQUEST_INVALID')
    expectSigned(entry, call, bus.identities.portal)
    expect(answer.isBound).toBe(true)
  })

  it('a head that was altered: nothing at all, and the refusal answers no request', async () => {
    const call = bus.portal.sign(wholeCall)
    const altered = { ...call, headers: { ...call.headers, 'X-Road-Issue': 'VN-2' } }
    const answer = await bus.portal.send(altered)
    const entry = await expectRefused(bus, answer, 'SIGNATURE_INVALID', { field: 'signature' })
    expect([entry.consumerIdentity, entry.consumerCertificate]).toEqual(['none', undefined])
    expect(entry.consumerSignatureDigest).toBeUndefined()
    expect(answer.isBound).toBe(false)
  })
})
