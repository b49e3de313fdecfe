/**
 * The load of the bench of queues: one process, amqplib as it is, durable queues, persistent messages, the broker's
 * confirms and acknowledgements by hand; the same for plain RPC and for the bus. Does what its parent tells it.
 */
import { connect, type ConsumeMessage } from 'amqplib'
import { createPrivateKey, randomUUID, verify, X509Certificate, type KeyObject } from 'node:crypto'
import {
  messageKey,
  noticesQueueOf,
  outExchangeOf,
  repliesQueueOf,
  requestKey,
} from '../src/broker/names.js'
import { parseSubsystemId, type SubsystemId } from '../src/exchange/identifier.js'
import { signatureHeader } from '../src/mq-head.js'
import { createMqSigner } from '../src/trust/jws/sign-message.js'
import type { MqSigner } from '../src/exchange/signers.js'
import {
  isThroughBus,
  type MqConsumer,
  type MqKind,
  type MqLoadOrder,
  type MqLoadResult,
} from './mq-order.js'
import { MqRun, type MqClient, type PreparedMessage } from './mq-run.js'

const contentType = 'application/json'
const prefetch = 256

interface BusClient extends MqClient {
  readonly id: SubsystemId
  readonly signer: MqSigner
}

const plain: (MqClient & { readonly replies: string })[] = []
let plainRequests: Readonly<Record<'plain' | 'relayed', string>>
const consumers: BusClient[] = []
let busKey: KeyObject | undefined
let kind: MqKind = 'plain'
let run: MqRun | undefined

process.on('message', (order: MqLoadOrder) => {
  obey(order).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  )
})
process.on('disconnect', () => process.exit(0))

async function obey(order: MqLoadOrder): Promise<MqLoadResult | undefined> {
  switch (order.act) {
    case 'open':
      await open(order)
      return undefined
    case 'prepare':
      prepare(order)
      return undefined
    case 'run':
      return send(order)
  }
}

async function open(order: Extract<MqLoadOrder, { readonly act: 'open' }>): Promise<void> {
  busKey = new X509Certificate(order.busCertificatePem).publicKey
  plainRequests = { plain: order.plain.requests, relayed: order.plain.relayed }
  for (const replies of order.plain.replies) {
    plain.push({ ...(await clientOf(order.plain.url, [replies])), replies })
  }
  for (const consumer of order.consumers) consumers.push(await consumerOf(consumer))
}

async function consumerOf(consumer: MqConsumer): Promise<BusClient> {
  const id = parseSubsystemId(consumer.subsystem)
  const signer = createMqSigner({
    privateKey: createPrivateKey(consumer.privateKeyPem),
    certificateThumbprint: consumer.thumbprint,
    now: () => new Date(),
  })
  return {
    ...(await clientOf(consumer.url, [repliesQueueOf(id), noticesQueueOf(id)])),
    id,
    signer,
  }
}

/** @param queues - in which answers come */
async function clientOf(url: string, queues: readonly string[]): Promise<MqClient> {
  const model = await connect(url, { noDelay: true })
  const channel = await model.createConfirmChannel()
  await channel.prefetch(prefetch)
  const client: MqClient = { channel, prepared: [] }
  const take = (message: ConsumeMessage | null): void => {
    if (!message) return
    channel.ack(message)
    const own = plain.find((each) => each.channel === channel)
    const other = consumers.find((each) => each.channel === channel)
    run?.take(own ?? other ?? client, message)
  }
  for (const queue of queues) await channel.consume(queue, take)
  return client
}

function prepare(order: Extract<MqLoadOrder, { readonly act: 'prepare' }>): void {
  kind = order.kind
  const body = Buffer.from(order.text)
  const each = Math.ceil(order.messages / plain.length)
  for (const client of plain) {
    client.prepared.length = 0
    for (let left = isThroughBus(kind) ? 0 : each; left > 0; left -= 1) {
      client.prepared.push(plainMessage(body, client.replies))
    }
  }
  for (const client of consumers) {
    client.prepared.length = 0
    for (let left = isThroughBus(kind) ? each : 0; left > 0; left -= 1) {
      client.prepared.push(signedMessage(client, order.service, body))
    }
  }
}

function plainMessage(body: Buffer, replyTo: string): PreparedMessage {
  const messageId = randomUUID()
  const options = { contentType, messageId, correlationId: messageId, replyTo, ...durable }
  const routingKey = plainRequests[kind === 'relayed' ? 'relayed' : 'plain']
  return { exchange: '', routingKey, body, options }
}

const durable = { persistent: true, mandatory: true } as const

function signedMessage({ id, signer }: BusClient, service: string, body: Buffer): PreparedMessage {
  const messageId = randomUUID()
  const legalBasis = 'Decree 813, 5.1.4'
  const envelope = { client: id, service, id: messageId, mode: 'body', legalBasis, issue: 'IS-1' }
  const type = 'sluice-request+jws'
  const signature = signer.sign({ type, contentType, envelope, payload: body })
  const options = { contentType, messageId, headers: { [signatureHeader]: signature }, ...durable }
  const routingKey = kind === 'message' ? messageKey : requestKey
  return { exchange: outExchangeOf(id), routingKey, body, options }
}

const wantedTypes: Readonly<Record<MqKind, string | undefined>> = {
  plain: undefined,
  relayed: undefined,
  request: 'reply',
  message: 'CATDIRILIB',
}

async function send(order: Extract<MqLoadOrder, { readonly act: 'run' }>): Promise<MqLoadResult> {
  const clients = isThroughBus(kind) ? consumers : plain
  run = new MqRun(clients, wantedTypes[kind], order.timeMs)
  const figures = await run.go(order.inFlight)
  const right = isThroughBus(kind) ? run.kept.filter(isOfBus) : []
  const looked = isThroughBus(kind) ? run.kept.length : 0
  return { ...figures, verified: right.length, unverified: looked - right.length }
}

/** Whether the bus signed it, as a consumer sees it (RFC 7515 appendix F, RFC 7797). */
function isOfBus({ properties, content }: ConsumeMessage): boolean {
  const { headers, correlationId } = properties as {
    headers?: Record<string, unknown>
    correlationId?: string
  }
  const signature = headers?.[signatureHeader]
  if (typeof signature !== 'string' || !busKey) return false
  const [header = '', , value = ''] = signature.split('.')
  const { env } = JSON.parse(Buffer.from(header, 'base64url').toString()) as {
    env: Record<string, unknown>
  }
  if (env['id'] !== correlationId) return false
  const input = Buffer.concat([Buffer.from(`${header}.`), content])
  const key = { key: busKey, dsaEncoding: 'ieee-p1363' } as const
  return verify('sha256', input, key, Buffer.from(value, 'base64url'))
}
