import { createHash, randomBytes } from 'node:crypto'
import { afterEach, describe, expect, it } from '@jest/globals'
import { request } from 'undici'
import { RestAdapters } from '../../test/support/rest-adapter.js'
import {
  busStub,
  echo,
  envelopeHeaders,
  envelopeLines,
  replyOf,
  sendBytes,
  serviceTarget,
  signerStub,
  toolsStub,
} from '../../test/support/rest-lane.js'
import { Fault } from '../../src/exchange/fault.js'

const rest = new RestAdapters()

afterEach(() => rest.closeAll())

describe('any verb and any body pass unchanged (R-013, R-123)', () => {
  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'QUERY'])(
    '%s with a body',
    async (method) => {
      const handle = busStub(echo)
      const { url } = await rest.listen(handle)
      const body = Buffer.from('Əliyev Şükür İbrahim oğlu, Çağırış küçəsi ә', 'utf8')
      const answer = await request(url + serviceTarget, {
        method: method as 'GET',
        headers: { ...envelopeHeaders, 'content-type': 'text/plain; charset=utf-8' },
        body,
      })
      expect(answer.statusCode).toBe(200)
      expect(Buffer.from(await answer.body.arrayBuffer())).toEqual(body)
      expect(handle.received[0]?.content).toMatchObject({ method, target: serviceTarget })
    },
  )

  it.each([0, 1, 65_535, 65_536, 1_000_003, 50 * 1024 * 1024])(
    'a body of %d bytes, with Content-Length and in chunks',
    async (bytes) => {
      const { url } = await rest.listen(busStub(echo))
      const body = randomBytes(bytes)
      const sum = createHash('sha256').update(body).digest('hex')
      const chunks = (function* () {
        for (let at = 0; at < body.length; at += 100_000) yield body.subarray(at, at + 100_000)
      })()
      for (const sent of [body, chunks]) {
        const answer = await request(url + serviceTarget, {
          method: 'POST',
          headers: envelopeHeaders,
          body: sent as Buffer,
        })
        const got = Buffer.from(await answer.body.arrayBuffer())
        expect(answer.statusCode).toBe(200)
        expect(createHash('sha256').update(got).digest('hex')).toBe(sum)
      }
    },
  )

  it('hands the head over as received: names, order, repetitions, raw target', async () => {
    const handle = busStub(echo)
    const { port } = await rest.listen(handle)
    const lines = `${envelopeLines}x-Mixed-CASE: one\r\nX-mixed-case: two\r\n`
    const target = `${serviceTarget}/a%2Fb//c?x=%C9%99&y=1+2&&`
    await sendBytes(port, `GET ${target} HTTP/1.1\r\n${lines}Connection: close\r\n\r\n`)
    const [received] = handle.received
    expect(received?.content).toMatchObject({ target, authority: 'bus.test', scheme: 'http' })
    expect(Buffer.from(received!.content.head()).toString('latin1')).toBe(
      `GET ${target} HTTP/1.1\r\n${lines}Connection: close\r\n\r\n`,
    )
  })
})

