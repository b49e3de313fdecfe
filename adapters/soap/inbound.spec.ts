import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { HandleExchange, Listening } from '../../src/exchange/adapter.js'
import { Fault } from '../../src/exchange/fault.js'
import { soapStartBytesMax } from '../../src/limits/soap.js'
import { nobody, sendBytes, until, type ToolsStub } from '../../test/support/rest-lane.js'
import {
  bodyContentOf,
  headerBlocks,
  soapBusStub,
  soapEcho,
  soapTools,
} from '../../test/support/soap-lane.js'
import { verifiedSoap } from '../../test/support/soap-samples.js'
import { multipartOf } from '../../test/support/whole-bus-soap.js'
import { createAdapter } from './adapter.js'

const open: Listening[] = []
const sockets: Socket[] = []

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await Promise.all(open.splice(0).map((listening) => listening.close()))
})

async function listen(
  handle: HandleExchange,
  tools: ToolsStub = soapTools(),
  limits: Readonly<Record<string, number>> = {},
): Promise<number> {
  const listening = await createAdapter({ port: 0, limits }, tools).listen!(handle)
  open.push(listening)
  return Number(new URL(listening.address).port)
}

const body = '<g:finAxtaris xmlns:g="urn:gcq">x</g:finAxtaris>'
const { envelope } = verifiedSoap({ blocks: headerBlocks(), body })

interface Wish {
  readonly method?: string
  readonly type?: string
  readonly lines?: string
  readonly payload?: Uint8Array
}

function request({ method = 'POST', type, lines = '', payload = envelope }: Wish = {}): Buffer {
  const head =
    `${method} /xidmet HTTP/1.1\r\nHost: bus.test\r\n` +
    `Content-Type: ${type ?? 'text/xml; charset=utf-8'}\r\n${lines}`
  return Buffer.concat([
    Buffer.from(`${head}Connection: close\r\nContent-Length: ${payload.length}\r\n\r\n`),
    payload,
  ])
}

async function ask(port: number, wish: Wish = {}): Promise<string> {
  const { text } = await sendBytes(port, request(wish))
  return Buffer.from(text, 'latin1').toString('utf8')
}

function bodyOf(reply: string): string {
  return reply.slice(reply.indexOf('\r\n\r\n') + 4)
}

const soap12Type = 'application/soap+xml; charset=utf-8; action="urn:x"'

describe('a request over HTTP', () => {
  it.each([
    ['SOAP 1.1 without SOAPAction', {}],
    ['an empty SOAPAction', { lines: 'SOAPAction:\r\n' }],
    ['an empty URI', { lines: 'SOAPAction: ""\r\n' }],
    ['a URI', { lines: 'SOAPAction: "urn:gcq/finAxtaris"\r\n' }],
    ['US-ASCII, which is UTF-8 too', { type: 'text/xml; charset=US-ASCII' }],
    ['SOAP 1.2', { type: soap12Type }],
    [
      'SOAP 1.2 with the field that says the same',
      { type: soap12Type, lines: 'SOAPAction: "urn:x"\r\n' },
    ],
  ])('%s is handed on', async (_what, wish) => {
    const bus = soapBusStub(soapEcho)
    const reply = await ask(await listen(bus), wish)
    expect(reply).toMatch(/^HTTP\/1\.1 200 /)
    expect(bodyContentOf(Buffer.from(bodyOf(reply))).toString()).toBe(body)
    expect(bus.received.map(({ content }) => content.format)).toEqual(['soap'])
  })

  it.each<[string, Wish, string, string]>([
    ['no media type of SOAP', { type: 'application/json' }, '400', 'Content-Type'],
    ['another charset', { type: 'text/xml; charset=windows-1254' }, '400', 'charset'],
    [
      'a SOAPAction without quotation marks',
      { lines: 'SOAPAction: urn:x\r\n' },
      '500',
      'SOAPAction',
    ],
    ['two of them', { lines: 'SOAPAction: ""\r\nSOAPAction: "b"\r\n' }, '500', 'SOAPAction'],
    [
      'one that SOAP 1.2 contradicts',
      { type: soap12Type, lines: 'SOAPAction: "b"\r\n' },
      '500',
      'SOAPAction',
    ],
    ['two media types', { lines: 'Content-Type: text/xml\r\n' }, '500', 'Content-Type'],
    ['a compressed body', { lines: 'Content-Encoding: gzip\r\n' }, '500', 'Content-Encoding'],
    [
      'a multipart that is none',
      { type: 'multipart/related; type="text/xml"; boundary=b' },
      '500',
      'multipart',
    ],
    ['PUT', { method: 'PUT' }, '405', 'method'],
  ])('%s: refused by name, as a signed Fault', async (_what, wish, status, field) => {
    const bus = soapBusStub(soapEcho)
    const reply = await ask(await listen(bus), wish)
    expect(reply).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(reply).toContain(`<f:field>${field}</f:field>`)
    expect(reply).toContain('<ds:SignatureValue>')
    expect(bus.received.map(({ content }) => content.format)).toEqual(['malformed'])
  })

  it('in chunks of any size comes whole', async () => {
    const port = await listen(soapBusStub(soapEcho))
    const chunks = [...envelope].map((byte) => `1\r\n${String.fromCharCode(byte)}\r\n`)
    const head =
      'POST / HTTP/1.1\r\nHost: b\r\nConnection: close\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n'
    const bytes = Buffer.from(`${head}${chunks.join('')}0\r\n\r\n`, 'latin1')
    const { text } = await sendBytes(port, bytes)
    expect(bodyContentOf(Buffer.from(bodyOf(text), 'latin1')).toString()).toBe(body)
  })

  it('that waits for leave to send its body gets it', async () => {
    const port = await listen(soapBusStub(soapEcho))
    const socket = connect(port, '127.0.0.1')
    sockets.push(socket)
    let text = ''
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')))
    const whole = request({ lines: 'Expect: 100-continue\r\n' })
    socket.write(whole.subarray(0, whole.indexOf('\r\n\r\n') + 4))
    await until(() => text.includes('100 Continue'))
    socket.write(envelope)
    await once(socket, 'close')
    expect(text).toContain('HTTP/1.1 200 ')
  })

  it('many on one connection are answered one after the other', async () => {
    const port = await listen(soapBusStub(soapEcho))
    const one = request().toString('latin1')
    const kept = one.replace('Connection: close\r\n', '')
    const { text } = await sendBytes(port, Buffer.from(kept + kept + one, 'latin1'))
    expect(text.match(/HTTP\/1\.1 200 /g)).toHaveLength(3)
  })

  it('with attachments is handed on with its SOAP part', async () => {
    const attachment = {
      contentId: 'a@b',
      rawHeaders: ['Content-Type', 'image/png'],
      content: Buffer.alloc(200_000, 7),
    }
    const bus = soapBusStub(soapEcho)
    const payload = multipartOf('text/xml', envelope, [attachment])
    const type = 'multipart/related; type="text/xml"; boundary="sluice-test-boundary"'
    const reply = await ask(await listen(bus), { type, payload })
    expect(reply).toMatch(/^HTTP\/1\.1 200 /)
    const content = bus.received[0]?.content
    if (content?.format !== 'soap') throw new Error('another protocol')
    expect(Buffer.from(content.start).equals(envelope)).toBe(true)
    expect(content.startIsWhole).toBe(true)
  })
})

