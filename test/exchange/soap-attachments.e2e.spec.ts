import { hash, randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { spoolAboveBytes } from '../../src/limits/http.js'
import { createSoapSigner } from '../../src/trust/wss/sign-message.js'
import {
  attachmentOf,
  largeBody,
  largeService,
  startLargeSoapBus,
  untilKept,
  type LargeSoapBus,
} from '../support/large-soap.js'
import { bodyContentOf } from '../support/soap-lane.js'
import { multipartOf, type TestSoapConsumer } from '../support/whole-bus-soap.js'
import type { WholeBus } from '../support/whole-bus.js'

const mebibyte = 1 << 20
const largest = 50_000_000
/** One of them is more than all of the memory that is for payloads. */
const fewLarge = 12_000_000

const service = largeService
let large: LargeSoapBus
let bus: WholeBus
let portal: TestSoapConsumer

beforeAll(async () => {
  large = await startLargeSoapBus()
  ;({ bus, portal } = large)
})

afterEach(async () => {
  bus.providers.taxes.reset()
  await untilKept((files) => files === 0)
})

afterAll(() => large.close())

const sum = (bytes: Uint8Array) => hash('sha256', bytes)

/** That both halves are in the log as they came; of the second half only that it opens. */
async function expectLogged(exchangeId: string, request: Buffer): Promise<void> {
  const [first, second, ...others] = await bus.log.entries(exchangeId)
  expect(others).toEqual([])
  const opened = await bus.log.open(exchangeId, 1)
  expect(sum(opened.payload)).toBe(sum(request))
  expect(first?.fields).toMatchObject({
    payloadBytes: request.length,
    payloadDigest: opened.digest,
  })
  const answered = await bus.log.open(exchangeId, 2)
  expect(second?.fields).toMatchObject({
    outcome: 'answered',
    payloadBytes: answered.payload.length,
    payloadDigest: answered.digest,
    deliveredPayloadDigest: opened.digest,
  })
}

describe('attachments, carried unchanged (R-013, R-014, R-123)', () => {
  it.each([1, mebibyte - 1, mebibyte, mebibyte + 1, largest])(
    'of %d bytes: at the provider, at the consumer and in the log as they were signed',
    async (bytes) => {
      const content = randomBytes(bytes)
      const call = large.signed(content)
      const answer = await portal.send(call)
      expect(answer.fault).toBeUndefined()
      const { latest } = bus.providers.taxes
      expect(sum(latest.payload)).toBe(sum(call.payload))
      expect(latest.header('content-length')).toBe(String(call.payload.length))
      const digest = hash('sha256', call.payload, 'base64')
      expect(latest.header('content-digest')).toBe(`sha-256=:${digest}:`)
      const [returned, ...others] = answer.verified.attachments
      expect(others).toEqual([])
      expect(sum(returned!.content)).toBe(sum(content))
      await expectLogged(answer.exchangeId, call.payload)
    },
    120_000,
  )

  it.each([-1, 0, 1])('a message at the limit between memory and disk and %d', async (more) => {
    const empty = large.signed(new Uint8Array()).payload.length
    const call = large.signed(randomBytes(spoolAboveBytes + more - empty))
    const answer = await portal.send(call)
    expect(answer.fault).toBeUndefined()
    expect(sum(bus.providers.taxes.latest.payload)).toBe(sum(call.payload))
  })

  it('without a length beforehand, and several at once', async () => {
    const contents = [2, 3, 5].map((megabytes) => randomBytes(megabytes * 1_000_000))
    const answers = await Promise.all(
      contents.map((content, index) => {
        const { headers, payload } = large.signed(content)
        const chunked = { ...headers, ...(index === 1 && { 'Transfer-Encoding': 'chunked' }) }
        return portal.send({ headers: chunked, payload, envelope: payload })
      }),
    )
    for (const [index, answer] of answers.entries()) {
      expect(answer.fault).toBeUndefined()
      expect(sum(answer.verified.attachments[0]!.content)).toBe(sum(contents[index]!))
    }
  })

  it('several at once, far more than the memory for payloads', async () => {
    const content = randomBytes(fewLarge)
    const calls = [1, 2, 3, 4].map(() => large.signed(content))
    const answers = await Promise.all(calls.map((call) => portal.send(call)))
    for (const answer of answers) {
      expect(answer.fault).toBeUndefined()
      expect(sum(answer.verified.attachments[0]!.content)).toBe(sum(content))
    }
  }, 120_000)

  it('in base64 and as text, with XML beside', async () => {
    const lines = Buffer.from(randomBytes(2_000_000).toString('base64').replace(/.{76}/g, '$&\r\n'))
    const text = Buffer.from('birinci sətir\nikinci\r\n'.repeat(60_000))
    const attachments = [
      { ...attachmentOf(Buffer.from(lines.toString('latin1'), 'base64'), 'b64') },
      { contentId: 'metn', rawHeaders: ['Content-Type', 'text/plain'], content: text },
      {
        contentId: 'xml',
        rawHeaders: ['Content-Type', 'text/xml'],
        content: Buffer.from('<a b="1"/>'),
      },
    ]
    const call = portal.sign({ service, body: largeBody, attachments })
    const sent = attachments.map((each) =>
      each.contentId === 'b64'
        ? {
            ...each,
            rawHeaders: [
              ...['Content-Type', 'application/pdf', 'Content-Transfer-Encoding', 'base64'],
            ],
            content: lines,
          }
        : each,
    )
    const payload = multipartOf('text/xml', call.envelope, sent)
    const answer = await portal.send({ ...call, payload })
    expect(answer.fault).toBeUndefined()
    expect(sum(bus.providers.taxes.latest.payload)).toBe(sum(payload))
    expect(answer.verified.attachments.map(({ content }) => sum(content))).toEqual(
      attachments.map(({ content }) => sum(content)),
    )
  })

  it('to a service that has parts of the Header stripped: all the rest as it was', async () => {
    await bus.registry.change(service, { soap: { securityHeader: 'strip', xroadHeaders: 'strip' } })
    const content = randomBytes(3_000_000)
    const answer = await portal.send(large.signed(content))
    await bus.registry.change(service, { soap: null })
    expect(answer.fault).toBeUndefined()
    const { payload, header } = bus.providers.taxes.latest
    expect(payload.toString('latin1', 0, 2_000)).not.toMatch(/:Security|xroad:client/)
    expect(payload.includes(content)).toBe(true)
    expect(header('content-digest')).toBe(`sha-256=:${hash('sha256', payload, 'base64')}:`)
    const start = payload.indexOf('<?xml')
    const envelope = payload.subarray(start, payload.indexOf('\r\n--', start))
    expect(bodyContentOf(envelope).toString()).toBe(largeBody)
  })

  it('again to an idempotent service whose first answer broke off', async () => {
    await bus.registry.change(service, { idempotent: true })
    const { taxes } = bus.providers
    const echo = taxes.answer
    taxes.answer = (delivery) => (taxes.count === 1 ? 'break off' : echo(delivery))
    const call = large.signed(randomBytes(3_000_000))
    const answer = await portal.send(call)
    await bus.registry.change(service, { idempotent: false })
    expect(answer.fault).toBeUndefined()
    expect(taxes.deliveries.map(({ payload }) => sum(payload))).toEqual([
      ...[sum(call.payload), sum(call.payload)],
    ])
  })
})

describe('a provider that has to sign', () => {
  beforeAll(() => bus.registry.change(service, { providerSignature: 'required' }))
  afterAll(() => bus.registry.change(service, { providerSignature: 'none' }))

  function answerWith(content: Buffer, sent = content): void {
    const { privateKey, der: certificate } = bus.identities.taxes
    const signer = createSoapSigner({ privateKey, certificate, now: () => new Date() })
    const text =
      '<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body><r/></S:Body></S:Envelope>'
    const envelope = signer.sign({
      envelope: Buffer.from(text),
      headerBlocks: [],
      attachments: [attachmentOf(content)],
    })
    bus.providers.taxes.answer = ({ header }) => ({
      headers: {
        'Content-Type': header('content-type')!,
        'Content-Digest': `sha-512=:${hash('sha512', payload, 'base64')}:`,
      },
      payload,
    })
    const payload = multipartOf('text/xml', envelope, [attachmentOf(sent)])
  }

  it('is believed, and its attachment comes as it was', async () => {
    const content = randomBytes(3_000_000)
    answerWith(content)
    const answer = await portal.send(large.signed(randomBytes(10)))
    expect(answer.fault).toBeUndefined()
    expect(sum(answer.verified.attachments[0]!.content)).toBe(sum(content))
    const [, reply] = await bus.log.entries(answer.exchangeId)
    expect(reply?.fields.providerCertificate).toBe(bus.identities.taxes.thumbprint)
  })

  it('is refused where a byte of its attachment was altered', async () => {
    const content = randomBytes(3_000_000)
    const altered = Buffer.from(content)
    altered[2_000_000]! ^= 1
    answerWith(content, altered)
    const answer = await portal.send(large.signed(randomBytes(10)))
    expect(answer.fault).toBe('SIGNATURE_INVALID')
    expect(answer.text).toContain('<f:field>attachment 1</f:field>')
    expect(answer.text).toContain('<f:side>provider</f:side>')
  })
})