describe('replies (X-Road REST §4, RFC 9110 §7.6.1, RFC 9421)', () => {
  it('adds X-Road and Sluice fields, all of them covered by the signature', async () => {
    const { url } = await rest.listen(busStub(echo))
    const answer = await request(url + serviceTarget, { headers: envelopeHeaders })
    await answer.body.dump()
    expect(answer.headers).toMatchObject({
      'x-road-id': '1',
      'x-road-client': 'AZ/GOV/VN/EVHF',
      'x-road-service': 'AZ/GOV/DIN/GCQ/finAxtaris/v1',
      'sluice-entry': Buffer.alloc(32, 7).toString('base64url'),
      'signature-input':
        'sluice=(content-type x-road-id x-road-client x-road-service x-road-request-id sluice-exchange-id sluice-entry sluice-receipt);req=consumer',
    })
    const exchangeId = String(answer.headers['sluice-exchange-id'])
    expect(answer.headers['x-road-request-id']).toBe(exchangeId)
    expect(answer.headers['sluice-receipt']).toBe('receipt-of-answer')
  })

  it("passes the provider's status and end-to-end fields; its signature under another name", async () => {
    const provider = [
      ...['Content-Type', 'application/json', 'Location', 'https://elsewhere.test/'],
      ...['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'Content-Encoding', 'gzip'],
      ...['Connection', 'X-Hop', 'X-Hop', 'gone', 'Keep-Alive', 'timeout=9', 'TE', 'trailers'],
      ...['Signature-Input', 'p=("@status")', 'Signature', 'p=:AA==:', 'Content-Digest', 'd'],
      ...['X-Road-Id', 'forged', 'Sluice-Entry', 'forged', 'X-Road-Error', 'forged'],
      ...['Sluice-Receipt', 'forged'],
    ]
    const { url } = await rest.listen(
      busStub(() => Promise.resolve(replyOf(302, provider, Buffer.from('not really gzip')))),
    )
    const { statusCode, headers, body } = await request(url + serviceTarget, {
      headers: envelopeHeaders,
    })
    expect(await body.text()).toBe('not really gzip')
    expect(statusCode).toBe(302)
    // A consumer's client would send it to every provider behind the bus.
    expect(headers).not.toHaveProperty('set-cookie')
    expect(headers).toMatchObject({
      location: 'https://elsewhere.test/',
      'content-encoding': 'gzip',
      'sluice-provider-signature-input': 'p=("@status")',
      'sluice-provider-signature': 'p=:AA==:',
      'sluice-provider-content-digest': 'd',
      signature: 'sluice=:stub:',
      'x-road-id': '1',
    })
    for (const absent of ['x-hop', 'te', 'x-road-error']) expect(headers[absent]).toBeUndefined()
    expect(headers['signature-input']).toContain('sluice-provider-signature-input')
    expect(JSON.stringify(headers)).not.toContain('forged')
  })

  it.each([
    ['HEAD', 200, '99'],
    ['GET', 304, '99'],
    ['GET', 204, undefined],
    ['GET', 205, '0'],
  ])('%s answered %d has no content (RFC 9110 §6.4.1)', async (method, status, length) => {
    const { port } = await rest.listen(
      busStub(() => Promise.resolve(replyOf(status, ['Content-Length', '99']))),
    )
    const head = `${method} ${serviceTarget} HTTP/1.1\r\n${envelopeLines}`
    const { text } = await sendBytes(port, `${head}\r\n${head}Connection: close\r\n\r\n`)
    expect(text.split(`HTTP/1.1 ${status}`)).toHaveLength(3)
    expect(text.endsWith('\r\n\r\n')).toBe(true)
    expect(/Content-Length: (\d+)/.exec(text)?.[1]).toBe(length)
  })

  it('keeps the connection, and answers pipelined requests in their order', async () => {
    let calls = 0
    const { port } = await rest.listen(
      busStub(async () => {
        const call = (calls += 1)
        await new Promise((resolve) => setTimeout(resolve, call === 1 ? 30 : 0))
        return replyOf(200, [], Buffer.from(`answer ${call}`))
      }),
    )
    const head = `GET ${serviceTarget} HTTP/1.1\r\n${envelopeLines}`
    const { text } = await sendBytes(port, `${head}\r\n${head}Connection: close\r\n\r\n`)
    expect(text.indexOf('answer 1')).toBeGreaterThan(0)
    expect(text.indexOf('answer 2')).toBeGreaterThan(text.indexOf('answer 1'))
  })

  it('shows no answer that could not be signed, and says INTERNAL_ERROR', async () => {
    const tools = toolsStub({
      ...signerStub,
      signReply: () => {
        throw new Error('key is gone')
      },
    })
    const { url } = await rest.listen(busStub(echo), {}, tools)
    const answer = await request(url + serviceTarget, { headers: envelopeHeaders })
    expect(answer.statusCode).toBe(503)
    expect(await answer.body.json()).toMatchObject({ code: 'INTERNAL_ERROR' })
    expect(tools.warnings).toContain('reply could not be rendered')
    // The log says that it was answered: there is no entry of this refusal to promise.
    expect(answer.headers).not.toHaveProperty('sluice-receipt')
  })
})

describe('refusals (RFC 9457)', () => {
  it('are signed problem+json with the exchange id of the log', async () => {
    const handle = busStub(() => Promise.reject(new Fault('ACCESS_DENIED')))
    const { url } = await rest.listen(handle)
    const { statusCode, headers, body } = await request(url + serviceTarget, {
      headers: { ...envelopeHeaders, 'accept-language': 'en' },
    })
    expect(statusCode).toBe(403)
    expect(headers).toMatchObject({
      'content-type': 'application/problem+json; charset=utf-8',
      'x-road-error': 'ACCESS_DENIED',
      'sluice-exchange-id': handle.received[0]!.exchangeId,
      signature: 'sluice=:stub:',
    })
    expect(headers['signature-input']).toContain('x-road-error')
    expect(await body.json()).toMatchObject({
      title: 'No access grant',
      instance: `urn:uuid:${handle.received[0]!.exchangeId}`,
    })
  })

  it('answer even if the bus itself throws', async () => {
    const { url } = await rest.listen(() => Promise.reject(new Error('bug')))
    const { statusCode, body } = await request(url + serviceTarget, { headers: envelopeHeaders })
    expect(statusCode).toBe(503)
    expect(await body.text()).not.toContain('bug')
  })

  it('have no content in reply to HEAD', async () => {
    const { port } = await rest.listen(busStub(() => Promise.reject(new Fault('ACCESS_DENIED'))))
    const { text } = await sendBytes(
      port,
      `HEAD ${serviceTarget} HTTP/1.1\r\n${envelopeLines}Connection: close\r\n\r\n`,
    )
    expect(text).toMatch(/^HTTP\/1.1 403 /)
    expect(text.endsWith('\r\n\r\n')).toBe(true)
  })
})
