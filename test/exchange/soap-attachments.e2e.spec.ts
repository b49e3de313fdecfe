import { hash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdir, readlink } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { BusProcess } from '../../src/bus-process.js'
import type { SoapAttachment } from '../../src/exchange/signed-content.js'
import { spoolAboveBytes } from '../../src/limits.js'
import { createSoapSigner } from '../../src/trust/wss/sign-message.js'
import { bodyContentOf } from '../support/soap-lane.js'
import { sampleRight, sampleService, subsystems } from '../support/whole-bus-sample.js'
import { multipartOf, TestSoapConsumer, type SignedSoapCall } from '../support/whole-bus-soap.js'
import { startWholeBus, type WholeBus } from '../support/whole-bus.js'

const service = `${subsystems.taxes}/finAxtaris/v1`
const body = '<g:finAxtaris xmlns:g="urn:gcq"><fin>5XY7K2A</fin></g:finAxtaris>'
const mebibyte = 1 << 20
const large = 50_000_000

let bus: WholeBus
let portal: TestSoapConsumer

// In all of the memory that is for payloads there is no room for one large message.
const fewBytes = 8 * mebibyte
const limits = {
  payloadBytesMax: fewBytes,
  payloadBytesPerConsumerMax: fewBytes,
  payloadBytesInFlightMax: fewBytes,
  replyBytesPerConsumerMax: fewBytes,
  replyBytesInFlightMax: fewBytes,
  logLargeQueueBytesMax: fewBytes,
  spoolBytesPerConsumerMax: 250_000_000,
  spoolBytesMax: 250_000_000,
}

