import { connect } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { RestAdapters } from '../../test/support/rest-adapter.js'
import {
  busStub,
  echo,
  envelopeLines,
  replyOf,
  sendBytes,
  serviceTarget,
} from '../../test/support/rest-lane.js'

const rest = new RestAdapters()

afterEach(() => rest.closeAll())

const post = `POST ${serviceTarget} HTTP/1.1\r\n${envelopeLines}`
const get = `GET ${serviceTarget} HTTP/1.1\r\n${envelopeLines}`

describe('heads that two readers could read differently are refused and logged (RFC 9112 §11.2, R-152)', () => {
  it.each([
    [
      'length and chunks',
      `${post}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ['two lengths', `${post}Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc`],
    ['a list of lengths', `${post}Content-Length: 3, 3\r\n\r\nabc`],
    ['a signed length', `${post}Content-Length: +3\r\n\r\nabc`],
    ['an unknown coding', `${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
    ['two codings', `${post}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
    [
      'chunks in HTTP/1.0',
      `${post.replace('HTTP/1.1', 'HTTP/1.0')}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ['a bad chunk size', `${post}Transfer-Encoding: chunked\r\n\r\nZZ\r\n`],
    ['a folded line', `${get}X-A: b\r\n c\r\n\r\n`],
    ['a blank before the colon', `${get}X-A : b\r\n\r\n`],
    ['a control character', `${get}X-A: b\x01\r\n\r\n`],
    ['a lone carriage return', `${get}X-A: b\rX-B: c\r\n\r\n`],
    ['lone line feeds', get.replaceAll('\r\n', '\n') + '\n'],
    ['a target in absolute form', `${get.replace('/r1/', 'http://bus.test/r1/')}\r\n`],
    ['a target in asterisk form', `OPTIONS * HTTP/1.1\r\n${envelopeLines}\r\n`],
    ['a fragment', `GET ${serviceTarget}#x HTTP/1.1\r\n${envelopeLines}\r\n`],
    ['a backslash', `GET ${serviceTarget}\\..\\x HTTP/1.1\r\n${envelopeLines}\r\n`],
    [
      'raw UTF-8 in the target',
      Buffer.from(`GET ${serviceTarget}/ə HTTP/1.1\r\n${envelopeLines}\r\n`),
    ],
    ['no Host', `GET ${serviceTarget} HTTP/1.1\r\n\r\n`],
    ['two Hosts', `${get}Host: other.test\r\n\r\n`],
    ['a Host with a path', `GET ${serviceTarget} HTTP/1.1\r\nHost: a/b\r\n\r\n`],
    ['another path', `GET /admin HTTP/1.1\r\n${envelopeLines}\r\n`],
    ['an unknown method', `FOO ${serviceTarget} HTTP/1.1\r\n${envelopeLines}\r\n`],
    ['a tunnel', `CONNECT din.test:443 HTTP/1.1\r\nHost: din.test:443\r\n\r\n`],
    ['HTTP/0.9', `GET ${serviceTarget}\r\n\r\n`],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['TLS on a plain port', Buffer.from('16030100c8010000c40303', 'hex')],
    ['an unknown expectation', `${post}Content-Length: 3\r\nExpect: wonders\r\n\r\nabc`],
    ['a head over the limit', `${get}X-A: ${'b'.repeat(20_000)}\r\n\r\n`],
    ['an envelope field spelt otherwise', `${get}X_Road_Client: AZ/GOV/A/B\r\n\r\n`],
    ['a field of ours spelt otherwise', `${get}Sluice.Exchange-Id: 1\r\n\r\n`],
    ['a Connection that takes the sender away', `${get}Connection: close, X-Road-Client\r\n\r\n`],
    ['a Connection that takes the signature away', `${get}Connection: signature\r\n\r\n`],
    ['TRACE', `TRACE ${serviceTarget} HTTP/1.1\r\n${envelopeLines}\r\n`],
    ['too many fields', `${get}${'X-A: b\r\n'.repeat(120)}\r\n`],
  ])('%s', async (_, bytes) => {
    const handle = busStub(() => Promise.resolve(replyOf(200, [])))
    const { port } = await rest.listen(handle)
    const { text, reset } = await sendBytes(port, bytes)
    expect(text).toMatch(/^HTTP\/1\.1 400 /)
    expect(text).toMatch(/\r\nX-Road-Error: (PAYLOAD_UNSAFE|REQUEST_INVALID)\r\n/)
    expect(text).toContain('\r\nConnection: close\r\n')
    expect(text).toContain('"exchangeId"')
    expect(reset).toBe(false)
    expect(handle.received).toHaveLength(1)
    expect(JSON.parse(text.slice(text.indexOf('\r\n\r\n')))).toMatchObject({ status: 400 })
  })

  it('keeps the head of what was refused as evidence, and not the body', async () => {
    const handle = busStub(echo)
    const { port } = await rest.listen(handle)
    const head = `${post}Content-Length: 3\r\nContent-Length: 3\r\n\r\n`
    await sendBytes(port, `${head}abc`)
    expect(Buffer.from(handle.received[0]!.content.head()).toString('latin1')).toBe(head)
  })

  it('answers the good request that came before on the same connection', async () => {
    const handle = busStub(() => Promise.resolve(replyOf(200, [], Buffer.from('fine'))))
    const { port } = await rest.listen(handle)
    const { text } = await sendBytes(port, `${get}\r\nGARBAGE\r\n\r\n`)
    expect(text).toMatch(/^HTTP\/1\.1 200 /)
    expect(text).toContain('fine')
    expect(handle.received).toHaveLength(2)
  })

  it('takes no notice of a connection that is opened and closed without a word', async () => {
    const handle = busStub(echo)
    const { port } = await rest.listen(handle)
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.end())
      socket.on('close', () => resolve()).resume()
    })
    expect(handle.received).toHaveLength(0)
  })
})
