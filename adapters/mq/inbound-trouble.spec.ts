import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { ConsumeMessage } from 'amqplib'
import { noticesQueueOf, requestQueueOf } from '../../src/broker/names.js'
import type { AuthenticatedRequest } from '../../src/exchange/exchange.js'
import { Fault } from '../../src/exchange/fault.js'
import { startTestBroker, type TestBroker } from '../../test/support/broker.js'
import {
  acceptedOf,
  answeredWith,
  gateOf,
  lineOf,
  MqLane,
  newId,
  otherSender,
  problemOf,
  sender,
  TakenMessages,
  type Carry,
  type MqClient,
} from '../../test/support/mq-lane.js'
import { until } from '../../test/support/message-log.js'
import { mqRequest, type MqChanges, type MqMessage } from '../../test/support/mq-signing.js'
import { testSigner } from '../../test/support/signing.js'

const [own, other] = [testSigner('p256', sender), testSigner('p256', otherSender)]
let broker: TestBroker
beforeAll(async () => {
  broker = await startTestBroker({ alone: true })
}, 60_000)
afterAll(() => broker.stop())
const lanes: MqLane[] = []
afterEach(async () => {
  for (const lane of lanes.splice(0)) await lane.close()
})

async function laneOf(): Promise<MqLane> {
  const lane = new MqLane(broker, { owners: [sender, otherSender] })
  lanes.push(lane)
  await lane.declare(sender, otherSender)
  return lane
}

function message(id: string, changes: MqChanges = {}, key = own): MqMessage {
  return mqRequest(key, {
    ...changes,
    envelope: { client: key.subsystem, id, ...changes.envelope },
  })
}

const line = (carry: Carry): ReturnType<typeof lineOf> => lineOf([own, other], carry)
const unavailable = (): Fault => new Fault('AUDIT_UNAVAILABLE')

describe('what the bus cannot take now waits, and is not refused', () => {
  it('a message log that cannot write: all come through in their order, and nobody is told of it', async () => {
    const lane = await laneOf()
    const taken = new TakenMessages()
    let failures = 30
    const all = gateOf()
    await lane.listen(
      line((authenticated) => {
        if (authenticated.envelope.messageId === '7' && (failures -= 1) > 25) throw unavailable()
        // What came after it fails with it, as in one batch of the log.
        if (failures > 25 && Number(authenticated.envelope.messageId) > 7) throw unavailable()
        taken.take(authenticated)
        if (taken.ids.length === 40) all.open()
        return Promise.resolve(acceptedOf(authenticated))
      }),
    )
    const client = await lane.client()
    const ids = Array.from({ length: 40 }, (_, at) => String(at))
    await Promise.all(ids.map((id) => client.message(message(id))))
    await all.passed
    expect(taken.ids).toEqual(ids)
    expect(client.unread).toBe(0)
  })

  it('a request that had got into the log before is answered with what became of it then', async () => {
    const lane = await laneOf()
    const taken = new TakenMessages()
    await lane.listen(
      line((authenticated) => {
        taken.take(authenticated)
        throw unavailable()
      }),
    )
    const client = await lane.client()
    await client.request(message('r-1'))
    expect(problemOf(await client.reply())).toMatchObject({ code: 'AUDIT_UNAVAILABLE' })
    expect(taken.ids).toEqual(['r-1'])
  })

  it('no room for its payload: it waits until there is', async () => {
    const lane = await laneOf()
    await lane.listen(line((authenticated) => Promise.resolve(answeredWith(authenticated))))
    const { requestBudget } = lane.tools
    requestBudget.hold('of another exchange', sender).resize(67_108_864)
    const client = await lane.client()
    await client.request(message(newId()))
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect([client.unread, lane.received.length]).toEqual([0, 0])
    requestBudget.release('of another exchange')
    expect((await client.reply()).properties.type).toBe('reply')
    await until(() => requestBudget.bytes === 0)
  })
})

