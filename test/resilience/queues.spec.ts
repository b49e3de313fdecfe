import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { startTestBroker, type TestBroker } from '../support/broker.js'
import { describeWith } from '../support/command.js'
import type { TestIdentity } from '../support/pki.js'
import {
  firstOnes,
  publishOnce,
  QueueNotices,
  QueueRecipient,
  queuesOf,
  QueueSender,
} from '../support/queue-field.js'
import { sluice } from '../support/running-bus-start.js'
import { countLog } from '../support/running-bus-verdict.js'
import { BusField, eventually, type NodeOptions } from '../support/running-bus.js'
import { TestRegistry } from '../support/whole-bus-registry.js'
import { sampleMember, sampleRight, sampleService } from '../support/whole-bus-sample.js'

/* whatever is killed, messages arrive, once each as far as their recipient can see, in their order. */

// Long, because processes start slowly on a busy machine; nothing here waits for time to pass.
const timeoutMs = 420_000
const soonMs = 90_000
/** Two thousand notices, and the messages that they tell of. */
const toldMs = 180_000
const perSender = 500

const recipient = 'AZ/GOV/VN/EDMS'
const service = `${recipient}/sened/v1`
const senders = ['AZ/GOV/RITN/EDMS', 'AZ/GOV/EDN/EDMS'] as const

const describeBroker = await describeWith('rabbitmq')

let field: BusField
let broker: TestBroker
let identities: Readonly<Record<string, TestIdentity>>
let system: QueueRecipient
const closers: (() => Promise<void>)[] = []

beforeAll(async () => {
  field = await BusField.open()
  broker = await startTestBroker({ alone: true })
  const subsystems = [...senders, recipient]
  const issued = subsystems.map((id) => field.authority.issue({ subject: id }))
  const all = await Promise.all(issued)
  identities = Object.fromEntries(subsystems.map((id, index) => [id, all[index]!]))
}, timeoutMs)

afterAll(async () => {
  for (const close of closers.splice(0).reverse()) await close()
  await field.close()
  await broker.stop()
}, timeoutMs)

const nodeOptions = (): NodeOptions => ({
  config: {
    broker: { url: broker.url, managementUrl: broker.managementUrl },
    adapters: { rest: { outbound: { privateAddresses: ['127.0.0.0/8'] } }, mq: {} },
  },
})

const certificatesOf = (id: string) => ({ certificates: [{ pem: identities[id]!.pem }], mq: true })

async function declare(): Promise<void> {
  const registry = await TestRegistry.open(field.databaseOf())
  try {
    await registry.applyOnly({
      domains: [{ code: 'PORTAL', status: 'active' }],
      authorities: [
        { name: 'Sınaq kökü', pem: field.authority.pem, role: 'anchor', revocation: 'none' },
      ],
      members: [
        ...senders.map((id) => sampleMember(id, certificatesOf(id))),
        sampleMember(recipient, {
          ...certificatesOf(recipient),
          services: [
            sampleService('sened', 'amqp:in', {
              ...{ protocol: 'mq', pattern: 'one-way' },
              limits: { timeLimitMs: 10_000, requestBytesMax: 65_536, replyBytesMax: 65_536 },
            }),
          ],
        }),
      ],
      accessRights: senders.map((id) => sampleRight(id, service)),
    })
  } finally {
    await registry.close()
  }
  await queuesOf(broker.url, ...senders, recipient)
}

const signed = (id: string, prefix: string, count: number) =>
  QueueSender.sign(identities[id]!, id, service, [prefix, count])

const idsOf = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index}`)

describeBroker('messages in queues', () => {
  it(
    'a thousand arrive in order with their notices, though bus and broker are killed in turn',
    async () => {
      const bus = await field.startNode(nodeOptions())
      await declare()
      field.lines.length = 0
      const sending = senders.map(
        (id) => new QueueSender(broker.url, id, signed(id, id, perSender)),
      )
      const sent = Promise.all(sending.map((sender) => sender.send()))
      const reached = (count: number): Promise<void> =>
        eventually(() => sending.every(({ confirmed }) => confirmed >= count), soonMs)

      await reached(perSender / 5)
      await field.kill(bus, false)
      // What the senders go on with lies in their queues.
      await reached((2 * perSender) / 5)
      const again = await field.startNode(nodeOptions())
      await reached((3 * perSender) / 5)
      await broker.kill()
      await broker.restart()
      await reached((4 * perSender) / 5)
      await field.kill(again, true)
      await sent
      await field.startNode(nodeOptions())

      system = new QueueRecipient(recipient, identities[recipient]!)
      const notices = senders.map((id) => new QueueNotices(id))
      const readings = [system, ...notices].map((each) => each.open(broker.url))
      for (const reading of await Promise.all(readings)) closers.push(() => reading.close())
      await eventually(() => notices.every((each) => each.having(2) === perSender), toldMs)

      for (const [index, id] of senders.entries()) {
        expect(firstOnes(system.came.get(id) ?? [])).toEqual(idsOf(id, perSender))
        const told = notices[index]!.byMessage
        expect([...told.keys()].sort()).toEqual(idsOf(id, perSender).sort())
        const codes = new Set([...told.values()].map((each) => each.join(' ')))
        expect([...codes]).toEqual(['CATDIRILIB QEBUL_EDILIB'])
      }
      expect(await countLog(field.databaseOf())).toMatchObject({
        ...{ requests: 2 * perSender, replies: 2 * perSender },
        ...{ unresolved: 0, failed: 0, open: 0 },
      })
      await expectWholeLog()
      // Whoever goes takes nobody along.
      expect(field.lines.filter((line) => /^\s+at |worker died/.test(line))).toEqual([])
    },
    timeoutMs,
  )

  it(
    'the same one over two connections at one time is delivered once, by the bus that is left',
    async () => {
      const [sender] = senders
      const came = (): readonly string[] => system.came.get(sender) ?? []
      const before = came().length
      const messages = signed(sender, 'eyni', 50)
      const both = [1, 2].map(() => publishOnce(broker.url, sender, messages))
      await Promise.all(both)
      const last = signed(sender, 'son', 1)
      await publishOnce(broker.url, sender, last)

      await eventually(() => came().includes('son-0'), soonMs)
      expect(came().slice(before)).toEqual([...idsOf('eyni', 50), 'son-0'])
    },
    timeoutMs,
  )
})

/** The verifier shares no code with who wrote it. */
async function expectWholeLog(): Promise<void> {
  const { code, out, err } = await sluice(['log', 'verify', '--json'], field.environment())
  expect({ code, err, defects: (JSON.parse(out) as { defects: unknown }).defects }).toEqual({
    ...{ code: 3, err: '', defects: [] },
  })
}
