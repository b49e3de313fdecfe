import { generateKeyPairSync, verify } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals'
import type { Channel, GetMessage } from 'amqplib'
import { startTestBroker, type TestBroker } from '../../test/support/broker.js'
import { describeWith } from '../../test/support/command.js'
import {
  consumer,
  MqOutboundLane,
  provider,
  service,
  stranger,
} from '../../test/support/mq-outbound.js'
import { mqNotice, type MqChanges, type MqMessage } from '../../test/support/mq-signing.js'
import type { ToolsStub } from '../../test/support/rest-lane.js'
import {
  answersExchangeOf,
  noticesInQueue,
  noticesQueueOf,
  unroutableQueue,
} from '../../src/broker/names.js'
import type { ReceivedRequest } from '../../src/exchange/exchange.js'
import type { SubsystemId } from '../../src/exchange/identifier.js'
import { Deadline } from '../../src/exchange/deadline.js'
import { Fault } from '../../src/exchange/fault.js'
import type { DeliveryNotice, RecipientNotice } from '../../src/exchange/message-notice.js'
import { notify } from './notify.js'

const describeBroker = await describeWith('rabbitmq')
const exchangeId = '0190a2b0-0000-7000-8000-000000000001'
const key = { privateKey: generateKeyPairSync('ed25519').privateKey, thumbprint: 't'.repeat(43) }

/** As if every signature were right; jws specs show that only right ones are. */
const believing: ToolsStub['verifyNotice'] = ({ properties, signature }) => {
  if (signature === undefined) throw new Fault('SIGNATURE_MISSING')
  const [header = ''] = signature.split('.')
  const { env } = JSON.parse(Buffer.from(header, 'base64url').toString()) as {
    env: { client: SubsystemId; notice: RecipientNotice['code'] }
  }
  return {
    signer: { subsystem: env.client, thumbprint: 't', serialNumber: '1' },
    code: env.notice,
    exchangeId: String(properties.correlationId),
    signedAt: new Date(),
    signed: { protected: header, signature: 'AA', payload: '' },
  }
}