it('who finds no place in the line waits with all that comes after, recipient by recipient, and none is refused', async () => {
  const lane = await laneOf()
  const all = gateOf()
  const copies: string[] = []
  // The first message, two of the three recipients of the second; nothing for a while.
  const answers = [true, true, true, false, false]
  Object.assign(lane.tools, { hasPlaceFor: () => answers.shift() ?? true })
  await lane.listen(
    line((authenticated) => {
      copies.push(`${authenticated.envelope.messageId}.${authenticated.envelope.copy}`)
      if (copies.length === 5) all.open()
      return Promise.resolve(acceptedOf(authenticated))
    }),
  )
  const to = ['AZ/GOV/DIN/GCQ/sened/v1', 'AZ/GOV/MN/EDMS/sened', 'AZ/GOV/EDN/EDMS/sened/v2']
  const client = await lane.client()
  await client.message(message('1'))
  await client.message(message('2', { envelope: { service: undefined, to } }))
  await client.message(message('3'))
  await all.passed
  expect([copies, client.unread]).toEqual([['1.0', '2.0', '2.1', '2.2', '3.0'], 0])
})

describe('the same message again', () => {
  it('while the first is under way executes once, and has one answer', async () => {
    const lane = await laneOf()
    const gate = gateOf()
    const taken = new TakenMessages()
    await lane.listen(
      line(async (authenticated) => {
        taken.take(authenticated)
        await gate.passed
        return answeredWith(authenticated)
      }),
    )
    const client = await lane.client()
    const twice = message(newId())
    await Promise.all([client.request(twice), client.request(twice)])
    // A third one, that is not the same: it has another body, which nobody signed.
    await client.request({ ...twice, payload: Buffer.from('{}') })
    expect(problemOf(await client.reply())).toMatchObject({ code: 'SIGNATURE_INVALID' })
    gate.open()
    expect((await client.reply()).properties.type).toBe('reply')
    await client.request(message(newId()))
    await client.reply()
    expect(taken.ids).toHaveLength(2)
    expect(client.unread).toBe(0)
  })

  it('handed to another worker while the first carries it: the duplicate is told once there is an outcome', async () => {
    const lane = await laneOf()
    const client = await lane.client()
    await client.request(message('r-2'))
    // The first worker has it, and its connection breaks.
    const gone = await client.another()
    expect(await gone.get(requestQueueOf(sender))).toBeTruthy()
    await gone.close()
    const asked: string[] = []
    const told: number[] = []
    lane.tools.messages.hasOutcome = (exchangeId) => {
      told.push(client.unread)
      return Promise.resolve(asked.push(exchangeId) === 3)
    }
    const fault = new Fault('DUPLICATE_MESSAGE', { repeatOf: 'of the first' })
    await lane.listen(line(() => Promise.reject(fault)))
    expect(problemOf(await client.reply())).toMatchObject({ code: 'DUPLICATE_MESSAGE' })
    expect(asked).toEqual(Array(3).fill('of the first'))
    expect(told).toEqual([0, 0, 0])
    // One that its consumer sent twice is told at once.
    await client.request(message('r-3'))
    expect(problemOf(await client.reply())).toMatchObject({ code: 'DUPLICATE_MESSAGE' })
    expect(asked).toHaveLength(3)
  })

  it('after its end: a request has the fault, a one-way message is passed over in silence', async () => {
    const lane = await laneOf()
    const taken = new TakenMessages()
    const carry =
      (reply: typeof answeredWith | typeof acceptedOf) => (it: AuthenticatedRequest) => {
        taken.take(it)
        return Promise.resolve(reply(it))
      }
    await lane.listen(
      line((it) => carry(it.envelope.purpose === 'cavab' ? answeredWith : acceptedOf)(it)),
    )
    const client = await lane.client()
    const asked = message('r-2', { envelope: { purpose: 'cavab' } })
    await client.request(asked)
    await client.reply()
    await client.request(asked)
    expect(problemOf(await client.reply())).toMatchObject({ code: 'DUPLICATE_MESSAGE' })
    const sent = message('m-2')
    await client.message(sent)
    await client.message(sent)
    // Another message under the same id is no repeat.
    await client.message(message('m-2', { payload: Buffer.from('{"a":1}') }))
    expect(problemOf(await client.notice())).toMatchObject({
      ground: { code: 'DUPLICATE_MESSAGE' },
    })
    expect([taken.ids, client.unread]).toEqual([['r-2', 'm-2'], 0])
  })
})

