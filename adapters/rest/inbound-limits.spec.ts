import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { request } from 'undici'
import { RestAdapters } from '../../test/support/rest-adapter.js'
import type { SubsystemId } from '../../src/exchange/identifier.js'
import {
  busStub,
  echo,
  envelopeHeaders,
  envelopeLines,
  nobody,
  sendBytes,
  serviceTarget,
  toolsStub,
  until,
  verifiedOf,
} from '../../test/support/rest-lane.js'

import { Fault } from '../../src/exchange/fault.js'
import { pipelinedMax } from '../../src/limits/http.js'

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
      const reading = received.content.readPayload(1_000, 'AZ/GOV/VN/EVHF' as SubsystemId)
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

describe('requests one after another on one connection', () => {
  it('no more than allowed wait for their replies; what comes above is not carried out', async () => {
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    const bus = busStub(async (received, payload) => {
      await held
      return echo(received, payload)
    })
    const { port } = await rest.listen(bus)
    const answered = sendBytes(port, `${get}\r\n`.repeat(pipelinedMax + 5))
    await until(() => bus.received.length === pipelinedMax)
    release()
    const { text, reset } = await answered
    expect(text.match(/HTTP\/1\.1 200 /g)).toHaveLength(pipelinedMax)
    expect(text.match(/Connection: close/g)).toHaveLength(1)
    expect(bus.received).toHaveLength(pipelinedMax)
    expect(reset).toBe(false)
  })

  it('what comes after a malformed one is not carried out: nobody would hear of it', async () => {
    const bus = busStub(echo)
    const { port } = await rest.listen(bus)
    const malformed = get.replace('Host: bus.test', 'Host: a/b')
    const { text } = await sendBytes(port, `${get}\r\n${malformed}\r\n${get}\r\n`)
    expect(text.match(/HTTP\/1\.1 (200|400) /g)).toEqual(['HTTP/1.1 200 ', 'HTTP/1.1 400 '])
    expect(bus.received.map(({ content }) => content.format)).toEqual(['http', 'malformed'])
  })

  it.each([
    ['of a stranger by a full bus closes the connection', 'bus', false, 1],
    ['of a consumer by a full bus keeps it', 'bus', true, 2],
    ['of a consumer that has too much keeps it', 'consumer', false, 2],
  ] as const)('a refusal %s', async (_, side, isVerified, replies) => {
    const { port } = await rest.listen(({ exchangeId, content }) => {
      if (content.format !== 'http') throw new Error('not HTTP')
      const verified = isVerified ? verifiedOf(content, new Uint8Array()) : undefined
      const fault = new Fault('THROTTLED', { side })
      return Promise.resolve({ outcome: 'refused', exchangeId, fault, ...nobody, verified })
    })
    let isSecond = false
    const { text } = await sendBytes(port, `${get}\r\n`, {
      onData: (_data, socket) => {
        if (!isSecond) socket.write(`${get}Connection: close\r\n\r\n`)
        isSecond = true
      },
    })
    expect(text.match(/X-Road-Error: THROTTLED/g)).toHaveLength(replies)
    expect(text.match(/Connection: close/g)).toHaveLength(1)
  })
})

describe('Host, where the bus knows its own authorities', () => {
  const listen = async () => {
    const bus = busStub(echo)
    const settings = { authorities: ['Sluice.gov.AZ', 'bus.test:80', 'bus.test:8443'] }
    const { port } = await rest.listen(bus, {}, toolsStub(), settings)
    return { port, bus }
  }

  it.each(['sluice.gov.az', 'SLUICE.GOV.AZ:80', 'bus.test', 'bus.test:8443'])(
    '%s is one of them',
    async (host) => {
      const { port } = await listen()
      const lines = get.replace('bus.test', host)
      expect((await sendBytes(port, `${lines}Connection: close\r\n\r\n`)).text).toMatch(/ 200 /)
    },
  )

  it.each(['sluice.gov.az:8443', 'evil.test', 'sluice.gov.az.evil.test', '127.0.0.1'])(
    '%s is none: REQUEST_INVALID that names Host, before anybody looks at the signature',
    async (host) => {
      const { port, bus } = await listen()
      const { text } = await sendBytes(port, `${get.replace('bus.test', host)}\r\n`)
      expect(text).toMatch(/^HTTP\/1\.1 400 [^]*"code":"REQUEST_INVALID"[^]*"field":"Host"/)
      expect(text).not.toContain(host)
      expect(bus.received.map(({ content }) => content.format)).toEqual(['malformed'])
    },
  )
})