describeBroker('notices of recipients, and to senders', () => {
  let broker: TestBroker | undefined
  let lane: MqOutboundLane
  beforeAll(async () => {
    broker = await startTestBroker()
  }, 120_000)
  afterAll(() => broker?.stop())
  afterEach(() => lane.close())

  /** What the log was told of. */
  const refused: { id: string; code: string; remoteAddress: string }[] = []

  /** A lane that takes notices as told. @returns the provider's channel */
  const open = async (take: (notice: RecipientNotice) => Promise<void>): Promise<Channel> => {
    if (!broker) throw new Error('no broker')
    const messages = {
      status: () => Promise.resolve(undefined),
      take,
      hasOutcome: () => Promise.resolve(false),
      giveUp: () => Promise.resolve(false),
      refuse: (fault: Fault, { exchangeId: id, remoteAddress }: ReceivedRequest) => {
        refused.push({ id, code: fault.code, remoteAddress })
        return Promise.resolve()
      },
    }
    lane = new MqOutboundLane(broker, { messages, verifyNotice: believing })
    await lane.declare()
    await lane.outbound.start()
    return lane.channel()
  }

  const say = (channel: Channel, message: MqMessage, from = provider): void => {
    const { correlationId, contentType, type, headers } = message.properties
    const properties = { correlationId, contentType, type, headers } as object
    channel.publish(answersExchangeOf(from), 'notices', message.payload, properties)
  }

  const noticeOf = (code: string, body: object, changes: MqChanges = {}): MqMessage =>
    mqNotice(key, exchangeId, code, {
      ...changes,
      envelope: { client: provider, ...changes.envelope },
      payload: Buffer.from(JSON.stringify(body)),
    })

  const next = async (channel: Channel, queue: string): Promise<GetMessage> => {
    for (;;) {
      const message = await channel.get(queue, { noAck: true })
      if (message) return message
    }
  }

  it('a registration comes with its number and date, and whose it is', async () => {
    const taken: RecipientNotice[] = []
    let told: () => void = () => undefined
    const all = new Promise<void>((resolve) => (told = resolve))
    const channel = await open((notice) => {
      if (taken.push(notice) === 3) told()
      return Promise.resolve()
    })
    say(channel, noticeOf('QEBUL_EDILIB', {}))
    say(channel, noticeOf('QEYDIYYATA_ALINIB', { number: '12-4/7', date: '2026-11-26' }))
    say(channel, noticeOf('IMTINA', { ground: 'Ünvan səhvdir' }))
    await all
    expect(taken).toEqual([
      expect.objectContaining({ code: 'QEBUL_EDILIB', recipient: provider, exchangeId }),
      expect.objectContaining({ registration: { number: '12-4/7', date: '2026-11-26' } }),
      expect.objectContaining({ code: 'IMTINA', ground: 'Ünvan səhvdir' }),
    ])
    expect(taken[1]?.message?.head.length).toBeGreaterThan(0)
  })

  it.each<[string, string, (channel: Channel) => void]>([
    [
      'without signature',
      'SIGNATURE_MISSING',
      (channel) => channel.publish(answersExchangeOf(provider), 'notices', Buffer.from('{}')),
    ],
    [
      'through the exchange of another system',
      'CERT_SENDER_MISMATCH',
      (channel) => say(channel, noticeOf('QEBUL_EDILIB', {}), stranger),
    ],
    [
      'that is no JSON',
      'REQUEST_INVALID',
      (channel) => say(channel, { ...noticeOf('QEBUL_EDILIB', {}), payload: Buffer.from('{') }),
    ],
    [
      'of a registration without number',
      'REQUEST_INVALID',
      (channel) => say(channel, noticeOf('QEYDIYYATA_ALINIB', { date: '2026-11-26' })),
    ],
    [
      'that is too large',
      'PAYLOAD_TOO_LARGE',
      (channel) => say(channel, noticeOf('IMTINA', { ground: 'x'.repeat(70_000) })),
    ],
    [
      'of a message that this recipient did not get',
      'TARGET_UNREGISTERED',
      (channel) => say(channel, noticeOf('QEBUL_EDILIB', {})),
    ],
  ])('one %s is a dead letter, and has an entry: %s', async (_what, code, act) => {
    refused.length = 0
    const channel = await open(() => Promise.reject(new Fault('TARGET_UNREGISTERED')))
    act(channel)
    const { properties } = await next(channel, unroutableQueue)
    expect(properties.headers).toMatchObject({
      'sluice-dead-reason': code,
      'sluice-dead-from': noticesInQueue,
    })
    expect(lane.tools.warnings).toContain('a notice is put aside')
    expect(refused).toEqual([expect.objectContaining({ code, id: properties.messageId as string })])
    expect(refused[0]?.remoteAddress).toMatch(/\.answers$/)
  })

  it('where the message log cannot write, a notice waits, and only those of its message with it', async () => {
    const attempts: string[] = []
    let done: () => void = () => undefined
    const all = new Promise<void>((resolve) => (done = resolve))
    const other = exchangeId.replace(/1$/, '2')
    const channel = await open(({ code, exchangeId: of }) => {
      if (attempts.push(`${code} ${of === other ? 'other' : 'first'}`) === 4) done()
      if (attempts.length === 1) return Promise.reject(new Fault('AUDIT_UNAVAILABLE'))
      return Promise.resolve()
    })
    say(channel, noticeOf('QEBUL_EDILIB', {}))
    say(channel, noticeOf('IMTINA', { ground: 'yox' }))
    say(channel, mqNotice(key, other, 'QEBUL_EDILIB', { envelope: { client: provider } }))
    await all
    const first = ['QEBUL_EDILIB first', 'QEBUL_EDILIB first', 'IMTINA first']
    expect(attempts).toEqual([first[0], 'QEBUL_EDILIB other', ...first.slice(1)])
  })

  it('one that was not taken before the worker stopped is the next one’s', async () => {
    let seen: () => void = () => undefined
    const first = new Promise<void>((resolve) => (seen = resolve))
    const channel = await open(() => {
      seen()
      return Promise.reject(new Fault('AUDIT_UNAVAILABLE'))
    })
    say(channel, noticeOf('QEBUL_EDILIB', {}))
    await first
    await lane.close()
    let taken: (notice: RecipientNotice) => void = () => undefined
    const notice = new Promise<RecipientNotice>((resolve) => (taken = resolve))
    await open((given) => {
      taken(given)
      return Promise.resolve()
    })
    expect(await notice).toMatchObject({ code: 'QEBUL_EDILIB' })
  })

  const deliveryNotice: DeliveryNotice = {
    id: '0190a2b0-0000-7000-8000-000000000009',
    code: 'QEYDIYYATA_ALINIB',
    exchangeId,
    messageId: 'm-1',
    sender: consumer,
    recipient: service,
    at: new Date('2026-11-26T09:00:00Z'),
    registration: { number: '12-4/7', date: '2026-11-26' },
    ground: undefined,
    signed: { protected: 'e30', signature: 'AA', payload: 'e30' },
  }

  it('a sender gets the notice in its queue, signed by the bus', async () => {
    const channel = await open(() => Promise.resolve())
    const deadline = new Deadline(10_000)
    await notify(deliveryNotice, deadline, lane.publisher, lane.tools)
    deadline.clear()
    const { properties, content } = await next(channel, noticesQueueOf(consumer))
    expect(properties).toMatchObject({
      type: 'QEYDIYYATA_ALINIB',
      correlationId: 'm-1',
      headers: { 'sluice-exchange-id': exchangeId },
    })
    const signature = String(properties.headers?.['sluice-signature'])
    const [header = '', , value = ''] = signature.split('.')
    const by = { key: lane.keys.publicKey, dsaEncoding: 'ieee-p1363' } as const
    const input = Buffer.concat([Buffer.from(`${header}.`), content])
    expect(verify('sha256', input, by, Buffer.from(value, 'base64url'))).toBe(true)
    expect(JSON.parse(content.toString())).toMatchObject({
      exchangeId,
      messageId: 'm-1',
      recipient: service,
      notice: 'QEYDIYYATA_ALINIB',
      number: '12-4/7',
      date: '2026-11-26',
      signed: { protected: 'e30' },
    })
  })

  it('a sender without a queue: PROVIDER_UNAVAILABLE, so that it is told later', async () => {
    await open(() => Promise.resolve())
    const deadline = new Deadline(10_000)
    const told = notify(
      { ...deliveryNotice, sender: stranger },
      deadline,
      lane.publisher,
      lane.tools,
    )
    await expect(told).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE', side: 'bus' })
    deadline.clear()
  })
})
