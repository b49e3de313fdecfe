import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  rawHeadersOfCall,
  type SignedCall,
  type TestConsumer,
} from '../support/whole-bus-consumer.js'
import { digestOf } from '../support/signing.js'
import { expectAnswered, expectRefused } from '../support/whole-bus-expect.js'
import { flipAt, flipIn, MeddlingProxy } from '../support/whole-bus-proxy.js'
import { services, subsystems } from '../support/whole-bus-sample.js'
import { startWholeBus, type WholeBus } from '../support/whole-bus.js'

let bus: WholeBus
/** Stands between the consumer and the bus. */
let front: MeddlingProxy
/** Stands between the bus and the provider. */
let back: MeddlingProxy
let portal: TestConsumer

beforeAll(async () => {
  bus = await startWholeBus({ limits: { requestHeadTimeoutMs: 800, requestTimeoutMs: 1_500 } })
  front = await MeddlingProxy.before(bus.address)
  back = await MeddlingProxy.before(bus.providers.taxes.address)
  portal = bus.portal.at(front.address)
  await bus.registry.change(services.taxes, { address: `${back.address}/xidmet` })
})

afterAll(async () => {
  portal.close()
  await front.close()
  await back.close()
  await bus.close()
})

beforeEach(() => bus.providers.taxes.reset())

afterEach(() => {
  front.meddle = undefined
  back.meddle = undefined
})

const signatureOfProvider = async (wanted: 'required' | 'none'): Promise<void> => {
  await bus.registry.change(services.taxes, { providerSignature: wanted })
  if (wanted === 'required') bus.providers.taxes.signer = bus.identities.taxes
}

describe('R-124: alteration on the way is noticed, and the record says on which leg', () => {
  it.each([
    ['the payload', '"fin"', 'content-digest'],
    ['the path', 'voenTap', 'signature'],
    ['a field that says who asks', 'VN-2026-', 'signature'],
  ])('%s, from the consumer to the bus', async (_what, text, field) => {
    front.meddle = flipIn(text, 'there')
    const answer = await portal.call()
    const entry = await expectRefused(bus, answer, 'SIGNATURE_INVALID', { status: 401, field })
    // The consumer's leg: nothing was logged as asked, nothing was delivered.
    expect([entry.faultSide, entry.requestEntry]).toEqual(['consumer', undefined])
    expect(bus.providers.taxes.count).toBe(0)
  })

  it.each([
    ['the payload', '"cavab"', 'content-digest'],
    ['the status', '200 OK', 'signature'],
  ])('%s, from the provider to the bus', async (_what, text, field) => {
    await signatureOfProvider('required')
    bus.providers.taxes.answer = () => ({ payload: '{"cavab":1}' })
    back.meddle = flipIn(text, 'back')
    const answer = await bus.portal.call()
    await signatureOfProvider('none')
    const entry = await expectRefused(bus, answer, 'SIGNATURE_INVALID', {
      status: 502,
      side: 'provider',
      entries: 2,
      field,
    })
    // The provider's leg: what was asked is on record, and what came back is refused.
    expect(entry).toMatchObject({ faultSide: 'provider', provider: subsystems.taxes })
    expect(entry.requestEntry).toBeDefined()
    expect(answer.payload.toString()).not.toContain('cavab')
  })

  it('the payload of an answer with a digest and no signature, from the provider to the bus', async () => {
    const payload = '{"cavab":1}'
    const headers = { 'Content-Digest': digestOf(Buffer.from(payload)) }
    bus.providers.taxes.answer = () => ({ headers, payload })
    back.meddle = flipIn('"cavab"', 'back')
    const expected = { status: 502, side: 'provider', field: 'content-digest', entries: 2 } as const
    await expectRefused(bus, await bus.portal.call(), 'SIGNATURE_INVALID', expected)
  })

  it('the payload, from the bus to the provider: the provider sees it, and the log has what was sent', async () => {
    back.meddle = flipIn('"fin"', 'there')
    bus.providers.taxes.answer = ({ payload, header }) =>
      header('content-digest') === digestOf(payload) ? {} : { status: 400 }
    const answer = await bus.portal.call()
    const [request, reply] = await expectAnswered(bus, answer, 400)
    expect(reply.deliveredPayloadDigest).toBe(request.payloadDigest)
    const { payload } = await bus.log.open(answer.exchangeId, 1)
    expect(payload.toString()).toBe('{"fin":"0TEST01"}')
    expect(bus.providers.taxes.latest.payload.equals(payload)).toBe(false)
  })

  it.each([
    ['the payload of an answer', 'cavab'],
    ['the message id', 'X-Road-Id: '],
    ['the entry in the log', 'Sluice-Entry: '],
    ['the receipt', 'Sluice-Receipt: '],
  ])('%s, from the bus to the consumer: the consumer sees it', async (_what, text) => {
    bus.providers.taxes.answer = () => ({ payload: 'cavab' })
    front.meddle = flipIn(text, 'back')
    await expect(portal.call()).rejects.toMatchObject({ name: 'Fault' })
  })

  it('a refusal made up on the way is none of the bus’s', async () => {
    bus.providers.taxes.answer = () => ({ payload: 'cavab' })
    front.meddle = (chunk, direction) =>
      direction === 'there'
        ? chunk
        : Buffer.from(
            'HTTP/1.1 503 No\r\nX-Road-Error: PROVIDER_TIMEOUT\r\nContent-Length: 0\r\n\r\n',
          )
    await expect(portal.call()).rejects.toMatchObject({ code: 'SIGNATURE_MISSING', side: 'bus' })
  })

  it('one byte changed anywhere in a request: the provider gets what was signed, or nothing', async () => {
    const flips = fc.sample(
      fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.integer({ min: 1, max: 255 })),
      150,
    )
    const delivered = await Promise.all(flips.map(([place, mask]) => altered(place, mask)))
    expect(delivered.filter((each) => each !== undefined)).toEqual([])
    // Most of a request is signed; what is not may change and do no harm.
    expect(bus.providers.taxes.count).toBeLessThan(flips.length / 3)
  })
})

