import { once } from 'node:events'
import { createServer as createRawServer, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { RestAdapters } from '../../test/support/rest-adapter.js'
import { portOf } from '../../test/support/rest-lane.js'

const rest = new RestAdapters()

afterEach(() => rest.closeAll())

describe("a provider's trouble has its code (requirements 3.5)", () => {
  it.each([
    ['PROVIDER_FAULT', 'a reset', '', (socket: Socket) => socket.resetAndDestroy()],
    ['PROVIDER_FAULT', 'a close without answer', '', (socket: Socket) => socket.end()],
    ['PROVIDER_FAULT', 'garbage', 'garbage\r\n\r\n', undefined],
    [
      'PROVIDER_FAULT',
      'a reset mid-way',
      'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc',
      (s: Socket) => s.destroy(),
    ],
    [
      'PROVIDER_FAULT',
      'a bad chunk',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n',
      undefined,
    ],
    [
      'PROVIDER_FAULT',
      'length and chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      undefined,
    ],
    [
      'PROVIDER_FAULT',
      'a status out of range',
      'HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n',
      undefined,
    ],
    [
      'PROVIDER_FAULT',
      'another protocol',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
      undefined,
    ],
    [
      'RESPONSE_INVALID',
      'a head that is too long',
      `HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`,
      undefined,
    ],
    [
      'RESPONSE_INVALID',
      'an announced answer that is too long',
      'HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n',
      undefined,
    ],
    [
      'RESPONSE_INVALID',
      'a chunked answer that is too long',
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n${'a'.repeat(101)}\r\n`,
      undefined,
    ],
  ])('%s: %s', async (code, _, bytes, after) => {
    const { address, sockets } = await rest.rawProvider(bytes, after)
    await expect(rest.deliver({ address, replyBytesMax: 100 })).rejects.toMatchObject({
      code,
      side: 'provider',
    })
    // The connection is of no use any more.
    const [socket] = sockets
    if (!socket!.destroyed) await once(socket!, 'close')
    expect(socket!.destroyed).toBe(true)
  })

  it('PROVIDER_UNAVAILABLE: nobody listens', async () => {
    const server = createRawServer()
    const port = await portOf(server)
    await new Promise((resolve) => server.close(resolve))
    await expect(rest.deliver({ address: `http://127.0.0.1:${port}` })).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
      side: 'provider',
    })
  })

  it('PROVIDER_UNAVAILABLE: the name does not resolve', async () => {
    await expect(rest.deliver({ address: 'http://no-such-host.invalid' })).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
    })
  })

  it('PROVIDER_TIMEOUT: it hangs; the connection is destroyed', async () => {
    const { address, sockets } = await rest.rawProvider('')
    const deadline = new AbortController()
    const sent = rest.deliver({ address }, rest.adapter(), deadline.signal)
    setTimeout(() => deadline.abort(), 100)
    await expect(sent).rejects.toMatchObject({ code: 'PROVIDER_TIMEOUT' })
    const [socket] = sockets
    if (!socket!.destroyed) await once(socket!, 'close')
    expect(socket!.destroyed).toBe(true)
  })

  it('the next request of a provider that misbehaved gets a fresh connection', async () => {
    let requests = 0
    const { address } = await rest.provider(
      createRawServer((socket) => {
        socket.on('data', () => {
          requests += 1
          if (requests === 1) socket.resetAndDestroy()
          else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
        })
      }),
    )
    const adapter = rest.adapter()
    await expect(rest.deliver({ address }, adapter)).rejects.toMatchObject({
      code: 'PROVIDER_FAULT',
    })
    expect((await rest.deliver({ address }, adapter)).content).toMatchObject({ status: 200 })
    expect(requests).toBe(2)
  })
})

describe('connections', () => {
  it('are kept and used again', async () => {
    const { address, sockets } = await rest.httpProvider((_, response) => response.end('ok'))
    const adapter = rest.adapter()
    for (let i = 0; i < 20; i += 1) await rest.deliver({ address }, adapter)
    // undici frees a connection one turn of the event loop after its answer; a second one may open.
    expect(sockets.size).toBeLessThanOrEqual(2)
  })

  it('that the provider has closed while idle fail no fresh request', async () => {
    let requests = 0
    const { address, sockets } = await rest.httpProvider((_, response) => {
      requests += 1
      response.end('ok')
    })
    const adapter = rest.adapter()
    for (let i = 1; i <= 20; i += 1) {
      expect((await rest.deliver({ address }, adapter)).content).toMatchObject({ status: 200 })
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => setTimeout(resolve, i % 3))
    }
    expect(requests).toBe(20)
  })

  it('are at most so many a provider; who waits too long for one is given up unsent', async () => {
    const held: (() => void)[] = []
    const { address, sockets } = await rest.httpProvider((_, response) => {
      held.push(() => response.end('ok'))
    })
    const adapter = rest.adapter({ connectionsPerProviderMax: 2 })
    const busy = [rest.deliver({ address }, adapter), rest.deliver({ address }, adapter)]
    const deadline = new AbortController()
    const waiting = [
      rest.deliver({ address }, adapter, deadline.signal),
      rest.deliver({ address }, adapter, deadline.signal),
    ]
    await expect(rest.deliver({ address }, adapter)).rejects.toMatchObject({
      code: 'THROTTLED',
      side: 'provider',
    })
    while (held.length < 2) await new Promise((resolve) => setTimeout(resolve, 5))
    deadline.abort()
    for (const one of waiting) await expect(one).rejects.toMatchObject({ code: 'PROVIDER_TIMEOUT' })
    for (const finish of held) finish()
    await Promise.all(busy)
    const next = rest.deliver({ address }, adapter)
    while (held.length < 3) await new Promise((resolve) => setTimeout(resolve, 5))
    held[2]!()
    expect((await next).content).toMatchObject({ status: 200 })
    expect(held).toHaveLength(3)
    expect(sockets.size).toBeLessThanOrEqual(2)
  })
})

describe('addresses that the bus does not connect to (architecture §8)', () => {
  it.each([
    'http://127.0.0.1:9',
    'http://[::1]:9',
    'http://[::ffff:127.0.0.1]:9',
    'http://localhost:9',
    'http://0.0.0.0:9',
    'http://10.1.2.3',
    'http://169.254.169.254',
    'http://2130706433:9',
    'http://0x7f.1:9',
  ])('%s', async (address) => {
    await expect(
      rest.deliver({ address }, rest.adapter({}, { privateAddresses: [] })),
    ).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
      side: 'bus',
    })
  })

  it('a name is judged by what it resolves to, for each connection', async () => {
    const { address } = await rest.httpProvider((_, response) => response.end('ok'))
    const named = address.replace('127.0.0.1', 'localhost')
    const allowed = rest.adapter()
    expect((await rest.deliver({ address: named }, allowed)).content).toMatchObject({ status: 200 })
  })

  it.each([
    'ftp://a.test',
    'file:///etc/passwd',
    'no address',
    'http://u:p@a.test',
    'http://a.test/?x',
  ])('an address that the registry should not hold: %s', async (address) => {
    await expect(rest.deliver({ address })).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
      side: 'bus',
    })
  })
})
