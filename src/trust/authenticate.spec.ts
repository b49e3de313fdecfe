import { constants, createPublicKey, sign } from 'node:crypto'
import { createSigner, httpbis } from 'http-message-signatures'
import { describe, expect, it } from '@jest/globals'
import {
  opensslPssSignature,
  opensslRequest,
  opensslSamples,
} from '../../test/support/openssl-samples.js'
import {
  authenticateWith,
  consumerId,
  contentOf,
  payloadBytesMax,
  received,
  signedRequest,
  testSigner,
  testUrl,
  unsigned,
  verdictOf,
  withHeaders,
  type TestRequest,
  type TestSigner,
} from '../../test/support/signing.js'
import { Fault } from '../exchange/fault.js'
import type { KeyType } from './http-signature/algorithms.js'

const consumer = testSigner()
const authenticate = authenticateWith([consumer])

describe('authenticate: who signed exactly these bytes', () => {
  it('returns signer, envelope and the covered content of a signed request', async () => {
    const request = signedRequest(consumer)
    const { verified, signer, envelope, exchangeId } = await authenticate(
      received(contentOf(request)),
    )
    expect(signer).toMatchObject({ subsystem: consumerId, thumbprint: consumer.thumbprint })
    expect(envelope).toMatchObject({ consumer: consumerId, messageId: 'sorgu-1' })
    expect(exchangeId).toBe(received(contentOf(request)).exchangeId)
    expect(verified.method).toBe('POST')
    expect(verified.path).toBe('/r1/AZ/GOV/DIN/GCQ/finAxtaris/v1')
    expect(verified.query).toBe('fin=5XY7K2A')
    expect(Buffer.from(verified.payload).equals(request.payload)).toBe(true)
    expect(verified.signature).toMatchObject({ label: 'consumer', keyId: consumer.thumbprint })
  })

  it.each<[KeyType, string | undefined]>([
    ['rsa', undefined],
    ['rsa', 'rsa-pss-sha512'],
    ['p256', undefined],
    ['p384', undefined],
    ['ed25519', undefined],
  ])('accepts a signature of a key %s (%s), RFC 9421 section 3.3', async (keyType, algorithm) => {
    const signer = testSigner(keyType)
    const request = signedRequest(signer, algorithm ? { algorithm: algorithm as never } : {})
    expect(await verdictOf(authenticateWith([signer]), request)).toBe('accepted')
  })

  it('accepts a request without payload and without Content-Digest', async () => {
    const request = signedRequest(consumer, {
      method: 'GET',
      payload: Buffer.alloc(0),
      headers: { 'X-Road-Client': consumerId, 'X-Road-Id': '1' },
    })
    const { verified } = await authenticate(received(contentOf(request)))
    expect(verified.payload).toHaveLength(0)
    expect(Buffer.from(verified.payloadSha256).toString('hex')).toMatch(/^e3b0c44298fc1c14/)
  })

  it('hands out no header field that the signature does not cover', async () => {
    const request = withHeaders(signedRequest(consumer), { Accept: 'text/html' })
    const { verified } = await authenticate(received(contentOf(request)))
    expect(verified.header('accept')).toBeUndefined()
    expect(verified.header('content-type')).toBe('application/json')
  })

  it('hands out no header field of which only a part is covered', async () => {
    const cover = ['@method', '@target-uri', 'content-digest', 'x-road-client', 'x-road-id']
    const request = signedRequest(consumer, {
      cover,
      headers: { 'X-Road-Client': consumerId, 'X-Road-Id': '1', Priority: 'u=1, i' },
    })
    expect(
      (await authenticate(received(contentOf(request)))).verified.header('priority'),
    ).toBeUndefined()
  })

  it('knows an empty query only where the whole target is covered, RFC 9421 section 2.2.7', async () => {
    const url = testUrl.replace(/\?.*/, '?')
    const cover = ['@method', '@path', '@query', 'content-digest', 'x-road-client', 'x-road-id']
    const headers = { 'X-Road-Client': consumerId, 'X-Road-Id': '1' }
    const ofParts = contentOf(signedRequest(consumer, { url, cover, headers }))
    const ofWhole = contentOf(signedRequest(consumer, { url, headers }))
    const withMark = { target: `${ofParts.target}?` }
    expect((await authenticate(received({ ...ofParts, ...withMark }))).verified.query).toBe(
      undefined,
    )
    expect((await authenticate(received({ ...ofWhole, ...withMark }))).verified.query).toBe('')
  })
})

