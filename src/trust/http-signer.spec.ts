import { createVerifier, httpbis } from 'http-message-signatures'
import { describe, expect, it } from '@jest/globals'
import {
  contentOf,
  directoryOf,
  fiveMinutesMs,
  signedRequest,
  testSigner,
  testUrl,
  type TestRequest,
} from '../../test/support/signing.js'
import { Fault } from '../exchange/fault.js'
import { algorithmFor, type KeyType } from './http-signature/algorithms.js'
import { rawHeadersOf, verifyReply } from './http-signature/client.js'
import { sha256Of } from './http-signature/content-digest.js'
import { HeaderFields } from './http-signature/header-fields.js'
import { readSignatures } from './http-signature/signature-fields.js'
import { verifyRequestHead } from './http-signature/verify-request.js'
import { createHttpSigner } from './http-signer.js'

const consumer = testSigner('rsa')
const payload = Buffer.from('{"cavab":"Şəki"}')
const rules = { signers: directoryOf(consumer), now: () => new Date(), freshnessMs: fiveMinutesMs }
const keyTypes: KeyType[] = ['p256', 'p384', 'rsa', 'ed25519']

function busWith(keyType: KeyType = 'p256') {
  const bus = testSigner(keyType, 'AZ/GOV/OPERATOR/BUS')
  const { privateKey, thumbprint: certificateThumbprint } = bus
  return {
    bus,
    signer: createHttpSigner({ privateKey, certificateThumbprint, now: () => new Date() }),
  }
}

function asRecord(rawHeaders: readonly string[]): Record<string, string> {
  const record: Record<string, string> = {}
  for (let at = 0; at < rawHeaders.length; at += 2) record[rawHeaders[at]!] = rawHeaders[at + 1]!
  return record
}

describe('the signer of the bus', () => {
  it('refuses a key that no accepted algorithm takes', () => {
    const { privateKey } = testSigner()
    const settings = { certificateThumbprint: 'x', now: () => new Date() }
    const odd = Object.create(privateKey, {
      asymmetricKeyType: { value: 'dsa' },
    }) as typeof privateKey
    expect(() => createHttpSigner({ ...settings, privateKey: odd })).toThrow(Fault)
  })
})

describe('deliveries, protocols section 5', () => {
  const request = signedRequest(consumer)
  const targetUri = 'https://provider.example/api/finAxtaris?fin=5XY7K2A'
  const delivery = {
    method: 'POST',
    targetUri,
    rawHeaders: rawHeadersOf(request.headers),
    cover: ['X-Road-Client', 'x-road-id', 'x-absent', '@method'],
    payloadSha256: sha256Of(request.payload),
    hasPayload: true,
  }

  it.each(keyTypes)('are verified by http-message-signatures, key %s', async (keyType) => {
    const { bus, signer } = busWith(keyType)
    const headers = { ...request.headers, ...asRecord(signer.signDelivery(delivery)) }
    const alg = algorithmFor(keyType, undefined)
    // It knows no parameter `key` of a component it did not make, so both signatures are looked up.
    const result = await httpbis.verifyMessage(
      {
        keyLookup: ({ keyid }) =>
          Promise.resolve(
            keyid === bus.thumbprint
              ? { id: keyid, algs: [alg], verify: createVerifier(bus.publicKey, alg) }
              : null,
          ),
      },
      { method: 'POST', url: targetUri, headers: lowerCase(headers) },
    )
    expect(result).toBe(true)
  })

  it("keep the consumer's members to the letter, in front of ours, and cover them by label", () => {
    const { bus, signer } = busWith()
    const added = asRecord(signer.signDelivery(delivery))
    expect(added['Signature']).toMatch(new RegExp(`^consumer=:[^:]+:, sluice=:[^:]+:$`))
    expect(added['Signature']!.startsWith(`${request.headers['Signature']!}, `)).toBe(true)
    expect(added['Signature-Input']!.startsWith(`${request.headers['Signature-Input']!}, `)).toBe(
      true,
    )
    const fields = new HeaderFields(rawHeadersOf(added))
    const ours = readSignatures(fields).find(({ label }) => label === 'sluice')
    expect(ours?.keyId).toBe(bus.thumbprint)
    expect(ours?.components.map(({ identifier }) => identifier)).toEqual([
      '"@method"',
      '"@target-uri"',
      '"content-digest"',
      '"x-road-client"',
      '"x-road-id"',
      '"signature";key="consumer"',
    ])
  })

  it('say the same of a request that was verified, and go by the fields that are delivered', () => {
    const { signer } = busWith()
    const verifiedBy = (content: TestRequest): object =>
      verifyRequestHead(contentOf(content), rules).head
    const inputOf = (verified: object | undefined): string | undefined =>
      asRecord(signer.signDelivery({ ...delivery, verified }))['Signature-Input']
    const unread = inputOf(undefined)?.replace(/created=\d+/g, '')
    expect(inputOf(verifiedBy(request))?.replace(/created=\d+/g, '')).toBe(unread)
    const other = signedRequest(consumer, { label: 'other' })
    expect(inputOf(verifiedBy(other))?.replace(/created=\d+/g, '')).toBe(unread)
    expect(inputOf({})?.replace(/created=\d+/g, '')).toBe(unread)
  })

  it('add Content-Digest to a payload that has none, and nothing to no payload', () => {
    const { signer } = busWith()
    const bare = { ...delivery, rawHeaders: ['X-Road-Id', '1'] }
    expect(signer.signDelivery(bare).slice(0, 2)).toEqual([
      'Content-Digest',
      `sha-256=:${sha256Of(request.payload).toString('base64')}:`,
    ])
    const added = asRecord(signer.signDelivery({ ...bare, hasPayload: false }))
    expect(Object.keys(added)).toEqual(['Signature-Input', 'Signature'])
    expect(added['Signature-Input']).toMatch(/^sluice=\("@method" "@target-uri" "x-road-id"\);/)
  })

  it('refuse a signature labelled as ours that is there already', () => {
    const { signer } = busWith()
    const rawHeaders = ['Signature', 'sluice=:AA==:', 'Signature-Input', 'sluice=()']
    expect(() => signer.signDelivery({ ...delivery, rawHeaders })).toThrow(/labelled sluice/)
  })
})

