import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, it } from '@jest/globals'
import { RestAdapters } from '../../test/support/rest-adapter.js'
import {
  busStub,
  echo,
  envelopeLines,
  sendBytes,
  serviceTarget,
  toolsStub,
  until,
} from '../../test/support/rest-lane.js'

const rest = new RestAdapters()
const sockets: Socket[] = []

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
  return rest.closeAll()
})

/** What nothing refers to is gone afterwards. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
}

function postOf(consumer: string, length: number): string {
  const lines = envelopeLines.replace('AZ/GOV/VN/EVHF', consumer)
  return `POST ${serviceTarget} HTTP/1.1\r\n${lines}Content-Length: ${length}\r\n`
}

const limits = { payloadBytesInFlightMax: 200_000, payloadBytesPerConsumerMax: 100_000 }

/** A listener whose budget can be seen, and which tells when a payload's reading has begun. */
async function listening() {
  const tools = toolsStub(undefined, limits)
  const bus = busStub(echo)
  const { port } = await rest.listen(bus, limits, tools)
  return { port, bus, budget: tools.requestBudget }
}

/** Announces a payload, sends the beginning of it, and waits until the bus has begun to read. */
async function announce(port: number, consumer: string, length: number, beginning: string) {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined)
  sockets.push(socket)
  const answered = once(socket, 'data')
  socket.write(`${postOf(consumer, length)}Expect: 100-continue\r\n\r\n`)
  expect(String(await answered)).toMatch(/^HTTP\/1\.1 100 /)
  socket.write(beginning)
  return socket
}

async function statusOf(port: number, consumer: string, bytes: number): Promise<string> {
  const { text } = await sendBytes(
    port,
    `${postOf(consumer, bytes)}Connection: close\r\n\r\n${'x'.repeat(bytes)}`,
  )
  return text.slice(9, 12) + (/"side":"(\w+)"/.exec(text)?.[1] ?? '')
}

describe('room for payloads', () => {
  it('is not taken by who announces and does not send', async () => {
    const { port, budget } = await listening()
    for (const consumer of ['AZ/GOV/A/A', 'AZ/GOV/A/B', 'AZ/GOV/A/C', 'AZ/GOV/A/D']) {
      await announce(port, consumer, 100_000, 'ab')
    }
    await until(() => budget.bytes === 8)
    expect(await statusOf(port, 'AZ/GOV/A/E', 100_000)).toBe('200')
    expect(await statusOf(port, 'AZ/GOV/A/A', 90_000)).toBe('200')
  })

  it('is counted to its consumer: above its share THROTTLED, and others are served', async () => {
    const { port, budget } = await listening()
    await announce(port, 'AZ/GOV/A/A', 100_000, 'x'.repeat(60_000))
    await until(() => budget.bytes >= 60_000)
    expect(await statusOf(port, 'AZ/GOV/A/A', 50_000)).toBe('429consumer')
    expect(await statusOf(port, 'AZ/GOV/A/B', 100_000)).toBe('200')
  })

  it('is refused to one of two that grow together beyond the share; the other goes on', async () => {
    const { port } = await listening()
    const both = [
      await announce(port, 'AZ/GOV/A/A', 90_000, 'ab'),
      await announce(port, 'AZ/GOV/A/A', 90_000, 'ab'),
    ]
    const answers = both.map(async (socket) => {
      const [data] = (await once(socket, 'data')) as [Buffer]
      return { socket, status: data.toString('latin1', 9, 12) }
    })
    for (const socket of both) socket.write('x'.repeat(70_000))
    const first = await Promise.race(answers)
    expect(first.status).toBe('429')
    for (const socket of both) if (socket !== first.socket) socket.write('x'.repeat(19_998))
    const statuses = (await Promise.all(answers)).map(({ status }) => status)
    expect(statuses.sort()).toEqual(['200', '429'])
  })

  it('is the bus’s side where all of it is taken', async () => {
    const { port, budget } = await listening()
    for (const consumer of ['AZ/GOV/A/A', 'AZ/GOV/A/B']) {
      await announce(port, consumer, 100_000, 'x'.repeat(90_000))
    }
    await until(() => budget.bytes >= 180_000)
    expect(await statusOf(port, 'AZ/GOV/A/C', 50_000)).toBe('503bus')
  })

  it('comes back when the sender breaks off, or is too slow', async () => {
    const tools = toolsStub(undefined, limits)
    const clocks = { requestHeadTimeoutMs: 200, requestTimeoutMs: 300 }
    const { port } = await rest.listen(busStub(echo), clocks, tools)
    const gone = await announce(port, 'AZ/GOV/A/A', 100_000, 'x'.repeat(50_000))
    await until(() => tools.requestBudget.bytes >= 50_000)
    gone.destroy()
    await until(() => tools.requestBudget.bytes === 0)
    const slow = await announce(port, 'AZ/GOV/A/A', 100_000, 'x'.repeat(50_000))
    const [refusal] = (await once(slow, 'data')) as [Buffer]
    expect(refusal.toString()).toMatch(/^HTTP\/1\.1 400 [^]*in time/)
    expect(tools.requestBudget.bytes).toBe(0)
  })

  it('is not taken by a connection that is kept after its reply', async () => {
    const payloads: WeakRef<Uint8Array>[] = []
    const bus = busStub((received, payload) => {
      payloads.push(new WeakRef(payload))
      return echo(received, payload)
    })
    const { port } = await rest.listen(bus)
    const socket = connect(port, '127.0.0.1')
    sockets.push(socket)
    let bytes = 0
    socket.on('data', (chunk: Buffer) => (bytes += chunk.length))
    socket.write(`${postOf('AZ/GOV/A/A', 300_000)}\r\n${'x'.repeat(300_000)}`)
    await until(() => bytes > 300_000)
    // What the stub itself remembers is not meant.
    bus.received.splice(0)
    await until(() => {
      collectGarbage()
      return payloads[0]?.deref() === undefined
    })
    expect(socket.destroyed).toBe(false)
  })
})
