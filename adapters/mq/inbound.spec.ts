import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { repliesQueueOf } from '../../src/broker/names.js'
import type { HandleExchange, ProtocolAdapter } from '../../src/exchange/adapter.js'
import { Fault } from '../../src/exchange/fault.js'
import { parseSubsystemId } from '../../src/exchange/identifier.js'
import { startTestBroker, type TestBroker } from '../../test/support/broker.js'
import {
  acceptedOf,
  answeredWith,
  busKey,
  entry,
  lineOf,
  MqLane,
  newId,
  otherSender,
  problemOf,
  sender,
  type Carry,
  type MqClient,
} from '../../test/support/mq-lane.js'
import { mqRequest, mqSignatureDigest, type MqChanges } from '../../test/support/mq-signing.js'
import { until } from '../../test/support/message-log.js'
import { testSigner } from '../../test/support/signing.js'
import { verify } from 'node:crypto'
import type { ConsumeMessage } from 'amqplib'

const own = testSigner('p256', sender)
const other = testSigner('p256', otherSender)

let broker: TestBroker
beforeAll(async () => {
  broker = await startTestBroker()
}, 60_000)
afterAll(() => broker.stop())

const lanes: MqLane[] = []
afterEach(async () => {
  for (const lane of lanes.splice(0)) await lane.close()
})

interface Started {
  readonly lane: MqLane
  readonly adapter: ProtocolAdapter
  readonly client: MqClient
}

async function start(
  carry: Carry = (authenticated) => Promise.resolve(answeredWith(authenticated)),
  handle: HandleExchange = lineOf([own, other], carry),
): Promise<Started> {
  const lane = new MqLane(broker)
  lanes.push(lane)
  await lane.declare(sender, otherSender)
  const { adapter } = await lane.listen(handle)
  return { lane, adapter, client: await lane.client() }
}

const request = (changes: MqChanges = {}, key = own): ReturnType<typeof mqRequest> =>
  mqRequest(key, { ...changes, envelope: { id: newId(), ...changes.envelope } })

/** What the bus's signature on a message says, once it proved right. */
function signedBy({ properties, content }: ConsumeMessage): Record<string, unknown> {
  const jws = String(properties.headers?.['sluice-signature'])
  const [header = '', , value = ''] = jws.split('.')
  const input = Buffer.concat([Buffer.from(`${header}.`), content])
  const key = { key: busKey.publicKey, dsaEncoding: 'ieee-p1363' } as const
  expect(verify('sha256', input, key, Buffer.from(value, 'base64url'))).toBe(true)
  return JSON.parse(Buffer.from(header, 'base64url').toString()) as Record<string, unknown>
}

describe('a request in a queue', () => {
  it('is answered in the reply queue, signed by the bus and bound to the request', async () => {
    const { client, lane } = await start()
    const message = request()
    await client.request(message)
    const reply = await client.reply()
    const [received] = lane.received
    expect(reply.content.equals(message.payload)).toBe(true)
    expect(reply.properties).toMatchObject({
      contentType: 'application/json',
      correlationId: message.properties.messageId,
      messageId: received?.exchangeId,
      type: 'reply',
      deliveryMode: 2,
      headers: {
        'sluice-status': 200,
        'sluice-exchange-id': received?.exchangeId,
        'sluice-receipt': entry.receipt,
      },
    })
    expect(signedBy(reply)).toMatchObject({
      typ: 'sluice-reply+jws',
      cty: 'application/json',
      env: {
        exchangeId: received?.exchangeId,
        id: message.properties.messageId,
        status: 200,
        type: 'reply',
        requestSignature: mqSignatureDigest(message.signature),
        receipt: entry.receipt,
      },
    })
    // What it held is given back once the broker has confirmed the reply.
    await until(() => lane.tools.requestBudget.bytes === 0)
  })

  it('is answered in a reply queue of the consumer’s own, and in the one there always is when that is gone', async () => {
    const { client } = await start()
    const replyTo = await client.temporaryQueue('pika-1')
    await client.request(request({ envelope: { replyTo } }))
    expect((await client.reply(replyTo)).properties.type).toBe('reply')
    const gone = `${repliesQueueOf(sender)}.gone`
    await client.request(request({ envelope: { replyTo: gone } }))
    expect((await client.reply()).properties.type).toBe('reply')
  })

  it('carries the provider’s own status and signature', async () => {
    const { client } = await start((authenticated) =>
      Promise.resolve(answeredWith(authenticated, { status: 404, signature: 'e30..AA' })),
    )
    await client.request(request())
    const { properties } = await client.reply()
    expect(properties.headers).toMatchObject({
      'sluice-status': 404,
      'sluice-provider-signature': 'e30..AA',
    })
  })

  it('whose reply has no queue at all is put aside, and nothing of the reply', async () => {
    const { client } = await start()
    await client.channel.deleteQueue(repliesQueueOf(sender))
    await client.request(request())
    const { properties, content } = await client.unroutable()
    expect(properties.headers).toMatchObject({
      'sluice-dead-reason': 'REQUEST_INVALID',
      'sluice-dead-field': 'replyTo',
      'sluice-dead-from': 'AZ.GOV.VN.SC.out.requests',
    })
    expect(content).toHaveLength(0)
    await lanes[0]?.declare(sender)
  })
})

