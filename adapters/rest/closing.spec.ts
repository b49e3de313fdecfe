import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { request } from 'undici'
import { RestAdapters } from '../../test/support/rest-adapter.js'
import {
  busStub,
  echo,
  envelopeLines,
  replyOf,
  sendBytes,
  serviceTarget,
  toolsStub,
  until,
} from '../../test/support/rest-lane.js'

const rest = new RestAdapters()

afterEach(() => rest.closeAll())

const post = `POST ${serviceTarget} HTTP/1.1\r\n${envelopeLines}`
const get = `GET ${serviceTarget} HTTP/1.1\r\n${envelopeLines}`

describe('stopping (R-156)', () => {
  it('answers what is in progress with Connection: close, and closes idle connections after a moment', async () => {
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    let started = (): void => undefined
    const entered = new Promise<void>((resolve) => (started = resolve))
    const { port, listening } = await rest.listen(
      busStub(async (received, payload) => {
        if (payload.length > 0) {
          started()
          await held
        }
        return echo(received, payload)
      }),
    )
    const idle = sendBytes(port, `${get}\r\n`)
    const busy = sendBytes(port, `${post}Content-Length: 3\r\n\r\nabc`)
    await entered
    const closed = listening.close()
    expect((await idle).text).toMatch(/^HTTP\/1\.1 200 /)
    release()
    const { text } = await busy
    await closed
    expect(text).toContain('\r\nConnection: close\r\n')
    expect(text.endsWith('abc')).toBe(true)
    await expect(request(`http://127.0.0.1:${port}/`)).rejects.toThrow()
  })
})

describe('stopping while a request is on its way over an idle connection (R-156)', () => {
  it('answers it and closes the connection then', async () => {
    const { port, listening } = await rest.listen(busStub(echo))
    let closed: Promise<void> | undefined
    const { text } = await sendBytes(port, `${get}\r\n`, {
      onData: (_, socket) => {
        if (closed) return
        // Nothing is in progress: the listener closes, and the consumer has not heard of it yet.
        closed = listening.close()
        socket.write(`${post}Content-Length: 3\r\n\r\nabc`)
      },
    })
    await closed
    expect(text.match(/HTTP\/1\.1 200 /g)).toHaveLength(2)
    expect(text).toContain('\r\nConnection: close\r\n')
    expect(text.endsWith('abc')).toBe(true)
  })
})

/** An idle connection; that the listener ends it shows that its moment of grace is over. */
async function idleConnection(port: number): Promise<Socket> {
  const idle = connect(port, '127.0.0.1')
  idle.write(`${get}\r\n`)
  await once(idle, 'data')
  return idle
}

async function textOf(socket: Socket): Promise<string> {
  let text = ''
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')))
  await once(socket, 'close')
  return text
}

describe('stopping while replies are read slowly (R-156)', () => {
  const payload = randomBytes(32 * 1_048_576)

  it('the reader gets every byte of a large one that was under way', async () => {
    const { port, listening } = await rest.listen(
      busStub((received, asked) =>
        asked.length > 0 ? Promise.resolve(replyOf(200, [], payload)) : echo(received, asked),
      ),
    )
    const idle = await idleConnection(port)
    const slow = connect(port, '127.0.0.1')
    slow.write(`${post}Content-Length: 3\r\n\r\nabc`)
    const [head] = (await once(slow, 'data')) as [Buffer]
    slow.pause()
    const closed = listening.close()
    await once(idle.resume(), 'close')
    const chunks = [head]
    slow.on('data', (chunk: Buffer) => chunks.push(chunk)).resume()
    await once(slow, 'close')
    await closed
    const got = Buffer.concat(chunks)
    const body = got.subarray(got.indexOf('\r\n\r\n') + 4)
    const sums = [body, payload].map((bytes) => createHash('sha256').update(bytes).digest('hex'))
    expect(body.length).toBe(payload.length)
    expect(sums[0]).toBe(sums[1])
  })

  it('who does not read at all is waited for no longer than the limit', async () => {
    const tools = toolsStub()
    const { port, listening } = await rest.listen(
      busStub(() => Promise.resolve(replyOf(200, [], payload))),
      { replyIdleTimeoutMs: 1_500 },
      tools,
    )
    const slow = connect(port, '127.0.0.1').on('error', () => undefined)
    slow.write(`${get}\r\n`)
    await once(slow, 'data')
    slow.pause()
    await listening.close()
    expect(tools.warnings).toEqual(['reply was not read in time'])
    slow.destroy()
  })
})

describe('stopping while requests come in (R-156)', () => {
  it('all that were asked on one connection are answered, in their order', async () => {
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    const bus = busStub(async (received, payload) => {
      await held
      return echo(received, payload)
    })
    const { port, listening } = await rest.listen(bus)
    const socket = connect(port, '127.0.0.1')
    const answered = textOf(socket)
    socket.write(['one', 'two'].map((text) => `${post}Content-Length: 3\r\n\r\n${text}`).join(''))
    await until(() => bus.received.length === 2)
    const closed = listening.close()
    release()
    const text = await answered
    await closed
    expect(text.indexOf('\r\n\r\none')).toBeGreaterThan(0)
    expect(text.indexOf('\r\n\r\ntwo')).toBeGreaterThan(text.indexOf('\r\n\r\none'))
    expect(text.match(/Connection: close/g)).toHaveLength(1)
  })

  it('a head of which half had come is waited for', async () => {
    const { port, listening } = await rest.listen(busStub(echo))
    const idle = await idleConnection(port)
    const slow = connect(port, '127.0.0.1')
    const answered = textOf(slow)
    slow.write(get.slice(0, 60))
    // Whoever asks on another connection afterwards is read afterwards.
    idle.write(`${get}\r\n`)
    await once(idle, 'data')
    const closed = listening.close()
    await once(idle.resume(), 'close')
    slow.write(`${get.slice(60)}\r\n`)
    expect(await answered).toMatch(/^HTTP\/1\.1 200 [^]*Connection: close/)
    await closed
  })
})