/** Sends a request of which one byte changes. @returns what was delivered of it otherwise than signed */
async function altered(place: number, mask: number): Promise<string | undefined> {
  const proxy = await MeddlingProxy.before(bus.address)
  const consumer = bus.portal.at(proxy.address)
  const marker = `flip-${place}-${mask}`
  const call = consumer.sign({ payload: JSON.stringify({ marker }), rest: `?m=${marker}` })
  const at = Math.floor(place * bytesOf(call))
  proxy.meddle = flipAt(at, mask, 'there')
  await consumer.exchange(call).catch(() => undefined)
  consumer.close()
  await proxy.close()
  const wrong = bus.providers.taxes.deliveries.find(
    ({ method, target, payload, header }) =>
      header('x-road-id') === call.headers['X-Road-Id'] &&
      (method !== 'POST' ||
        target !== `/xidmet?m=${marker}` ||
        !payload.equals(call.payload) ||
        envelopeOf(call).some(([name, value]) => header(name) !== value)),
  )
  return wrong && `byte ${at} of ${marker}`
}

function bytesOf(call: SignedCall): number {
  const head = rawHeadersOfCall(call).join('').length + call.url.length
  return head + 4 * Object.keys(call.headers).length + call.payload.length
}

function envelopeOf({ headers }: SignedCall): (readonly [string, string])[] {
  return Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => /^(x-road-|sluice-)/.test(name))
}

describe('R-125: the provider’s own signature over the answer', () => {
  beforeAll(() => bus.registry.change(services.taxes, { providerSignature: 'required' }))
  afterAll(() => bus.registry.change(services.taxes, { providerSignature: 'none' }))

  it('is verified, recorded, and shown to the consumer beside the bus’s', async () => {
    bus.providers.taxes.signer = bus.identities.taxes
    const answer = await bus.portal.call()
    const [, reply] = await expectAnswered(bus, answer)
    expect(reply.providerCertificate).toBe(bus.identities.taxes.thumbprint)
    expect(answer.signed('sluice-provider-signature')).toMatch(/^provider=:/)
    expect(answer.signed('sluice-provider-signature-input')).toContain(
      '"signature";req;key="sluice"',
    )
    const { head } = await bus.log.open(answer.exchangeId, 2)
    expect(head.toString()).toContain(answer.signed('sluice-provider-signature') ?? 'none')
  })

  const expectProviderRefused = async (code: string, field?: string): Promise<void> => {
    await expectRefused(bus, await bus.portal.call(), code, {
      ...{ status: 502, side: 'provider', entries: 2 },
      ...(field !== undefined && { field }),
    })
  }

  it('is missing: SIGNATURE_MISSING of the provider’s side', async () => {
    await expectProviderRefused('SIGNATURE_MISSING')
  })

  it('is another system’s: CERT_SENDER_MISMATCH of the provider’s side', async () => {
    bus.providers.taxes.signer = bus.identities.education
    await expectProviderRefused('CERT_SENDER_MISMATCH')
  })

  it('is by a certificate that nobody registered: CERT_UNKNOWN of the provider’s side', async () => {
    bus.providers.taxes.signer = await bus.authority.issue()
    await expectProviderRefused('CERT_UNKNOWN')
  })

  it.each([
    ['status', '@status', ['content-digest', '"signature";req;key="sluice"']],
    ['payload', 'content-digest', ['@status', '"signature";req;key="sluice"']],
    ['request', 'signature', ['@status', 'content-digest']],
  ])('leaves out the %s: SIGNATURE_INVALID names it', async (_what, field, fields) => {
    bus.providers.taxes.signer = bus.identities.taxes
    bus.providers.taxes.signedFields = fields
    await expectProviderRefused('SIGNATURE_INVALID', field)
  })

  it('was made for another request: SIGNATURE_INVALID', async () => {
    bus.providers.taxes.signer = bus.identities.taxes
    await bus.portal.call()
    const [first] = bus.providers.taxes.signedAnswers
    bus.providers.taxes.signer = undefined
    bus.providers.taxes.answer = ({ payload }) => ({ headers: first ?? {}, payload })
    await expectProviderRefused('SIGNATURE_INVALID', 'signature')
  })

  it('is not asked for: an answer without it passes, and nobody is said to have signed', async () => {
    await bus.registry.change(services.taxes, { providerSignature: 'none' })
    const [, reply] = await expectAnswered(bus, await bus.portal.call())
    expect(reply.providerCertificate).toBeUndefined()
    await bus.registry.change(services.taxes, { providerSignature: 'required' })
  })
})
