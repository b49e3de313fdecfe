import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { httpbis, createVerifier } from 'http-message-signatures'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { valuesOf } from '../support/rest-lane.js'
import { expectAnswered, expectRefused } from '../support/whole-bus-expect.js'
import { services, subsystems } from '../support/whole-bus-sample.js'
import { startWholeBus, type WholeBus } from '../support/whole-bus.js'

let bus: WholeBus

beforeAll(async () => {
  bus = await startWholeBus()
})

afterAll(() => bus.close())

beforeEach(() => bus.providers.taxes.reset())

describe('any verb (X-Road REST message protocol §4.2)', () => {
  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'SEARCH'])(
    '%s with its path and query',
    async (method) => {
      const answer = await bus.portal.call({ method, rest: '/a/b?c=d&c=e' })
      await expectAnswered(bus, answer)
      const { method: arrived, target, payload } = bus.providers.taxes.latest
      expect([arrived, target]).toEqual([method, '/xidmet/a/b?c=d&c=e'])
      expect(payload.toString()).toBe(method === 'GET' ? '' : '{"fin":"0TEST01"}')
    },
  )

  it.each(['GET', 'DELETE', 'POST'])('%s without a payload', async (method) => {
    await expectAnswered(bus, await bus.portal.call({ method, payload: '' }))
    expect(bus.providers.taxes.latest.payload).toHaveLength(0)
  })

  it('HEAD: the length of what GET would give, and nothing of it', async () => {
    bus.providers.taxes.answer = () => ({ headers: { 'Content-Length': '1234', ETag: '"a"' } })
    const answer = await bus.portal.call({ method: 'HEAD' })
    await expectAnswered(bus, answer)
    expect(answer.headers).toMatchObject({ 'content-length': '1234', etag: '"a"' })
    expect(answer.payload).toHaveLength(0)
  })

  it('a refused HEAD has no content either, and is signed all the same', async () => {
    const answer = await bus.portal.call({ method: 'HEAD', service: `${subsystems.taxes}/yox/v1` })
    expect(answer).toMatchObject({ status: 404, fault: 'TARGET_UNREGISTERED', isBound: true })
    expect(answer.payload).toHaveLength(0)
    expect((await bus.log.refusal(answer.exchangeId)).outcome).toBe('TARGET_UNREGISTERED')
  })

  it('TRACE and CONNECT go nowhere', async () => {
    const trace = await bus.portal.call({ method: 'TRACE', payload: '' })
    expect(trace.headers['content-type']).not.toBe('message/http')
    expect(await statusOfConnect()).toBe(400)
  })
})

async function statusOfConnect(): Promise<number> {
  const { request } = await import('node:http')
  const connect = request(bus.address, { method: 'CONNECT', path: '127.0.0.1:22' })
  const [response] = (await once(connect.end(), 'connect')) as [{ statusCode: number }]
  connect.destroy()
  return response.statusCode
}

