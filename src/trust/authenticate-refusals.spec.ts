import { hash, sign } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import {
  authenticateWith,
  consumerId,
  digestOf,
  fiveMinutesMs,
  received,
  signedRequest,
  testSigner,
  testUrl,
  unsigned,
  verdictOf,
  withHeaders,
  type TestRequest,
} from '../../test/support/signing.js'
import { rawHeadersOf, signRequest, type RequestHeaders } from './http-signature/client.js'

const consumer = testSigner()
const authenticate = authenticateWith([consumer])

describe('authenticate: refusals by code and field', () => {
  it('hands on what the adapter found malformed', async () => {
    const content = {
      format: 'malformed',
      code: 'PAYLOAD_UNSAFE',
      reason: 'The field Host is repeated.',
      field: 'Host',
      head: () => Buffer.alloc(0),
    } as const
    await expect(authenticate(received(content))).rejects.toMatchObject({
      code: 'PAYLOAD_UNSAFE',
      field: 'Host',
      detail: 'The field Host is repeated.',
    })
  })

  it('R-082 refuses an unsigned request', async () => {
    expect(await verdictOf(authenticate, unsigned(signedRequest(consumer)))).toBe(
      'SIGNATURE_MISSING',
    )
  })

  it.each([
    ['the method', (r: TestRequest) => ({ ...r, method: 'PUT' }), 'signature'],
    ['the target', (r: TestRequest) => ({ ...r, url: `${r.url}0` }), 'signature'],
    ['the host', (r: TestRequest) => ({ ...r, url: r.url.replace('bus.', 'bas.') }), 'signature'],
    ['a header', (r: TestRequest) => withHeaders(r, { 'X-Road-Id': 'sorgu-2' }), 'signature'],
    [
      'the digest',
      (r: TestRequest) => withHeaders(r, { 'Content-Digest': digestOf(Buffer.alloc(1)) }),
      'signature',
    ],
    ['the payload', (r: TestRequest) => ({ ...r, payload: Buffer.from('{}') }), 'content-digest'],
    [
      'created',
      (r: TestRequest) =>
        withHeaders(r, {
          'Signature-Input': r.headers['Signature-Input']!.replace(
            /created=(\d+)/,
            (_, n) => `created=${Number(n) - 1}`,
          ),
        }),
      'signature',
    ],
  ])('R-082, R-124 refuses an altered request: %s', async (_what, alter, field) => {
    expect(await verdictOf(authenticate, alter(signedRequest(consumer)))).toBe(
      `SIGNATURE_INVALID ${field}`,
    )
  })

  it.each([
    '@method',
    '@target-uri',
    'content-digest',
    'x-road-client',
    'x-road-id',
    'sluice-mode',
  ])('refuses %s present and not covered, by its name', async (name) => {
    const all = [
      '@method',
      '@target-uri',
      'content-digest',
      'x-road-client',
      'x-road-id',
      'sluice-mode',
    ]
    const request = signedRequest(consumer, { cover: all.filter((other) => other !== name) })
    expect(await verdictOf(authenticate, request)).toBe(`SIGNATURE_INVALID ${name}`)
  })

  it('refuses any other envelope field that somebody added on the way', async () => {
    for (const name of ['X-Road-Issue', 'Sluice-Purpose', 'x-road-new', 'SLUICE-X']) {
      const request = withHeaders(signedRequest(consumer), { [name]: '1' })
      expect(await verdictOf(authenticate, request)).toBe(`SIGNATURE_INVALID ${name.toLowerCase()}`)
    }
  })

  it('refuses a query that @path alone does not cover', async () => {
    const cover = [
      '@method',
      '@path',
      'content-digest',
      'x-road-client',
      'x-road-id',
      'sluice-mode',
    ]
    expect(await verdictOf(authenticate, signedRequest(consumer, { cover }))).toBe(
      'SIGNATURE_INVALID @query',
    )
    const url = testUrl.replace(/\?.*/, '')
    expect(await verdictOf(authenticate, signedRequest(consumer, { cover, url }))).toBe('accepted')
  })

  it('refuses a component of which only a part is covered', async () => {
    const base = signedRequest(consumer)
    const input = base.headers['Signature-Input']!
    const partial = input.replace('"content-digest"', '"content-digest";key="sha-256"')
    expect(await verdictOf(authenticate, withHeaders(base, { 'Signature-Input': partial }))).toBe(
      'SIGNATURE_INVALID content-digest',
    )
  })

  it.each(['X-Road-Client', 'X-Road-Id', 'Sluice-Mode'])('refuses %s twice', async (name) => {
    const request = signedRequest(consumer)
    const raw = [...rawHeadersOf(request.headers), name, 'body']
    expect(await verdictOf(authenticate, request, raw)).toBe(
      `REQUEST_INVALID ${name.toLowerCase()}`,
    )
  })

  it.each(['x-road-client', 'x-road-id'])('refuses a request without %s', async (name) => {
    const request = signedRequest(consumer)
    const raw = Object.entries(request.headers)
    const left = raw.filter(([key]) => key.toLowerCase() !== name).flat()
    expect(await verdictOf(authenticate, request, left)).toBe(`REQUEST_INVALID ${name}`)
  })

  it('refuses the label that is reserved for the bus', async () => {
    const request = signedRequest(consumer, { label: 'sluice' })
    expect(await verdictOf(authenticate, request)).toBe('SIGNATURE_INVALID signature-input')
  })

  it("uses the consumer's of several signatures, and refuses two that claim to be it", async () => {
    const own = signedRequest(consumer)
    const other = signRequest({
      ...own,
      headers: own.headers,
      privateKey: consumer.privateKey,
      certificateThumbprint: consumer.thumbprint,
      label: 'proxy',
      cover: ['@authority'],
    })
    expect(await verdictOf(authenticate, both(own, other))).toBe('accepted')
    const claim = signedRequest(consumer, { label: 'other' })
    expect(await verdictOf(authenticate, both(own, claim.headers))).toBe(
      'SIGNATURE_INVALID signature-input',
    )
  })

  it('R-090 refuses a signature outside the freshness window, either way', async () => {
    const now = Date.now()
    for (const offMs of [-fiveMinutesMs - 2000, fiveMinutesMs + 2000]) {
      const request = signedRequest(consumer, { created: new Date(now + offMs) })
      expect(await verdictOf(authenticate, request)).toBe('CLOCK_SKEW created')
    }
    for (const offMs of [-fiveMinutesMs + 2000, fiveMinutesMs - 2000]) {
      const request = signedRequest(consumer, { created: new Date(now + offMs) })
      expect(await verdictOf(authenticate, request)).toBe('accepted')
    }
  })

  it.each([
    ['no created', /;created=\d+/, '', 'SIGNATURE_INVALID created'],
    ['no keyid', /;keyid="[^"]*"/, '', 'SIGNATURE_INVALID keyid'],
    ['a keyid that is no thumbprint', /keyid="[^"]*"/, 'keyid="me"', 'CERT_UNKNOWN keyid'],
    ['an unknown keyid', /keyid="[^"]*"/, `keyid="${'A'.repeat(43)}"`, 'CERT_UNKNOWN'],
    ['expires in the past', /;keyid/, ';expires=1;keyid', 'SIGNATURE_INVALID expires'],
    ['HMAC', /alg="[^"]*"/, 'alg="hmac-sha256"', 'ALGORITHM_FORBIDDEN alg'],
    ['SHA-1', /alg="[^"]*"/, 'alg="rsa-v1_5-sha1"', 'ALGORITHM_FORBIDDEN alg'],
    ['an inherited name for alg', /alg="[^"]*"/, 'alg="toString"', 'ALGORITHM_FORBIDDEN alg'],
    ["another key's alg", /alg="[^"]*"/, 'alg="ed25519"', 'SIGNATURE_INVALID signature'],
  ])('R-086 refuses %s', async (_what, pattern, by, expected) => {
    const request = signedRequest(consumer)
    const input = request.headers['Signature-Input']!.replace(pattern, by)
    expect(await verdictOf(authenticate, withHeaders(request, { 'Signature-Input': input }))).toBe(
      expected,
    )
  })

  it('honours expires', async () => {
    const request = signedRequest(consumer, { created: new Date(Date.now() - 60_000) })
    const created = /created=(\d+)/.exec(request.headers['Signature-Input']!)![1]!
    const input = request.headers['Signature-Input']!.replace(';keyid', `;expires=${created};keyid`)
    expect(await verdictOf(authenticate, withHeaders(request, { 'Signature-Input': input }))).toBe(
      'CLOCK_SKEW expires',
    )
  })

  it('refuses an ECDSA signature in DER', async () => {
    const request = signedRequest(consumer)
    const der = sign('sha256', Buffer.from('x'), consumer.privateKey).toString('base64')
    expect(
      await verdictOf(authenticate, withHeaders(request, { Signature: `consumer=:${der}:` })),
    ).toBe('SIGNATURE_INVALID signature')
  })

  it('R-081 refuses a certificate of another system than the sender named', async () => {
    const other = testSigner('p256', 'AZ/GOV/DSMF/PENSIYA')
    const request = signedRequest(other)
    expect(await verdictOf(authenticateWith([other]), request)).toBe('CERT_SENDER_MISMATCH')
  })
})