describe('what a consumer may not do is refused, and holds nobody up', () => {
  it.each([
    ['an unsigned request', () => request(), { headers: {} }, 'SIGNATURE_MISSING'],
    ['another’s signature', () => request({}, other), {}, 'CERT_SENDER_MISMATCH'],
    [
      'another’s signature in another’s name',
      () => request({ envelope: { client: otherSender } }, other),
      {},
      'CERT_SENDER_MISMATCH',
    ],
    [
      'a body that was not signed',
      () => ({ ...request(), payload: Buffer.from('{}') }),
      {},
      'SIGNATURE_INVALID',
    ],
    [
      'a reply queue of somebody else',
      () => request({ envelope: { replyTo: repliesQueueOf(otherSender) } }),
      {},
      'REQUEST_INVALID',
    ],
    ['a property that says otherwise', () => request(), { messageId: 'other' }, 'REQUEST_INVALID'],
    [
      'a body above the service’s limit',
      () => request({ payload: Buffer.alloc(1_048_577, 'x') }),
      {},
      'PAYLOAD_TOO_LARGE',
    ],
    ['an old signature', () => request({ at: new Date('2020-01-01') }), {}, 'CLOCK_SKEW'],
  ])('%s', async (_what, make, changes, code) => {
    const { client, lane } = await start()
    const message = make()
    await client.request(message, changes)
    const reply = await client.reply()
    expect(reply.properties).toMatchObject({
      type: 'fault',
      contentType: 'application/problem+json',
      messageId: lane.received[0]?.exchangeId,
    })
    expect(problemOf(reply)).toMatchObject({ code, exchangeId: lane.received[0]?.exchangeId })
    expect(signedBy(reply)).toMatchObject({ typ: 'sluice-reply+jws' })
    await client.request(request())
    expect((await client.reply()).properties.type).toBe('reply')
    expect(client.unread).toBe(0)
  })

  it.each([
    [
      'the property expiration, by which a message would vanish',
      { expiration: '60000' },
      'expiration',
    ],
    [
      'headers without end',
      { headers: Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`h${at}`, 1])) },
      'headers',
    ],
  ])('%s: refused, logged, and put aside', async (_what, changes, field) => {
    const { client, lane } = await start(undefined, ({ exchangeId, content }) => {
      if (content.format !== 'malformed') throw new Error('it was read')
      const fault = new Fault(content.code, { field: content.field ?? '', detail: content.reason })
      const nobody = { signer: undefined, verified: undefined, entry: undefined }
      return Promise.resolve({ outcome: 'refused', exchangeId, fault, ...nobody })
    })
    await client.request(request(), changes)
    expect(problemOf(await client.reply())).toMatchObject({ code: 'REQUEST_INVALID', field })
    const { properties } = await client.unroutable()
    expect(properties.headers).toMatchObject({
      'sluice-dead-reason': 'REQUEST_INVALID',
      'sluice-dead-field': field,
      'sluice-exchange-id': lane.received[0]?.exchangeId,
    })
  })

  it('a body above the limit of all queues is not verified, but refused', async () => {
    const { client, lane } = await start()
    await client.request(request({ payload: Buffer.alloc(16_777_217, 'x') }))
    expect(problemOf(await client.reply())).toMatchObject({ code: 'PAYLOAD_TOO_LARGE' })
    expect(lane.received[0]?.content.format).toBe('malformed')
    await client.unroutable()
  })

  it('a routing key that there is not: the broker puts it aside', async () => {
    const { client } = await start()
    await client.publish('sual', request())
    expect((await client.unroutable()).fields.routingKey).toBe('sual')
  })
})

