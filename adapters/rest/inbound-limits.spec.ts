import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { request } from 'undici'
import { RestAdapters } from '../../test/support/rest-adapter.js'
import {
  busStub,
  echo,
  envelopeHeaders,
  envelopeLines,
  sendBytes,
  serviceTarget,
} from '../../test/support/rest-lane.js'

const rest = new RestAdapters()

afterEach(() => rest.closeAll())

const post = `POST ${serviceTarget} HTTP/1.1\r\n${envelopeLines}`
const get = `GET ${serviceTarget} HTTP/1.1\r\n${envelopeLines}`

describe('limits', () => {
  it('PAYLOAD_TOO_LARGE by Content-Length before a byte is read, and the sender sees it', async () => {
    const { port } = await rest.listen(busStub(echo, { requestBytesMax: 1_000 }))
    const { text, reset } = await sendBytes(
      port,
      `${post}Content-Length: 4000000\r\n\r\n${'x'.repeat(4_000_000)}`,
    )
    expect(text).toMatch(/^HTTP\/1\.1 413 /)
    expect(text).toContain('\r\nConnection: close\r\n')
    expect(reset).toBe(false)
  })

  it('PAYLOAD_TOO_LARGE in chunks as soon as the limit is passed', async () => {
    const { port } = await rest.listen(busStub(echo, { requestBytesMax: 10 }))
    const { text } = await sendBytes(
      port,
      `${post}Transfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n6\r\nabcdef\r\n`,
      { onData: (_, socket) => socket.end() },
    )
    expect(text).toMatch(/^HTTP\/1\.1 413 /)
  })

  it('the hard cap holds whatever the service allows', async () => {
    const { port } = await rest.listen(busStub(echo), { payloadBytesMax: 2 })
    const { text } = await sendBytes(port, `${post}Content-Length: 3\r\n\r\nabc`)
    expect(text).toMatch(/^HTTP\/1\.1 413 /)
  })

  it('THROTTLED when this worker holds too many bytes; they are given back afterwards', async () => {
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    let first = true
    const { url } = await rest.listen(
      busStub(async (received, payload) => {
        if (first) {
          first = false
          await held
        }
        return echo(received, payload)
      }),
      { payloadBytesInFlightMax: 150 },
    )
    const send = () =>
      request(url + serviceTarget, {
        method: 'POST',
        headers: envelopeHeaders,
        body: Buffer.alloc(100),
      })
    const slow = send()
    await new Promise((resolve) => setTimeout(resolve, 100))
    const refused = await send()
    expect(refused.statusCode).toBe(503)
    expect(await refused.body.json()).toMatchObject({ code: 'THROTTLED', side: 'bus' })
    release()
    expect((await slow).statusCode).toBe(200)
    await (await slow).body.dump()
    const again = await send()
    expect(again.statusCode).toBe(200)
    await again.body.dump()
  })

  it('a head that trickles in is refused in time (slow loris)', async () => {
    const handle = busStub(echo)
    const { port } = await rest.listen(handle, { requestHeadTimeoutMs: 200, requestTimeoutMs: 400 })
    const { text } = await sendBytes(port, 'GET /r1/AZ HTTP/1.1\r\nHost: a\r\n')
    expect(text).toMatch(/^HTTP\/1\.1 400 /)
    expect(text).toContain('PAYLOAD_UNSAFE')
    expect(handle.received).toHaveLength(1)
  })

  it('a body that trickles in is refused in time', async () => {
    const handle = busStub(echo)
    const { port } = await rest.listen(handle, { requestHeadTimeoutMs: 200, requestTimeoutMs: 300 })
    const { text } = await sendBytes(port, `${post}Content-Length: 3\r\n\r\na`, {
      onData: (_, socket) => socket.end(),
    })
    expect(text).toMatch(/^HTTP\/1\.1 400 /)
    expect(text).toContain('in time')
    expect(handle.received).toHaveLength(1)
  })

  it('PAYLOAD_UNSAFE when the connection breaks off before the end of the payload', async () => {
    const seen: Promise<unknown>[] = []
    const { port } = await rest.listen((received) => {
      if (received.content.format !== 'http') throw new Error('not HTTP')
      const reading = received.content.readPayload(1_000)
      seen.push(reading.catch((error: unknown) => error))
      return reading.then(() => Promise.reject(new Error('read')))
    })
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(`${post}Content-Length: 9\r\n\r\nabc`, () =>
          setTimeout(() => socket.destroy(), 50),
        )
      })
      socket.on('close', () => resolve())
    })
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(await seen[0]).toMatchObject({ code: 'PAYLOAD_UNSAFE', field: 'payload' })
  })

  it('no more connections than allowed', async () => {
    const { port } = await rest.listen(busStub(echo), { connectionsMax: 1 })
    const first = connect(port, '127.0.0.1')
    await new Promise((resolve) => first.once('connect', resolve))
    const { text } = await sendBytes(port, `${get}\r\n`)
    expect(text).toBe('')
    first.destroy()
  })
})

describe('Expect: 100-continue (RFC 9110 §10.1.1)', () => {
  it('is answered only when the payload is wanted', async () => {
    const { port } = await rest.listen(busStub(echo, { requestBytesMax: 5 }))
    const head = (bytes: number): string =>
      `${post}Expect: 100-continue\r\nContent-Length: ${bytes}\r\nConnection: close\r\n\r\n`
    const wanted = await sendBytes(port, head(3), {
      onData: (text, socket) => {
        if (text === 'HTTP/1.1 100 Continue\r\n\r\n') socket.write('abc')
      },
    })
    expect(wanted.text).toContain('HTTP/1.1 200 OK')
    expect(wanted.text.endsWith('abc')).toBe(true)
    const unwanted = await sendBytes(port, head(6), { onData: (_, socket) => socket.end() })
    expect(unwanted.text).toMatch(/^HTTP\/1\.1 413 /)
  })
})

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

describe('a client that uploads while it is refused', () => {
  it('gets the refusal and no reset, with the rest of its body thrown away', async () => {
    const { url } = await rest.listen(busStub(echo, { requestBytesMax: 1 }))
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const outgoing = httpRequest(url + serviceTarget, {
        method: 'POST',
        headers: { ...envelopeHeaders, 'content-length': 8_000_000 },
      })
      outgoing.on('response', (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      outgoing.on('error', reject)
      outgoing.end(Buffer.alloc(8_000_000))
    })
    expect(status).toBe(413)
  })
})
