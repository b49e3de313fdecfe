import { createHash, randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { afterEach, describe, expect, it } from '@jest/globals'
import { held } from '../../test/support/held.js'
import { RestAdapters } from '../../test/support/rest-adapter.js'
import { serviceTarget, valuesOf } from '../../test/support/rest-lane.js'

const rest = new RestAdapters()

afterEach(() => rest.closeAll())

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

describe('what the provider receives (protocols §5)', () => {
  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'QUERY'])(
    '%s, with a body and without',
    async (method) => {
      const seen: string[] = []
      const { address } = await rest.httpProvider((incoming, response) => {
        void bodyOf(incoming).then((body) => {
          seen.push(`${incoming.method ?? ''} ${body.length}`)
          response.end('ok')
        })
      })
      const adapter = rest.adapter()
      await rest.deliver({ address, method }, adapter)
      await rest.deliver({ address, method, payload: Buffer.from('abc') }, adapter)
      expect(seen).toEqual([`${method} 0`, `${method} 3`])
    },
  )

  it.each([0, 1, 65_536, 1_000_003, 50 * 1024 * 1024])(
    '%d bytes there and back, byte for byte (R-123)',
    async (bytes) => {
      const { address } = await rest.httpProvider((incoming, response) => {
        incoming.pipe(response)
      })
      const payload = randomBytes(bytes)
      const { content } = await rest.deliver({ address, payload })
      const sum = (data: Uint8Array) => createHash('sha256').update(data).digest('hex')
      expect(sum(held(content.payload))).toBe(sum(payload))
    },
  )

  it("the consumer's end-to-end fields and signature, the bus's beside it, nothing of the connection", async () => {
    let incoming: IncomingMessage | undefined
    const { address } = await rest.httpProvider((request, response) => {
      incoming = request
      response.end()
    })
    const { delivered } = await rest.deliver({
      address,
      target: `${serviceTarget}/b%C9%99l?x=1&&y`,
      headers: [
        ...['Content-Type', 'text/xml; charset=utf-8', 'Accept-Encoding', 'gzip', 'X-Own', 'ə'],
        ...['Connection', 'close, X-Hop', 'X-Hop', '1', 'Upgrade', 'h2c', 'TE', 'trailers'],
        ...['Transfer-Encoding', 'chunked', 'Expect', '100-continue', 'Proxy-Authorization', 'p'],
        ...['X-Road-Service', 'forged', 'Sluice-Exchange-Id', 'forged', 'Sluice-Mode', 'body'],
      ].map((text) => Buffer.from(text, 'utf8').toString('latin1')),
      payload: Buffer.from('<a/>'),
    })
    const raw = incoming!.rawHeaders
    expect(incoming!.url).toBe('/b%C9%99l?x=1&&y')
    expect(incoming!.headers).toMatchObject({
      host: address.slice('http://'.length),
      via: '1.1 sluice',
      'content-type': 'text/xml; charset=utf-8',
      'content-length': '4',
      'accept-encoding': 'gzip',
      'x-own': Buffer.from('ə').toString('latin1'),
      'x-road-client': 'AZ/GOV/VN/EVHF',
      'x-road-id': 'm-1',
      'x-road-service': 'AZ/GOV/DIN/GCQ/finAxtaris/v1',
      'sluice-exchange-id': '0190a2b0-0000-7000-8000-000000000001',
      'sluice-original-target': `https://bus.gov.az${serviceTarget}/b%C9%99l?x=1&&y`,
      'signature-input':
        'c=("@method"), sluice=(x-road-client x-road-id content-type sluice-mode x-road-service sluice-exchange-id sluice-original-target)',
      signature: `c=:AA==:, sluice=:${address}/b%C9%99l?x=1&&y:`,
    })
    expect(valuesOf(raw, 'signature')).toHaveLength(1)
    const names = raw.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase())
    for (const absent of ['x-hop', 'upgrade', 'te', 'transfer-encoding', 'expect']) {
      expect(names).not.toContain(absent)
    }
    expect(delivered).toMatchObject({
      method: 'POST',
      scheme: 'http',
      authority: address.slice('http://'.length),
      target: '/b%C9%99l?x=1&&y',
    })
  })

  it.each([
    ['', '', '/'],
    ['/', '', '/'],
    ['/base', '', '/base'],
    ['/base/', '/x', '/base/x'],
    ['/base//', '/x/', '/base/x/'],
    ['', '?', '/?'],
    ['/base', '/a%2Fb//c?q=%C9%99', '/base/a%2Fb//c?q=%C9%99'],
    ['/base', '/v2', '/base/v2'],
  ])('base %p and remainder %p make %p', async (base, remainder, expected) => {
    let url: string | undefined
    const { address } = await rest.httpProvider((incoming, response) => {
      url = incoming.url
      response.end()
    })
    await rest.deliver({
      address: address + base,
      target: serviceTarget + remainder,
      method: 'GET',
    })
    expect(url).toBe(expected)
  })
})

describe('what comes back', () => {
  it('status, fields and bytes as they are; no redirect is followed', async () => {
    let requests = 0
    const { address } = await rest.httpProvider((_, response) => {
      requests += 1
      response.writeHead(307, ['Location', '/elsewhere', 'X-Own', '1', 'x-own', '2'])
      response.end('moved')
    })
    const { content } = await rest.deliver({ address })
    const reply = content
    if (reply.format === 'mq') throw new TypeError('an answer of a queue')
    expect(reply.status).toBe(307)
    expect(reply.rawHeaders.slice(0, 6)).toEqual([
      'Location',
      '/elsewhere',
      'X-Own',
      '1',
      'x-own',
      '2',
    ])
    expect(Buffer.from(held(reply.payload)).toString()).toBe('moved')
    expect(Buffer.from(reply.head()).toString()).toMatch(
      /^HTTP\/1\.1 307 Temporary Redirect\r\nLocation: /,
    )
    expect(requests).toBe(1)
  })

  it('interim responses are passed over (RFC 9110 §15.2)', async () => {
    const { address } = await rest.rawProvider(
      'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    )
    const { content } = await rest.deliver({ address })
    expect(content).toMatchObject({ status: 200, rawHeaders: ['Content-Length', '2'] })
  })

  it('an answer without length ends with the connection', async () => {
    const { address } = await rest.rawProvider('HTTP/1.0 200 OK\r\n\r\nto the end', (s) => s.end())
    const { content } = await rest.deliver({ address })
    expect(Buffer.from(held(content.payload)).toString()).toBe('to the end')
  })

  it.each([
    ['HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n'],
    ['GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 999999\r\n\r\n'],
  ])('%s: a length without content is no content', async (method, bytes) => {
    const { address } = await rest.rawProvider(bytes)
    const { content } = await rest.deliver({ address, method, replyBytesMax: 10 })
    expect(content.payload).toHaveLength(0)
  })
})