describe('before anybody knows whose a message is', () => {
  it('no more than its beginning is read', async () => {
    const seen: number[] = []
    const handle: HandleExchange = ({ exchangeId, content }) => {
      if (content.format === 'soap') seen.push(content.start.length)
      const fault = new Fault('SIGNATURE_MISSING')
      return Promise.resolve({
        outcome: 'refused',
        exchangeId,
        fault,
        ...nobody,
      })
    }
    const port = await listen(handle)
    const reply = await ask(port, { payload: Buffer.alloc(5_000_000, 'x') })
    expect(reply).toContain('SIGNATURE_MISSING')
    expect(seen).toEqual([soapStartBytesMax])
  })

  it('a beginning that does not come in time is refused', async () => {
    const port = await listen(soapBusStub(soapEcho), soapTools(), { requestHeadTimeoutMs: 300 })
    const socket = connect(port, '127.0.0.1')
    sockets.push(socket)
    let text = ''
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')))
    socket.write(request().subarray(0, -20))
    await once(socket, 'close')
    expect(text).toContain('<f:field>time</f:field>')
  })

  it('one that breaks off is refused, and holds nothing', async () => {
    const bus = soapBusStub(soapEcho)
    const port = await listen(bus)
    const socket = connect(port, '127.0.0.1')
    sockets.push(socket)
    socket.write(request().subarray(0, -20))
    await once(socket, 'connect')
    socket.destroy()
    await until(() => bus.received.length === 1)
    expect(bus.received[0]?.content).toMatchObject({ format: 'malformed', code: 'PAYLOAD_UNSAFE' })
  })

  it('room for a payload is given back when its exchange is over', async () => {
    const tools = soapTools()
    const port = await listen(soapBusStub(soapEcho), tools)
    await ask(port, {
      payload: verifiedSoap({
        blocks: headerBlocks(),
        body: `<finAxtaris>${'x'.repeat(500_000)}</finAxtaris>`,
      }).envelope,
    })
    expect(tools.requestBudget.bytes).toBe(0)
  })
})

describe('a refusal', () => {
  it.each([
    [new Fault('THROTTLED'), '1'],
    [new Fault('AUDIT_UNAVAILABLE'), '5'],
    [new Fault('PROVIDER_UNAVAILABLE'), '5'],
    [new Fault('IN_MAINTENANCE', { until: new Date(0) }), '1'],
    [new Fault('ACCESS_DENIED'), undefined],
  ])('%s: Retry-After %s, as in the REST lane', async (fault, seconds) => {
    const refusing = soapBusStub(() => {
      throw fault
    })
    const reply = await ask(await listen(refusing))
    expect(/^Retry-After: (\d+)\r$/m.exec(reply)?.[1]).toBe(seconds)
  })
})

describe('a reply', () => {
  it('that cannot be signed becomes a refusal', async () => {
    const tools = soapTools()
    const port = await listen(
      soapBusStub((verified, received) => ({
        ...soapEcho(verified, received),
        envelope: Buffer.from('<x/>'),
      })),
      tools,
    )
    expect(await ask(port)).toContain('INTERNAL_ERROR')
    expect(tools.warnings).toContain('reply could not be rendered')
  })

  it('says its language and version as it was asked', async () => {
    const port = await listen(() => Promise.reject(new Error('gizli')))
    const reply = await ask(port, { type: soap12Type, lines: 'Accept-Language: en\r\n' })
    expect(reply).toContain('http://www.w3.org/2003/05/soap-envelope')
    expect(reply).toMatch(/Content-Type: application\/soap\+xml/)
  })
})