/** Sends so many messages of each, one after the other, and does not wait between them. */
function sendAll(
  clients: readonly { readonly client: MqClient; readonly key: typeof own }[],
  count: number,
): Promise<unknown> {
  return Promise.all(
    clients.flatMap(({ client, key }) =>
      Array.from({ length: count }, (_, at) => client.message(message(String(at), {}, key))),
    ),
  )
}

describe('order, and nothing lost or doubled', () => {
  const inOrder = (count: number): string[] => Array.from({ length: count }, (_, at) => String(at))

  /** A log of its own for each sender; `passed` resolves when it has so many. */
  class Logs {
    readonly #taken = new Map<string, TakenMessages>()
    readonly #all = gateOf()
    #missing: number

    constructor(count: number) {
      this.#missing = count
    }

    get passed(): Promise<void> {
      return this.#all.passed
    }

    of(id: string): TakenMessages {
      const taken = this.#taken.get(id) ?? new TakenMessages()
      this.#taken.set(id, taken)
      return taken
    }

    /** As the line does: taken in order, durable a while after. */
    readonly carry: Carry = async (authenticated) => {
      this.of(authenticated.envelope.consumer).take(authenticated)
      this.#missing -= 1
      if (this.#missing === 0) this.#all.open()
      await new Promise((resolve) => setImmediate(resolve))
      return acceptedOf(authenticated)
    }
  }

  it('1,000 messages of each of two senders come into the log in their order', async () => {
    const lane = await laneOf()
    const logs = new Logs(2_000)
    await lane.listen(line(logs.carry))
    const [client, second] = [await lane.client(), await lane.client(otherSender)]
    await sendAll(
      [
        { client, key: own },
        { client: second, key: other },
      ],
      1_000,
    )
    await logs.passed
    expect(logs.of(sender).ids).toEqual(inOrder(1_000))
    expect(logs.of(otherSender).ids).toEqual(inOrder(1_000))
    expect(client.unread + second.unread).toBe(0)
  }, 60_000)

  it('workers that are replaced one by one under load (R-156)', async () => {
    const lane = await laneOf()
    const logs = new Logs(1_000)
    let asked = 0
    const handle = line((authenticated) =>
      authenticated.envelope.purpose === 'cavab'
        ? Promise.resolve(answeredWith(authenticated))
        : logs.carry(authenticated),
    )
    let worker = await lane.listen(handle)
    const client = await lane.client()
    const second = await lane.client(otherSender)
    const sent = sendAll([{ client, key: own }], 1_000)
    const asking = (async () => {
      for (; asked < 300; asked += 1) {
        await second.request(message(newId(), { envelope: { purpose: 'cavab' } }, other))
      }
    })()
    for (let round = 0; round < 3; round += 1) {
      const next = await lane.listen(handle)
      await worker.close()
      worker = next
    }
    await Promise.all([sent, asking, logs.passed])
    expect(logs.of(sender).ids).toEqual(inOrder(1_000))
    const answers: ConsumeMessage[] = []
    for (let at = 0; at < 300; at += 1) answers.push(await second.reply())
    expect(new Set(answers.map(({ properties }) => String(properties.correlationId))).size).toBe(
      300,
    )
    expect(answers.every(({ properties }) => properties.type === 'reply')).toBe(true)
    expect(client.unread + second.unread).toBe(0)
  }, 60_000)

  it('a broker that is killed and comes back in the middle', async () => {
    const lane = await laneOf()
    const logs = new Logs(400)
    const half = gateOf()
    await lane.listen(
      line((authenticated) => {
        if (authenticated.envelope.messageId === '200') half.open()
        return logs.carry(authenticated)
      }),
    )
    const client = await lane.client()
    const sent = sendAll([{ client, key: own }], 400)
    await sent
    await half.passed
    await broker.kill()
    await broker.restart()
    await logs.passed
    expect(logs.of(sender).ids).toEqual(inOrder(400))
    const again = await lane.client()
    await again.message(message('bad'), { headers: {} })
    expect(problemOf(await again.notice())).toMatchObject({ notice: 'IMTINA' })
    expect(noticesQueueOf(sender)).toBe('AZ.GOV.VN.SC.notices')
  }, 90_000)
})