beforeAll(async () => {
  bus = await startWholeBus({ soap: {}, limits })
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

afterEach(async () => {
  bus.providers.taxes.reset()
  await untilNothingIsKept()
})

afterAll(async () => {
  portal.close()
  await bus.close()
})

function attachmentOf(content: Uint8Array, contentId = 'senet@vn.az'): SoapAttachment {
  const rawHeaders = ['Content-Type', 'application/pdf', 'Content-Transfer-Encoding', 'binary']
  return { contentId, rawHeaders, content }
}

function signed(content: Uint8Array, messageId?: string): SignedSoapCall {
  const call = { service, body, attachments: [attachmentOf(content)] }
  return portal.sign(messageId === undefined ? call : { ...call, messageId })
}

/** Files of the spool that this process, in which the bus runs, has open. */
async function keptFiles(): Promise<number> {
  const descriptors = await readdir('/proc/self/fd')
  const links = await Promise.all(
    descriptors.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
  )
  return links.filter((path) => /\.spool( \(deleted\))?$/.test(path)).length
}

async function untilNothingIsKept(): Promise<void> {
  while ((await keptFiles()) > 0) await new Promise((resolve) => setTimeout(resolve, 5))
}

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
  it.each([1, mebibyte - 1, mebibyte, mebibyte + 1, large])(
    'of %d bytes: at the provider, at the consumer and in the log as they were signed',
    async (bytes) => {
      const content = randomBytes(bytes)
      const call = signed(content)
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
    60_000,
  )

  it.each([-1, 0, 1])('a message at the limit between memory and disk and %d', async (more) => {
    const empty = signed(new Uint8Array()).payload.length
    const call = signed(randomBytes(spoolAboveBytes + more - empty))
    const answer = await portal.send(call)
    expect(answer.fault).toBeUndefined()
    expect(sum(bus.providers.taxes.latest.payload)).toBe(sum(call.payload))
  })

  it('without a length beforehand, and several at once', async () => {
    const contents = [2, 3, 5].map((megabytes) => randomBytes(megabytes * 1_000_000))
    const answers = await Promise.all(
      contents.map((content, index) => {
        const { headers, payload } = signed(content)
        const chunked = { ...headers, ...(index === 1 && { 'Transfer-Encoding': 'chunked' }) }
        return portal.send({ headers: chunked, payload, envelope: payload })
      }),
    )
    for (const [index, answer] of answers.entries()) {
      expect(answer.fault).toBeUndefined()
      expect(sum(answer.verified.attachments[0]!.content)).toBe(sum(contents[index]!))
    }
  })

  it('several of 50 MB at once, far more than the memory for payloads', async () => {
    const content = randomBytes(large)
    const calls = [1, 2, 3, 4].map(() => signed(content))
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
    const call = portal.sign({ service, body, attachments })
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
    const answer = await portal.send(signed(content))
    await bus.registry.change(service, { soap: null })
    expect(answer.fault).toBeUndefined()
    const { payload, header } = bus.providers.taxes.latest
    expect(payload.toString('latin1', 0, 2_000)).not.toMatch(/:Security|xroad:client/)
    expect(payload.includes(content)).toBe(true)
    expect(header('content-digest')).toBe(`sha-256=:${hash('sha256', payload, 'base64')}:`)
    const start = payload.indexOf('<?xml')
    const envelope = payload.subarray(start, payload.indexOf('\r\n--', start))
    expect(bodyContentOf(envelope).toString()).toBe(body)
  })

  it('again to an idempotent service whose first answer broke off', async () => {
    await bus.registry.change(service, { idempotent: true })
    const { taxes } = bus.providers
    const echo = taxes.answer
    taxes.answer = (delivery) => (taxes.count === 1 ? 'break off' : echo(delivery))
    const call = signed(randomBytes(3_000_000))
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
    const answer = await portal.send(signed(randomBytes(10)))
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
    const answer = await portal.send(signed(randomBytes(10)))
    expect(answer.fault).toBe('SIGNATURE_INVALID')
    expect(answer.text).toContain('<f:field>attachment 1</f:field>')
    expect(answer.text).toContain('<f:side>provider</f:side>')
  })
})

describe('what is refused leaves nothing behind', () => {
  it('an altered byte of a large attachment', async () => {
    const call = signed(randomBytes(3_000_000))
    const payload = Buffer.from(call.payload)
    payload[2_000_000]! ^= 1
    const answer = await portal.send({ ...call, payload })
    expect(answer.fault).toBe('SIGNATURE_INVALID')
    expect(answer.text).toContain('<f:field>attachment 1</f:field>')
    expect(bus.providers.taxes.count).toBe(0)
  })

  it('a multipart that is none to its end', async () => {
    const call = signed(randomBytes(3_000_000))
    const answer = await portal.send({ ...call, payload: call.payload.subarray(0, -10) })
    expect(answer.fault).toBe('PAYLOAD_UNSAFE')
  })

  it('a message above the limit of its service', async () => {
    await bus.registry.change(service, { limits: { requestBytesMax: 2_000_000 } })
    const answer = await portal.send(signed(randomBytes(3_000_000)))
    await bus.registry.change(service, { limits: { requestBytesMax: 67_108_864 } })
    expect(answer.fault).toBe('PAYLOAD_TOO_LARGE')
  })

  it('an answer above the limit of its service', async () => {
    await bus.registry.change(service, { limits: { replyBytesMax: 2_000_000 } })
    const answer = await portal.send(signed(randomBytes(3_000_000)))
    await bus.registry.change(service, { limits: { replyBytesMax: 67_108_864 } })
    expect(answer.fault).toBe('RESPONSE_INVALID')
  })

  it('a message whose connection breaks in the middle', async () => {
    const { headers, payload } = signed(randomBytes(3_000_000))
    const address = bus.app.get(BusProcess).addresses[1]!
    const request = httpRequest(address, {
      method: 'POST',
      headers: { ...headers, 'Content-Length': String(payload.length) },
    })
    request.on('error', () => undefined)
    request.write(payload.subarray(0, 2_000_000))
    while ((await keptFiles()) === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    request.destroy()
    await untilNothingIsKept()
    expect(bus.providers.taxes.count).toBe(0)
  })

  it('a reply whose consumer goes away before it has read it', async () => {
    const { headers, payload } = signed(randomBytes(20_000_000))
    const address = bus.app.get(BusProcess).addresses[1]!
    const request = httpRequest(address, { method: 'POST', headers })
    request.on('error', () => undefined)
    request.end(payload)
    const [response] = await once(request, 'response')
    response.on('error', () => undefined)
    await once(response, 'data')
    request.destroy()
    await untilNothingIsKept()
    expect(bus.systemLog.join('')).not.toContain('reply broke off')
  })

  it('what finds no room on the disk: THROTTLED, and room again when the others are through', async () => {
    const { taxes } = bus.providers
    const echo = taxes.answer
    let goOn = (): void => undefined
    const waiting = new Promise<void>((resolve) => (goOn = resolve))
    taxes.answer = async (delivery) => {
      await waiting
      return echo(delivery)
    }
    const content = randomBytes(60_000_000)
    const underWay = [1, 2, 3, 4].map(() => portal.send(signed(content)))
    while (taxes.count < 4) await taxes.nextDelivery()
    const refused = await portal.send(signed(content))
    expect(refused.fault).toBe('THROTTLED')
    goOn()
    for (const answer of await Promise.all(underWay)) expect(answer.fault).toBeUndefined()
    expect((await portal.send(signed(randomBytes(2_000_000)))).fault).toBeUndefined()
  }, 120_000)
})
