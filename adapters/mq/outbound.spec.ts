import { verify } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals'
import type { ConsumeMessage } from 'amqplib'
import { startTestBroker, type TestBroker } from '../../test/support/broker.js'
import { describeWith } from '../../test/support/command.js'
import {
  answer,
  consumer,
  mediatedOf,
  MqOutboundLane,
  provider,
  stranger,
} from '../../test/support/mq-outbound.js'
import { answersExchangeOf, inQueueOf } from '../../src/broker/names.js'
import { createAcceptReply } from '../../src/trust/accept-reply.js'
import type { VerificationRules } from '../../src/trust/http-signature/verify-request.js'

const describeBroker = await describeWith('rabbitmq')

describeBroker('deliveries into queues, and their answers', () => {
  let broker: TestBroker | undefined
  let lane: MqOutboundLane
  beforeAll(async () => {
    broker = await startTestBroker()
  }, 120_000)
  afterAll(() => broker?.stop())
  beforeEach(async () => {
    if (!broker) throw new Error('no broker')
    lane = new MqOutboundLane(broker)
    await lane.declare()
  })
  afterEach(() => lane.close())

  it('the provider gets the body byte for byte, the envelope, and a signature over both', async () => {
    const seen: ConsumeMessage[] = []
    await lane.serve((message, channel) => {
      seen.push(message)
      answer(message, channel, { headers: { 'sluice-status': 201 } })
    })
    const payload = Buffer.from([0, 255, 1, 2, 3])
    const exchangeId = '0190a2b0-0000-7000-8000-000000000001'
    const { content, delivered } = await lane.send({ payload, exchangeId })
    const [message] = seen
    expect(message?.content.equals(payload)).toBe(true)
    expect(message?.properties).toMatchObject({
      contentType: 'application/json',
      messageId: exchangeId,
      correlationId: exchangeId,
      deliveryMode: 2,
      type: 'qeyd',
      expiration: undefined,
      headers: {
        'sluice-client': consumer,
        'sluice-service': 'AZ/GOV/VN/EVHF/sened/v1',
        'sluice-id': 'm-1',
        'sluice-pattern': 'request-reply',
        'sluice-mode': 'body',
        'sluice-issue': '7/26',
        'sluice-signature': 'e30..AA',
      },
    })
    const signature = String(message?.properties.headers?.['sluice-delivery-signature'])
    const [header = '', , value = ''] = signature.split('.')
    const key = { key: lane.keys.publicKey, dsaEncoding: 'ieee-p1363' } as const
    const input = Buffer.concat([Buffer.from(`${header}.`), payload])
    expect(verify('sha256', input, key, Buffer.from(value, 'base64url'))).toBe(true)
    const { typ, env } = JSON.parse(Buffer.from(header, 'base64url').toString()) as {
      typ: string
      env: Record<string, unknown>
    }
    expect(typ).toBe('sluice-delivery+jws')
    expect(env).toMatchObject({
      exchangeId,
      replyTo: String(message?.properties.replyTo),
      type: 'qeyd',
    })
    // What its answer's signature has to refer to.
    expect(delivered).toMatchObject({ format: 'mq', signature })
    expect(content).toMatchObject({ format: 'mq', status: 201, signature: undefined })
    expect(Buffer.from(content.payload as Uint8Array).equals(payload)).toBe(true)
    expect(JSON.parse(Buffer.from(content.head()).toString())).toMatchObject({
      contentType: 'application/json',
      headers: { 'sluice-status': 201 },
    })
  })

  it('200 at one time: each gets its own answer', async () => {
    await lane.serve((message, channel) => answer(message, channel))
    const asked = Array.from({ length: 200 }, (_, at) => Buffer.from(`"sorğu ${at}"`))
    const replies = await Promise.all(asked.map((payload) => lane.send({ payload })))
    expect(replies.map(({ content }) => Buffer.from(content.payload as Uint8Array))).toEqual(asked)
    expect(lane.publisher.unconfirmed).toBe(0)
  })

  it('an answer through the exchange of another system, or to another exchange, is nobody’s', async () => {
    await lane.serve((message, channel) => {
      const exchange = answersExchangeOf(stranger)
      answer(message, channel, { exchange, payload: Buffer.from('"yad"') })
      answer(message, channel, { correlationId: '0190a2b0-0000-7000-8000-00000000dead' })
      answer(message, channel, { payload: Buffer.from('"öz"') })
      answer(message, channel, { payload: Buffer.from('"ikinci"') })
    })
    const { content } = await lane.send()
    expect(Buffer.from(content.payload as Uint8Array).toString()).toBe('"öz"')
    expect(lane.tools.warnings).toContain('answers dropped')
  })

  it('an answer that comes after the time limit is dropped', async () => {
    const late: (() => void)[] = []
    const held = new Promise<void>((resolve) => {
      void lane.serve((message, channel) => {
        late.push(() => answer(message, channel))
        resolve()
      })
    })
    await expect(lane.send({ timeLimitMs: 700 })).rejects.toMatchObject({
      code: 'PROVIDER_TIMEOUT',
      side: 'provider',
    })
    await held
    late[0]?.()
    // The lane goes on as before.
    const next = lane.send()
    while (late.length < 2) await new Promise((resolve) => setImmediate(resolve))
    late[1]?.()
    await next
    expect(lane.tools.warnings).toContain('answers dropped')
  })

  it.each([
    [{ 'sluice-status': 99 }, 'sluice-status'],
    [{ 'sluice-status': '200' }, 'sluice-status'],
    [{ 'sluice-status': 200.5 }, 'sluice-status'],
    [{ 'sluice-signature': 7 }, 'sluice-signature'],
  ])('an answer with the headers %j: RESPONSE_INVALID', async (headers, field) => {
    await lane.serve((message, channel) => answer(message, channel, { headers }))
    await expect(lane.send()).rejects.toMatchObject({ code: 'RESPONSE_INVALID', field })
    expect(lane.tools.replyBudget.bytes).toBe(0)
  })

  it('an answer above the limit of its service: RESPONSE_INVALID, and nothing is held', async () => {
    await lane.serve((message, channel) =>
      answer(message, channel, { payload: Buffer.alloc(2_000) }),
    )
    await expect(lane.send({ replyBytesMax: 1_999 })).rejects.toMatchObject({
      code: 'RESPONSE_INVALID',
    })
    expect(lane.tools.replyBudget.bytes).toBe(0)
  })

  it('an answer without signature where the service demands one: SIGNATURE_MISSING of the provider', async () => {
    await lane.serve((message, channel) => answer(message, channel))
    const wish = { providerSignature: 'required' } as const
    const reply = await lane.send(wish)
    const accept = createAcceptReply({} as VerificationRules)
    await expect(accept(reply, mediatedOf(wish).logged)).rejects.toMatchObject({
      code: 'SIGNATURE_MISSING',
      side: 'provider',
    })
  })

  it('a queue that there is not: PROVIDER_UNAVAILABLE, at once', async () => {
    await expect(lane.send({ address: 'amqp:in.yox' })).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
      side: 'bus',
      detail: expect.stringMatching(/no such queue/),
    })
    await expect(lane.send({ address: 'http://x' })).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
    })
    expect(lane.publisher.unconfirmed).toBe(0)
  })

  it('a queue that is full: THROTTLED of the provider, and other queues are open', async () => {
    const wish = { address: 'amqp:in.dolu', pattern: 'one-way' } as const
    // The broker tells its publishing side a little later that a quorum queue is full.
    let refusal: unknown
    while (refusal === undefined) {
      refusal = await lane.send(wish).then(
        () => undefined,
        (error: unknown) => error,
      )
    }
    expect(refusal).toMatchObject({ code: 'THROTTLED', side: 'provider' })
    await lane.serve((message, channel) => answer(message, channel))
    await lane.send()
  })

  it('a channel that the broker closes is opened again', async () => {
    await lane.serve((message, channel) => answer(message, channel))
    await lane.send()
    const now = Math.floor(Date.now() / 1_000)
    const properties = { contentType: undefined, correlationId: undefined, replyTo: undefined }
    const lost = lane.publisher.confirmed(
      {
        exchange: 'yoxdur',
        routingKey: '',
        body: Buffer.alloc(0),
        properties: {
          ...properties,
          type: undefined,
          messageId: 'itən',
          timestamp: now,
          headers: {},
          persistent: true,
          mandatory: true,
        },
      },
      new AbortController().signal,
    )
    await expect(lost).rejects.toMatchObject({ trouble: 'lost' })
    await expect(lane.send()).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE', side: 'bus' })
    while (!lane.publisher.isOpen) await new Promise((resolve) => setTimeout(resolve, 20))
    await lane.send()
  })

  it('a one-way message is delivered once it is in the queue, and nobody has to sign that', async () => {
    const wish = { pattern: 'one-way', providerSignature: 'required' } as const
    const reply = await lane.send(wish)
    expect(reply.content).toMatchObject({ status: 202, signature: undefined })
    expect(lane.tools.replyBudget.bytes).toBe(0)
    const { logged } = mediatedOf(wish)
    const accepted = await createAcceptReply({} as VerificationRules)(reply, logged)
    expect(accepted.signer).toBeUndefined()
    const channel = await lane.channel()
    const message = await channel.get(inQueueOf(provider), { noAck: true })
    expect(message && message.properties).toMatchObject({
      replyTo: 'notices',
      headers: { 'sluice-pattern': 'one-way' },
    })
  })

  it('what was given up before it began is not delivered', async () => {
    await expect(lane.outbound.send(mediatedOf(), AbortSignal.abort())).rejects.toMatchObject({
      code: 'PROVIDER_TIMEOUT',
    })
    const channel = await lane.channel()
    expect(await channel.get(inQueueOf(provider), { noAck: true })).toBe(false)
  })
})
