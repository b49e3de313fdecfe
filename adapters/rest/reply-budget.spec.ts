import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { RestAdapters } from '../../test/support/rest-adapter.js'
import {
  envelopeLines,
  mediatedOf,
  nobody,
  sendBytes,
  serviceTarget,
  toolsStub,
  until,
  type ToolsStub,
} from '../../test/support/rest-lane.js'
import type { HandleExchange } from '../../src/exchange/adapter.js'
import { Fault, toFault } from '../../src/exchange/fault.js'

const rest = new RestAdapters()
const sockets: Socket[] = []

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
  return rest.closeAll()
})

const mebibyte = 1_048_576
// More than the system's own buffers take from the bus before anybody reads.
const largeBytes = 24 * mebibyte

const getOf = (consumer: string): string =>
  `GET ${serviceTarget} HTTP/1.1\r\n${envelopeLines.replace('AZ/GOV/VN/EVHF', consumer)}`

/** A consumer that asks so many times at once and reads nothing. */
function askAndWait(port: number, consumer: string, times = 1): Socket {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined)
  sockets.push(socket)
  socket.pause().write(`${getOf(consumer)}\r\n`.repeat(times))
  return socket
}

async function ask(port: number, consumer: string): Promise<string> {
  const { text } = await sendBytes(port, `${getOf(consumer)}Connection: close\r\n\r\n`)
  return text.slice(9, 12) + (/"side":"(\w+)"/.exec(text)?.[1] ?? '')
}

interface Lane {
  readonly port: number
  readonly tools: ToolsStub
  /** Faults of the exchanges that were refused. */
  readonly faults: Fault[]
}

/** Both sides of the adapter, with nothing but this between them: as the bus, it delivers and answers. */
async function openLane(
  address: string,
  limits: Readonly<Record<string, number>>,
  after: () => void = () => undefined,
): Promise<Lane> {
  const tools = toolsStub(undefined, limits)
  const faults: Fault[] = []
  const sender = rest.adapter(limits, undefined, tools)
  const handle: HandleExchange = async (received) => {
    const { exchangeId } = received
    try {
      const request = mediatedOf(received, new Uint8Array(), { address })
      const { content } = await sender.send!(request, new AbortController().signal)
      after()
      const entry = { leafHash: new Uint8Array(32), recordedAt: new Date(), log: 'domain/PORTAL' }
      return { outcome: 'answered', exchangeId, request: request.logged, content, entry }
    } catch (error) {
      const fault = toFault(error)
      faults.push(fault)
      return { outcome: 'refused', exchangeId, fault, ...nobody }
    }
  }
  const { port } = await rest.listen(handle, limits, tools)
  return { port, tools, faults }
}

/** A provider that answers with so many bytes. */
async function providerOf(bytes: number, isAnnounced = true) {
  let deliveries = 0
  const { address } = await rest.httpProvider((_, response) => {
    deliveries += 1
    const length = isAnnounced ? { 'Content-Length': bytes } : {}
    response.writeHead(200, length).end(Buffer.alloc(bytes, 'x'))
  })
  return { address, deliveries: () => deliveries }
}

describe('room for replies', () => {
  const limits = {
    replyBytesInFlightMax: 3 * largeBytes,
    replyBytesPerConsumerMax: largeBytes,
  }

  it('counts until the consumer has taken its reply: meanwhile it gets no other, and others do', async () => {
    const { address, deliveries } = await providerOf(largeBytes)
    const { port, tools } = await openLane(address, limits)
    const slow = askAndWait(port, 'AZ/GOV/A/A')
    await until(() => tools.replyBudget.bytes === largeBytes)
    expect(await ask(port, 'AZ/GOV/A/A')).toBe('429consumer')
    // There was no room even for a small one, so the provider was not asked.
    expect(deliveries()).toBe(1)
    expect(await ask(port, 'AZ/GOV/A/B')).toBe('200')
    slow.resume()
    await until(() => tools.replyBudget.bytes === 0)
    expect(await ask(port, 'AZ/GOV/A/A')).toBe('200')
  })

  it.each([
    ['announced', true],
    ['in chunks', false],
  ])('a reply that bursts the whole of it, %s: THROTTLED of the bus', async (_, isAnnounced) => {
    const { address } = await providerOf(300_000, isAnnounced)
    const whole = { replyBytesInFlightMax: 200_000 }
    const { port, tools, faults } = await openLane(address, whole)
    expect(await ask(port, 'AZ/GOV/A/A')).toBe('503bus')
    expect(faults).toMatchObject([{ code: 'THROTTLED', side: 'bus' }])
    expect(tools.replyBudget.bytes).toBe(0)
  })

  it('comes back when the exchange is refused after its delivery', async () => {
    const { address } = await providerOf(1_000)
    const { port, tools } = await openLane(address, {}, () => {
      throw new Fault('AUDIT_UNAVAILABLE')
    })
    expect(await ask(port, 'AZ/GOV/A/A')).toBe('503bus')
    expect(tools.replyBudget.bytes).toBe(0)
  })

  it('comes back when the provider breaks off, before its request is delivered again', async () => {
    const { address } = await rest.rawProvider(
      `HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n${'x'.repeat(80_000)}`,
      (socket) => socket.end(),
    )
    const { port, tools, faults } = await openLane(address, {})
    const handed = ask(port, 'AZ/GOV/A/A')
    await until(() => faults.length > 0)
    expect(tools.replyBudget.bytes).toBe(0)
    await handed
    expect(faults).toMatchObject([{ code: 'PROVIDER_FAULT' }])
  })
})

describe('a consumer that does not read its reply', () => {
  it('is cut off when it takes nothing for a while; all it had asked for is given back', async () => {
    const { address, deliveries } = await providerOf(largeBytes)
    const { port, tools } = await openLane(address, { replyIdleTimeoutMs: 1_000 })
    // A second reply waits behind the first; Node tells nobody of its end.
    const socket = askAndWait(port, 'AZ/GOV/A/A', 2)
    // Its bytes are there only for as long as the connection is, which on a slow machine nobody may see.
    await until(() => deliveries() === 2 && tools.warnings.length > 0)
    await until(() => tools.replyBudget.bytes === 0)
    expect(tools.warnings).toEqual(['reply was not read in time'])
    // It notices when it reads.
    await once(socket.resume(), 'close')
  })

  it('is cut off when the whole takes too long, however often it reads a little', async () => {
    const { address } = await providerOf(largeBytes)
    const { port, tools } = await openLane(address, { replyTimeoutMs: 500 })
    const socket = askAndWait(port, 'AZ/GOV/A/A')
    const sips = setInterval(() => void socket.read(200_000), 20)
    socket.on('readable', () => undefined)
    await until(() => tools.warnings.length > 0)
    clearInterval(sips)
    await until(() => tools.replyBudget.bytes === 0)
    expect(tools.warnings).toEqual(['reply was not read in time'])
  })
})