describe('the provider’s answer is the provider’s', () => {
  it.each([200, 201, 202, 206, 299, 400, 401, 403, 404, 409, 422, 429, 500, 502, 503, 599])(
    'status %d and its payload pass',
    async (status) => {
      bus.providers.taxes.answer = () => ({
        status,
        headers: { 'Content-Type': 'application/json', 'Retry-After': '7' },
        payload: '{"tapilmadi":true}',
      })
      const answer = await bus.portal.call()
      await expectAnswered(bus, answer, status)
      expect(answer.payload.toString()).toBe('{"tapilmadi":true}')
      expect(answer.headers['retry-after']).toBe('7')
    },
  )

  it.each([204, 304])('status %d has no payload', async (status) => {
    bus.providers.taxes.answer = () => ({ status, headers: { ETag: '"x"' } })
    const answer = await bus.portal.call({ method: 'GET' })
    await expectAnswered(bus, answer, status)
    expect(answer.headers['etag']).toBe('"x"')
  })

  it.each([301, 302, 303, 307, 308])(
    'a redirect (%d) is handed back, not followed',
    async (status) => {
      const { address } = bus.providers.education
      bus.providers.education.reset()
      bus.providers.taxes.answer = () => ({ status, headers: { Location: address } })
      const answer = await bus.portal.call({ method: 'GET' })
      await expectAnswered(bus, answer, status)
      expect(answer.headers.location).toBe(address)
      expect([bus.providers.taxes.count, bus.providers.education.count]).toEqual([1, 0])
    },
  )

  it('an answer of problem+json is not mistaken for the bus’s own', async () => {
    bus.providers.taxes.answer = () => ({
      status: 404,
      headers: {
        'Content-Type': 'application/problem+json',
        'X-Road-Error': 'ACCESS_DENIED',
        'Sluice-Exchange-Id': '00000000-0000-7000-8000-000000000000',
        'X-Road-Request-Id': 'foreign',
      },
      payload: '{"code":"ACCESS_DENIED"}',
    })
    const answer = await bus.portal.call()
    await expectAnswered(bus, answer, 404)
    expect(answer.headers['x-road-error']).toBeUndefined()
    expect(answer.signed('sluice-exchange-id')).toBe(answer.headers['x-road-request-id'])
  })

  it.each([
    ['Content-Type', 'text/plain; name="Ə"'],
    ['Signature', 'provider=:ə:'],
  ])(
    '%s with letters that no signature can cover: RESPONSE_INVALID, and recorded so',
    async (name, value) => {
      const headers = { [name]: Buffer.from(value).toString('latin1') }
      bus.providers.taxes.answer = () => ({ headers, payload: 'x' })
      const answer = await bus.portal.call()
      await expectRefused(bus, answer, 'RESPONSE_INVALID', {
        ...{ status: 502, side: 'provider', entries: 2 },
        field: name.toLowerCase(),
      })
    },
  )

  it('one after another on one connection, and many at once', async () => {
    bus.providers.taxes.answer = ({ payload }) => ({ payload })
    const payloads = Array.from({ length: 100 }, (_, index) => `{"sira":${index}}`)
    const answers = await Promise.all(payloads.map((payload) => bus.portal.call({ payload })))
    expect(answers.map(({ payload }) => payload.toString())).toEqual(payloads)
  })
})