describe("authenticate: signatures of other people's making", () => {
  it.each(opensslSamples)('accepts what the openssl command signed: $name', async (sample) => {
    const { created } = opensslRequest
    expect(
      await verdictOf(...opensslCase(sample.keyType, sample.spki, sample.signature, created)),
    ).toBe('accepted')
  })

  it('takes RSA without alg as PKCS #1 v1.5, and says so of PSS', async () => {
    const { spki } = opensslSamples[0]!
    const { created } = opensslRequest
    expect(await verdictOf(...opensslCase('rsa', spki, opensslPssSignature, created))).toBe(
      'SIGNATURE_INVALID signature',
    )
  })

  it.each<[KeyType, string]>([
    ['rsa', 'rsa-v1_5-sha256'],
    ['rsa', 'rsa-pss-sha512'],
    ['p256', 'ecdsa-p256-sha256'],
    ['p384', 'ecdsa-p384-sha384'],
    ['ed25519', 'ed25519'],
  ])('accepts what http-message-signatures signs with %s, %s', async (keyType, alg) => {
    const signer = testSigner(keyType)
    const key = createSigner(signer.privateKey, alg, signer.thumbprint)
    // Version 1.0.6 leaves the salt of PSS at its greatest length; RFC 9421 section 3.3.1 says 64.
    if (alg === 'rsa-pss-sha512') key.sign = (data) => Promise.resolve(pssSign(signer, data))
    const bare = signedRequest(consumer)
    const { headers } = unsigned(bare)
    const fields = ['@method', '@path', '@query', 'content-digest', 'x-road-client', 'x-road-id']
    const signed = await httpbis.signMessage(
      { key, fields: [...fields, 'sluice-mode'] },
      { method: bare.method, url: bare.url, headers: { ...headers } },
    )
    const request = { ...bare, headers: signed.headers as Record<string, string> }
    expect(await verdictOf(authenticateWith([signer]), request)).toBe('accepted')
  })
})

function pssSign({ privateKey: key }: TestSigner, data: Buffer): Buffer {
  const padding = constants.RSA_PKCS1_PSS_PADDING
  return sign('sha512', data, { key, padding, saltLength: 64 })
}

function opensslCase(
  keyType: KeyType,
  spki: string,
  signature: string,
  now: Date,
): Parameters<typeof verdictOf> {
  const { method, url, payload, contentDigest, keyId, signatureParameters } = opensslRequest
  const key = { key: Buffer.from(spki, 'base64'), format: 'der', type: 'spki' } as const
  const signer = { ...consumer, keyType, publicKey: createPublicKey(key), thumbprint: keyId }
  const headers = {
    'X-Road-Client': consumerId,
    'X-Road-Id': 'sorgu-1',
    'Content-Digest': contentDigest,
    'Signature-Input': `openssl=${signatureParameters};keyid="${keyId}"`,
    Signature: `openssl=:${signature}:`,
  }
  return [authenticateWith([signer], () => now), { method, url, payload, headers }]
}

describe('authenticate: strangers cannot make the bus hold payloads', () => {
  it.each([
    ['unsigned', (r: TestRequest) => ({ ...r, headers: { 'X-Road-Client': consumerId } })],
    ['wrongly signed', (r: TestRequest) => ({ ...r, method: 'PUT' })],
    [
      'of another sender',
      () =>
        signedRequest(consumer, {
          headers: { 'X-Road-Client': 'AZ/GOV/DSMF/PENSIYA', 'X-Road-Id': '1' },
        }),
    ],
  ])('does not read the payload of a request %s', async (_what, change) => {
    const content = contentOf(change(signedRequest(consumer)))
    await expect(authenticate(received(content))).rejects.toThrow(Fault)
    expect(content.readFor).toEqual([])
  })

  it('says for whom it reads, so that what is held counts to the signer', async () => {
    const content = contentOf(signedRequest(consumer))
    await authenticate(received(content))
    expect(content.readFor).toEqual([consumerId])
  })

  it('reads no more than the service of the envelope takes', async () => {
    const request = signedRequest(consumer, { payload: Buffer.alloc(payloadBytesMax + 1) })
    expect(await verdictOf(authenticate, request)).toBe('PAYLOAD_TOO_LARGE')
  })
})