describe('authenticate: Content-Digest, RFC 9530', () => {
  const payload = Buffer.from('{}')
  const both =
    'sha-256=:RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=:, sha-512=:J8dGcKxtqFIm' +
    'cpmmp4lSjQ2M2Tg5w0Y0wJ8Bq0D0iF8=:'

  function withDigest(value: string): TestRequest {
    const headers = { 'X-Road-Client': consumerId, 'X-Road-Id': '1', 'Content-Digest': value }
    return signedRequest(consumer, { payload, headers })
  }

  it.each([
    ['sha-256', 'sha-256=:RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=:', 'accepted'],
    ['sha-512', `sha-512=:${sha512(payload)}:`, 'accepted'],
    ['both', `${digestOf(payload)}, sha-512=:${sha512(payload)}:`, 'accepted'],
    ['an unknown one beside', `md5=:AAAA:, ${digestOf(payload)}`, 'accepted'],
    [
      'one of both wrong',
      `${digestOf(payload)}, sha-512=:${sha512('')}:`,
      'SIGNATURE_INVALID content-digest',
    ],
    ['a wrong one', digestOf(Buffer.alloc(1)), 'SIGNATURE_INVALID content-digest'],
    ['a short one', both, 'SIGNATURE_INVALID content-digest'],
    ['one that is text', 'sha-256="x"', 'SIGNATURE_INVALID content-digest'],
    ['one that is a list', 'sha-256=(:AA==:)', 'SIGNATURE_INVALID content-digest'],
    [
      'none that is trusted',
      'md5=:mZFLkyvTelC5g8XnyQrpOw==:',
      'ALGORITHM_FORBIDDEN content-digest',
    ],
    ['no dictionary', ':AAAA:', 'SIGNATURE_INVALID content-digest'],
    [
      'a repeated one',
      `${digestOf(payload)}, ${digestOf(payload)}`,
      'SIGNATURE_INVALID content-digest',
    ],
  ])('%s', async (_what, value, expected) => {
    expect(await verdictOf(authenticate, withDigest(value))).toBe(expected)
  })

  it('refuses a payload that came without being announced', async () => {
    const bare = signedRequest(consumer, {
      payload: Buffer.alloc(0),
      headers: { 'X-Road-Client': consumerId, 'X-Road-Id': '1' },
    })
    expect(await verdictOf(authenticate, { ...bare, payload })).toBe(
      'SIGNATURE_INVALID content-digest',
    )
  })

  it.each([
    ['Content-Length', '2'],
    ['Transfer-Encoding', 'chunked'],
  ])('asks for Content-Digest where %s announces a payload', async (name, value) => {
    const bare = signedRequest(consumer, {
      payload: Buffer.alloc(0),
      headers: { 'X-Road-Client': consumerId, 'X-Road-Id': '1', [name]: value },
    })
    expect(await verdictOf(authenticate, { ...bare, payload })).toBe(
      'SIGNATURE_INVALID content-digest',
    )
  })
})

function sha512(payload: Uint8Array | string): string {
  return hash('sha512', payload, 'base64')
}

/** The request with the signatures of both. */
function both(request: TestRequest, other: RequestHeaders): TestRequest {
  const joined = (name: string): string => `${request.headers[name]!}, ${other[name]!}`
  return withHeaders(request, {
    Signature: joined('Signature'),
    'Signature-Input': joined('Signature-Input'),
  })
}