describe('replies, protocols section 2', () => {
  const request = signedRequest(consumer)
  const rawHeaders = ['Content-Type', 'application/json', 'X-Road-Id', 'sorgu-1']
  const reply = {
    status: 200,
    rawHeaders,
    cover: ['content-type', 'x-road-id'],
    payload,
    request: contentOf(request),
    requestLabel: 'consumer',
  }

  function verified(
    { bus, signer }: ReturnType<typeof busWith>,
    changes: Partial<Parameters<typeof verifyReply>[0]> = {},
    signed: Partial<typeof reply> | { requestLabel: undefined; status: number } = {},
  ) {
    const toSign = { ...reply, ...signed }
    return verifyReply({
      status: toSign.status,
      rawHeaders: [...rawHeaders, ...signer.signReply(toSign)],
      payload,
      request,
      publicKey: bus.publicKey,
      certificateThumbprint: bus.thumbprint,
      ...changes,
    })
  }

  it.each(keyTypes)('are verified by the consumer, key %s', (keyType) => {
    const result = verified(busWith(keyType))
    expect(result).toMatchObject({ status: 200, boundToRequest: true })
    expect(result.header('x-road-id')).toBe('sorgu-1')
    expect(result.header('signature')).toBeUndefined()
  })

  it.each(keyTypes)('are verified by http-message-signatures, key %s', async (keyType) => {
    const { bus, signer } = busWith(keyType)
    const headers = asRecord([...rawHeaders, ...signer.signReply(reply)])
    const alg = algorithmFor(keyType, undefined)
    const key = { id: bus.thumbprint, algs: [alg], verify: createVerifier(bus.publicKey, alg) }
    const result = await httpbis.verifyMessage(
      { keyLookup: () => Promise.resolve(key), requiredFields: ['@status', 'content-digest'] },
      { status: 200, headers: lowerCase(headers) },
      { method: request.method, url: testUrl, headers: lowerCase(request.headers) },
    )
    expect(result).toBe(true)
  })

  it('cover an empty payload too', () => {
    const { signer } = busWith()
    const added = asRecord(signer.signReply({ ...reply, payload: Buffer.alloc(0) }))
    expect(added['Content-Digest']).toBe('sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:')
  })

  it('to a request that was not verified are bound to none, which only a refusal may be', () => {
    const refused = { requestLabel: undefined, status: 401 }
    expect(verified(busWith(), {}, refused)).toMatchObject({ boundToRequest: false })
    expect(() => verified(busWith(), {}, { requestLabel: undefined, status: 200 })).toThrow(
      /does not cover the signature of the request/,
    )
  })

  it.each([
    ['another status', { status: 201 }, /does not fit/],
    ['another payload', { payload: Buffer.from('{}') }, /Content-Digest/],
    [
      'the answer to another request',
      { request: signedRequest(consumer, { url: `${testUrl}0` }) },
      /does not fit/,
    ],
    ['another certificate', { certificateThumbprint: consumer.thumbprint }, /another certificate/],
    ['no signature', { rawHeaders }, /SIGNATURE_MISSING/],
    ['an old answer', { now: new Date(Date.now() + fiveMinutesMs * 2) }, /CLOCK_SKEW/],
  ])('are refused by the consumer: %s', (_what, changes, message) => {
    expect(() => verified(busWith(), changes)).toThrow(message)
  })
})

// That library compares names as they are written.
function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  )
}

it('directory and signer of these tests agree', () => {
  expect(directoryOf(consumer).key(consumer.thumbprint).publicKey).toBe(consumer.publicKey)
})