describe('a one-way message', () => {
  it('that is accepted is answered by nobody; one that is refused, by a notice', async () => {
    const { client, lane } = await start((authenticated) => {
      const { purpose } = authenticated.envelope
      if (purpose === 'imtina') throw new Fault('ACCESS_DENIED')
      return Promise.resolve(acceptedOf(authenticated))
    })
    await client.message(request())
    const refused = request({ envelope: { purpose: 'imtina' } })
    await client.message(refused)
    const notice = await client.notice()
    expect(notice.properties).toMatchObject({
      type: 'IMTINA',
      correlationId: refused.properties.messageId,
    })
    expect(problemOf(notice)).toMatchObject({
      exchangeId: lane.received[1]?.exchangeId,
      messageId: refused.properties.messageId,
      recipient: 'AZ/GOV/DIN/GCQ/finAxtaris/v1',
      notice: 'IMTINA',
      ground: {
        code: 'ACCESS_DENIED',
        az: 'Bu xidmət üzrə giriş icazəsi yoxdur',
        en: 'No access grant',
      },
    })
    expect(signedBy(notice)).toMatchObject({ typ: 'sluice-notice+jws', env: { notice: 'IMTINA' } })
    expect(client.unread).toBe(0)
  })

  it('unsigned, is refused by a notice that knows nothing of it', async () => {
    const { client } = await start()
    await client.message(request(), { headers: {} })
    const notice = problemOf(await client.notice())
    expect(notice).toMatchObject({ notice: 'IMTINA', ground: { code: 'SIGNATURE_MISSING' } })
    expect(notice).not.toHaveProperty('recipient')
  })
})

describe('the queues of the registry', () => {
  it('are read as the registry has them, and as they come to be', async () => {
    const { lane, client } = await start()
    const stranger = await lane.client(otherSender)
    const asked = request({ envelope: { client: otherSender } }, other)
    await stranger.request(asked)
    lane.changeOwners([sender, otherSender])
    expect((await stranger.reply()).properties.correlationId).toBe(asked.properties.messageId)
    lane.changeOwners([sender])
    await client.request(request())
    expect((await client.reply()).properties.type).toBe('reply')
  })

  it('one that is not there yet keeps no other up, and is read once it is', async () => {
    const late = parseSubsystemId('AZ/GOV/MN/EDMS')
    const lateKey = testSigner('p256', late)
    const carry: Carry = (authenticated) => Promise.resolve(answeredWith(authenticated))
    const { lane, client, adapter } = await start(carry, lineOf([own, lateKey], carry))
    lane.changeOwners([sender, late])
    await client.request(request())
    await client.reply()
    while (!String(adapter.trouble?.()).includes('AZ.GOV.MN.EDMS')) await turn()
    await lane.declare(late)
    const waiting = await lane.client(late)
    await waiting.request(request({ envelope: { client: late } }, lateKey))
    expect((await waiting.reply()).properties.type).toBe('reply')
    while (adapter.trouble?.() !== undefined) await turn()
  })
})

/** The broker's answers come in turns of the event loop. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