describe('fields of the connection (RFC 9110 §7.6.1)', () => {
  it('those of the consumer do not reach the provider', async () => {
    const headers = {
      Connection: 'keep-alive, X-Daxili',
      'X-Daxili': 'gizli',
      'Keep-Alive': 'timeout=5',
      'Proxy-Authorization': 'Basic eDp5',
      TE: 'trailers',
      'X-Kecir': 'bəli'.normalize('NFKD').replace(/[^ -~]/g, '?'),
    }
    await expectAnswered(bus, await bus.portal.call({ headers }))
    const { header, rawHeaders } = bus.providers.taxes.latest
    expect(['x-daxili', 'proxy-authorization', 'te'].map(header)).toEqual(Array(3).fill(undefined))
    expect(header('x-kecir')).toBe(headers['X-Kecir'])
    expect(valuesOf(rawHeaders, 'host')).toEqual([new URL(bus.providers.taxes.address).host])
    expect(header('via')).toBe('1.1 sluice')
  })

  it('those of the provider do not reach the consumer', async () => {
    bus.providers.taxes.answer = () => ({
      headers: {
        Connection: 'keep-alive, X-Daxili',
        'X-Daxili': 'gizli',
        'Proxy-Authenticate': 'Basic',
        Upgrade: 'h2c',
        'Cache-Control': 'no-store',
      },
      payload: 'x',
    })
    const { headers } = await bus.portal.call()
    expect([headers['x-daxili'], headers['proxy-authenticate'], headers.upgrade]).toEqual(
      Array(3).fill(undefined),
    )
    expect(headers['cache-control']).toBe('no-store')
  })

  it('a field that comes twice, comes twice; a cookie does not come at all', async () => {
    const server = createServer((_, response) => {
      response.writeHead(200, [
        'Link',
        '<a>',
        'Link',
        '<b>',
        'Set-Cookie',
        'a=1',
        'Content-Length',
        '0',
      ])
      response.end()
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await bus.registry.change(services.taxes, { address })
    const { headers } = await bus.portal.call()
    await bus.registry.change(services.taxes, { address: bus.providers.taxes.address })
    server.closeAllConnections()
    server.close()
    expect(headers['link']).toBe('<a>, <b>')
    expect(headers['set-cookie']).toBeUndefined()
  })
})

describe('what the provider gets beside the payload (protocols of ours §5)', () => {
  it('the consumer’s own signature, and the bus’s, which other people’s library verifies', async () => {
    const call = bus.portal.sign({ rest: '/a?b=c' })
    const answer = await bus.portal.send(call)
    const { method, target, rawHeaders, header } = bus.providers.taxes.latest
    expect(header('signature-input')).toContain(call.headers['Signature-Input'] ?? 'none')
    expect(header('signature')).toContain(call.headers['Signature'] ?? 'none')
    expect(header('sluice-exchange-id')).toBe(answer.exchangeId)
    expect(header('sluice-original-target')).toBe(call.url)

    const headers = Object.fromEntries(
      rawHeaders.flatMap((name, index) => (index % 2 ? [] : [[name, rawHeaders[index + 1] ?? '']])),
    ) as Record<string, string>
    const url = new URL(target, bus.providers.taxes.address).href
    const key = createVerifier(
      new X509Certificate(bus.busCertificate).publicKey,
      'ecdsa-p256-sha256',
    )
    const ofBus = onlySignature(headers, 'sluice')
    const covered = ['@method', '@target-uri', 'content-digest', 'x-road-client', 'x-road-id']
    const verified = await httpbis.verifyMessage(
      {
        keyLookup: () => Promise.resolve({ verify: key }),
        requiredFields: [...covered, 'x-road-service', 'sluice-exchange-id', 'signature'],
        requiredParams: ['created', 'keyid'],
        componentParser: (name, params) =>
          name === 'signature' && params.has('key') ? [memberOf(headers, params.get('key'))] : null,
      },
      { method, url, headers: ofBus },
    )
    expect(verified).toBe(true)
  })

  it('what says X-Road or Sluice comes from the bus or under the consumer’s signature', async () => {
    const headers = { 'X-Road-Service': 'AZ/GOV/X/Y/z', 'Sluice-Exchange-Id': 'mine' }
    const answer = await bus.portal.call({ headers })
    await expectAnswered(bus, answer)
    const { rawHeaders } = bus.providers.taxes.latest
    expect(valuesOf(rawHeaders, 'x-road-service')).toEqual([services.taxes])
    expect(valuesOf(rawHeaders, 'sluice-exchange-id')).toEqual([answer.exchangeId])
  })

  it('never a field that says who asks and is not signed', async () => {
    const call = bus.portal.sign()
    const headers = { ...call.headers, 'X-Road-UserId': 'AZ-0TEST09' }
    const answer = await bus.portal.send({ ...call, headers })
    await expectRefused(bus, answer, 'SIGNATURE_INVALID', { field: 'x-road-userid' })
    expect(bus.providers.taxes.count).toBe(0)
  })
})

/** A dictionary member's value by its label, as it stands in the field. */
function memberOf(headers: Record<string, string>, label: unknown): string {
  const field = Object.entries(headers).find(([name]) => name.toLowerCase() === 'signature')?.[1]
  return (
    field
      ?.split(', ')
      .find((part) => part.startsWith(`${String(label)}=`))
      ?.slice(String(label).length + 1) ?? ''
  )
}

/** The header fields with one label's signature alone: the library takes the first that it can. */
function onlySignature(headers: Record<string, string>, label: string): Record<string, string> {
  const own = (value: string): string => value.slice(value.indexOf(`${label}=`))
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      /^signature(-input)?$/i.test(name) ? own(value) : value,
    ]),
  )
}
