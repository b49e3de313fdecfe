import { afterAll } from '@jest/globals'
import { connect } from 'amqplib'
import { requestQueueOf } from '../../src/broker/names.js'
import { Topology } from '../../src/broker/topology.js'
import { Secret } from '../../src/config/secrets.js'
import type { ReceivedRequest, Reply } from '../../src/exchange/exchange.js'
import { Fault } from '../../src/exchange/fault.js'
import { parseSubsystemId, type SubsystemId } from '../../src/exchange/identifier.js'
import type { VerifiedMqRequest } from '../../src/exchange/mq-content.js'
import { startTestBroker } from '../support/broker.js'
import { answeredWith, MqClient } from '../support/mq-lane.js'
import { mqRequest, type MqMessage } from '../support/mq-signing.js'
import { toolsStub, type ToolsStub } from '../support/rest-lane.js'
import { testSigner } from '../support/signing.js'
import type { ConformanceDriver, ConsumerView } from './conformance.js'

/** How the conformance suite speaks to queues. */

const broker = await startTestBroker()
const model = await connect(broker.url, { noDelay: true })
afterAll(async () => {
  await model.close()
  await broker.stop()
})

/** Listeners of one test have each their own, as they would share the messages of one; tests use them in turn. */
const owners = Array.from({ length: 6 }, (_, at) => parseSubsystemId(`AZ/GOV/VN/EVHF${at}`))
await new Topology(model).declare(owners.map((id) => ({ id, isActive: true, furtherQueues: [] })))
const clients = new Map<SubsystemId, MqClient>()
for (const id of owners) {
  const client = new MqClient(model, id)
  await client.open()
  clients.set(id, client)
}

let turn = 0
let current = owners[0]!

function tools(): ToolsStub {
  current = owners[(turn += 1) % owners.length]!
  const own = [current]
  return {
    ...toolsStub(),
    queueOwners: { list: () => own, senders: () => own, onChange: () => () => undefined },
  }
}

const key = testSigner('p256', 'AZ/GOV/VN/EVHF')

export const driver: ConformanceDriver = {
  settings: { url: new Secret(broker.url), limits: {} },
  remoteAddress: '',
  waitsOut: ['AUDIT_UNAVAILABLE', 'THROTTLED'],
  payload: Buffer.from('{"ad":"Əliyev Şükür","bayt":"\u0000\uffff"}'),
  tools,
  ask: (_address, payload) => exchange(mqRequest(key, { payload })),
  // The broker would drop it without a word.
  askBroken: () => exchange(mqRequest(key), { expiration: '1000000' }),
  verified: ({ consumer = 'AZ/GOV/VN/EVHF', messageId = 'm-1' }) =>
    verifiedOf(Buffer.alloc(0), consumer, messageId),
  answered,
}

/** A request, and the reply to it; nobody reads the queue of a lane that has closed. */
async function exchange(message: MqMessage, changes: object = {}): Promise<ConsumerView> {
  const id = current
  const client = clients.get(id)!
  const untilMs = performance.now() + 2_000
  for (;;) {
    const { consumerCount } = await client.channel.checkQueue(requestQueueOf(id))
    if (consumerCount > 0) break
    if (performance.now() > untilMs) throw new Error('nobody reads this queue')
  }
  await client.request(message, changes)
  const { properties, content } = await Promise.race([client.reply(), noReply()])
  const text = `${JSON.stringify(properties)}\n${content.toString('utf8')}`
  return { text, payload: content }
}

/** The broker's count of readers may be a moment late: then nobody reads what was sent. */
async function noReply(): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, 10_000).unref())
  throw new Error('nobody has answered')
}

function answered(received: ReceivedRequest): Promise<Reply> {
  const { content, exchangeId } = received
  if (content.format !== 'mq') {
    const nobody = { signer: undefined, verified: undefined, entry: undefined }
    return Promise.resolve({
      outcome: 'refused',
      exchangeId,
      fault: new Fault('PAYLOAD_UNSAFE'),
      ...nobody,
    })
  }
  const verified = verifiedOf(content.payload, 'AZ/GOV/VN/EVHF', 'm-1')
  const envelope = received.adapter.readEnvelope(verified)
  const signer = { subsystem: envelope.consumer, thumbprint: 'stub', serialNumber: '01' }
  const request = { ...received, verified, envelope, signer } as unknown as Parameters<
    typeof answeredWith
  >[0]
  return Promise.resolve(answeredWith(request))
}

/** As if a signature had covered it. */
function verifiedOf(payload: Uint8Array, consumer: string, messageId: string): VerifiedMqRequest {
  const members: Readonly<Record<string, string>> = {
    client: consumer,
    service: 'AZ/GOV/DIN/GCQ/finAxtaris/v1',
    id: messageId,
  }
  return {
    format: 'mq',
    contentType: 'application/json',
    text: (name) => members[name],
    integer: () => undefined,
    texts: () => undefined,
    recipient: 0,
    payload,
    payloadSha256: new Uint8Array(32),
    signature: { label: 'consumer', keyId: 'stub', created: new Date(), value: new Uint8Array(64) },
  }
}
