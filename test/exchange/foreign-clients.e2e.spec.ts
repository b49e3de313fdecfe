import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createSigner, createVerifier, httpbis } from 'http-message-signatures'
import { randomUUID, X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import request from 'supertest'
import { privateKeyPem } from '../../src/trust/issuing/key-pair.js'
import { command, describeWith } from '../support/command.js'
import type { TestIdentity } from '../support/pki.js'
import { withoutSignature } from '../support/whole-bus-consumer.js'
import { expectAnswered, expectRefused } from '../support/whole-bus-expect.js'
import { signedByOthers } from '../support/whole-bus-foreign.js'
import { services, subsystems } from '../support/whole-bus-sample.js'
import { startWholeBus, type WholeBus } from '../support/whole-bus.js'

let bus: WholeBus
const identities = new Map<string, TestIdentity>()
const keyTypes = ['rsa-2048', 'p256', 'ed25519'] as const

beforeAll(async () => {
  bus = await startWholeBus()
  for (const keyType of keyTypes) identities.set(keyType, await bus.authority.issue({ keyType }))
  const certificates = [...identities.values()].map(({ pem }) => ({ pem }))
  await bus.registry.change(subsystems.portal, { certificates })
})

afterAll(() => bus.close())

beforeEach(() => bus.providers.taxes.reset())

const identityOf = (keyType: string): TestIdentity => identities.get(keyType)!

describe('a consumer with the npm package http-message-signatures', () => {
  it.each([
    ['rsa-2048', 'rsa-v1_5-sha256'],
    ['p256', 'ecdsa-p256-sha256'],
    ['ed25519', 'ed25519'],
  ])('signs with %s, and verifies what the bus answers', async (keyType, algorithm) => {
    const { privateKey, thumbprint } = identityOf(keyType)
    const key = createSigner(privateKey, algorithm, thumbprint)
    const call = await signedByOthers(bus.portal.sign({ rest: '/a?b=%C9%99' }), key)
    const answer = await bus.portal.send(call)
    await expectAnswered(bus, answer)

    const { publicKey } = new X509Certificate(bus.busCertificate)
    const verify = createVerifier(publicKey, 'ecdsa-p256-sha256')
    const { method, url, headers } = call
    const verified = await httpbis.verifyMessage(
      {
        keyLookup: () => Promise.resolve({ verify }),
        requiredFields: ['@status', 'content-digest', 'sluice-entry', 'x-road-id'],
        requiredParams: ['created', 'keyid', 'alg'],
      },
      { status: answer.status, headers: answer.headers as Record<string, string> },
      { method, url, headers },
    )
    expect(verified).toBe(true)
  })

  it('its default parameters (created, keyid, alg, expires) are understood', async () => {
    const { privateKey, thumbprint } = identityOf('ed25519')
    const key = createSigner(privateKey, 'ed25519', thumbprint)
    const params = ['keyid', 'alg', 'created', 'expires']
    const call = await signedByOthers(bus.portal.sign(), key, { params })
    await expectAnswered(bus, await bus.portal.send(call))
  })

  it('path and query instead of the target URI are enough', async () => {
    const { privateKey, thumbprint } = identityOf('ed25519')
    const key = createSigner(privateKey, 'ed25519', thumbprint)
    const signed = bus.portal.sign({ rest: '?a=b' })
    const covered = Object.keys(signed.headers).filter((name) =>
      /^(X-Road|Sluice|Content-D)/.test(name),
    )
    const fields = ['@method', '@path', '@query', ...covered.map((name) => name.toLowerCase())]
    await expectAnswered(bus, await bus.portal.send(await signedByOthers(signed, key, { fields })))
    const withoutQuery = fields.filter((name) => name !== '@query')
    const call = await signedByOthers(bus.portal.sign({ rest: '?a=b' }), key, {
      fields: withoutQuery,
    })
    await expectRefused(bus, await bus.portal.send(call), 'SIGNATURE_INVALID', { field: '@query' })
  })
})

describe('the HTTP surface, by supertest', () => {
  const path = `/r1/${services.taxes}`

  it('a signed request is answered', async () => {
    const { headers, payload } = bus.portal.sign()
    const response = await request(bus.address).post(path).set(headers).send(payload.toString())
    expect([response.status, response.body]).toEqual([200, { fin: '0TEST01' }])
    expect(response.headers['sluice-exchange-id']).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('an unsigned request is refused as problem+json', async () => {
    const { headers } = withoutSignature(bus.portal.sign())
    const response = await request(bus.address).post(path).set(headers).send('{"fin":"0TEST01"}')
    expect(response.status).toBe(401)
    expect(response.headers).toMatchObject({
      'content-type': 'application/problem+json; charset=utf-8',
      'x-road-error': 'SIGNATURE_MISSING',
      'www-authenticate': 'Signature realm="sluice"',
    })
  })

  it.each([
    ['GET', '/', 400, 'REQUEST_INVALID'],
    ['GET', '/health', 400, 'REQUEST_INVALID'],
    ['GET', '/metrics', 400, 'REQUEST_INVALID'],
    ['GET', '/r1/', 401, 'SIGNATURE_MISSING'],
    ['POST', '/r2/AZ/GOV/VN/VERGI/voenTap', 400, 'REQUEST_INVALID'],
    ['OPTIONS', '/r1/AZ/GOV/VN/VERGI/voenTap', 401, 'SIGNATURE_MISSING'],
  ])('%s %s, unsigned: %d %s, and in the log', async (method, target, status, code) => {
    const test = request(bus.address)
    const verb = method.toLowerCase() as 'get' | 'post' | 'put' | 'options'
    const response = await test[verb](target)
    expect([response.status, response.headers['x-road-error']]).toEqual([status, code])
    const exchangeId = response.headers['sluice-exchange-id'] ?? ''
    expect((await bus.log.refusal(exchangeId)).outcome).toBe(code)
    // In base64 any word may stand.
    const said = { ...response.headers, 'sluice-receipt': '', signature: '', 'sluice-entry': '' }
    expect(JSON.stringify(said)).not.toMatch(/express|nest|node|x-powered-by/i)
  })
})

const describeOrSkip = await describeWith('openssl', 'curl')

describeOrSkip('a consumer with curl and openssl alone', () => {
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-curl-'))
  })

  afterAll(() => rm(folder, { recursive: true, force: true }))

  const openssl = (...args: string[]): Promise<Buffer> => command('openssl', args, folder)

  /** What openssl makes of a signature base with this kind of key, in RFC 9421's form. */
  async function signatureOf(keyType: string): Promise<Buffer> {
    if (keyType === 'ed25519') {
      return openssl('pkeyutl', '-sign', '-rawin', '-inkey', 'key.pem', '-in', 'base')
    }
    const signature = await openssl('dgst', '-sha256', '-sign', 'key.pem', 'base')
    if (keyType !== 'p256') return signature
    await writeFile(join(folder, 'signature.der'), signature)
    const text = await openssl('asn1parse', '-inform', 'DER', '-in', 'signature.der')
    const integers = [...text.toString().matchAll(/INTEGER\s+:([0-9A-F]+)/g)]
    return Buffer.from(integers.map(([, hex = '']) => hex.padStart(64, '0')).join(''), 'hex')
  }

  it.each(keyTypes)('signs with %s, and openssl verifies what the bus answers', async (keyType) => {
    const { pem, privateKey, thumbprint } = identityOf(keyType)
    const payload = '{"fin":"0TEST01","ad":"Şəfəq"}'
    await writeFile(join(folder, 'payload.json'), payload)
    await writeFile(join(folder, 'key.pem'), privateKeyPem(privateKey))
    await writeFile(join(folder, 'certificate.pem'), pem)

    await openssl('x509', '-in', 'certificate.pem', '-outform', 'DER', '-out', 'certificate.der')
    const keyId = (await openssl('dgst', '-sha256', '-binary', 'certificate.der')).toString(
      'base64url',
    )
    expect(keyId).toBe(thumbprint)
    const digest = (await openssl('dgst', '-sha256', '-binary', 'payload.json')).toString('base64')
    const url = `${bus.address}/r1/${services.taxes}`
    const fields = {
      'content-digest': `sha-256=:${digest}:`,
      'x-road-client': subsystems.portal,
      'x-road-id': randomUUID(),
      'x-road-issue': 'VN-2026-000118',
      'sluice-mode': 'body',
      'sluice-legal-basis': 'Vergi%20M%C9%99c%C9%99ll%C9%99si',
    }
    const components = { '@method': 'POST', '@target-uri': url, ...fields }
    const names = Object.keys(components).map((name) => `"${name}"`)
    const created = Math.floor(Date.now() / 1_000)
    const input = `(${names.join(' ')});created=${created};keyid="${keyId}"`
    const lines = Object.entries(components).map(([name, value]) => `"${name}": ${value}`)
    await writeFile(join(folder, 'base'), [...lines, `"@signature-params": ${input}`].join('\n'))
    const signature = (await signatureOf(keyType)).toString('base64')

    const sent = {
      ...fields,
      'content-type': 'application/json',
      'signature-input': `sig=${input}`,
      signature: `sig=:${signature}:`,
    }
    await command(
      'curl',
      [
        ...['--silent', '--show-error', '--max-time', '20', '--dump-header', 'head'],
        ...['--output', 'answer', '--data-binary', '@payload.json'],
        ...Object.entries(sent).flatMap(([name, value]) => ['--header', `${name}: ${value}`]),
        url,
      ],
      folder,
    )

    const answer = await readFile(join(folder, 'answer'), 'utf8')
    expect(answer).toBe(payload)
    const [status = '', ...head] = (await readFile(join(folder, 'head'), 'utf8'))
      .trim()
      .split('\r\n')
    expect(status).toBe('HTTP/1.1 200 OK')
    const headers = new Map(
      head.map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 2),
      ]),
    )
    expect(await verifiedByOpenssl(headers, signature)).toContain('Verified OK')
    const entries = await bus.log.entries(headers.get('sluice-exchange-id') ?? '')
    expect(entries.map(({ fields: { kind } }) => kind)).toEqual(['request', 'reply'])
  })

  /** Puts the base of the bus's signature together by hand, for openssl to verify. */
  async function verifiedByOpenssl(
    headers: ReadonlyMap<string, string>,
    ofRequest: string,
  ): Promise<string> {
    const input = (headers.get('signature-input') ?? '').replace(/^sluice=/, '')
    const names = input.slice(1, input.indexOf(')')).split(' ')
    const lines = names.map((name) => {
      if (name === '"@status"') return `${name}: 200`
      if (name.startsWith('"signature";req')) return `${name}: :${ofRequest}:`
      return `${name}: ${headers.get(name.replaceAll('"', '')) ?? ''}`
    })
    await writeFile(join(folder, 'base'), [...lines, `"@signature-params": ${input}`].join('\n'))
    const value = /^sluice=:(.*):$/.exec(headers.get('signature') ?? '')?.[1] ?? ''
    await writeFile(join(folder, 'signature.der'), derOf(Buffer.from(value, 'base64')))
    const { publicKey } = new X509Certificate(bus.busCertificate)
    await writeFile(join(folder, 'bus.pub'), publicKey.export({ type: 'spki', format: 'pem' }))
    const verify = ['dgst', '-sha256', '-verify', 'bus.pub', '-signature', 'signature.der', 'base']
    return (await openssl(...verify)).toString()
  }
})

/** r and s as openssl takes them: a DER sequence of two integers. */
function derOf(raw: Buffer): Buffer {
  const integer = (bytes: Buffer): Buffer => {
    const start = bytes.findIndex((byte) => byte !== 0)
    const trimmed = bytes.subarray(start)
    const value = (trimmed[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), trimmed]) : trimmed
    return Buffer.concat([Buffer.from([0x02, value.length]), value])
  }
  const both = Buffer.concat([integer(raw.subarray(0, 32)), integer(raw.subarray(32))])
  return Buffer.concat([Buffer.from([0x30, both.length]), both])
}
