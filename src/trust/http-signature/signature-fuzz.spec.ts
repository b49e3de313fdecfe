import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import {
  contentOf,
  directoryOf,
  fiveMinutesMs,
  signedRequest,
  testSigner,
} from '../../../test/support/signing.js'
import type { HttpRequestContent } from '../../exchange/http-content.js'
import { Fault, type FaultCode } from '../../exchange/fault.js'
import { verifyRequestHead } from './verify-request.js'

const signer = testSigner('ed25519')
const request = signedRequest(signer)
const content = contentOf(request)
const rules = { signers: directoryOf(signer), now: () => new Date(), freshnessMs: fiveMinutesMs }

// Everything that the verifier may say; another error, or another code, is a hole.
const expectedCodes: readonly FaultCode[] = [
  'SIGNATURE_MISSING',
  'SIGNATURE_INVALID',
  'REQUEST_INVALID',
  'ALGORITHM_FORBIDDEN',
  'CLOCK_SKEW',
  'CERT_UNKNOWN',
]

function verdict(changed: HttpRequestContent): FaultCode | 'accepted' {
  try {
    const { head } = verifyRequestHead(changed, rules)
    head.withPayload(request.payload)
    return 'accepted'
  } catch (error) {
    if (error instanceof Fault && expectedCodes.includes(error.code)) return error.code
    throw error
  }
}

function withField(name: string, value: string): HttpRequestContent {
  const rawHeaders = content.rawHeaders.slice()
  rawHeaders[rawHeaders.findIndex((field, at) => at % 2 === 0 && field === name) + 1] = value
  return { ...content, rawHeaders }
}

function valueOf(name: string): string {
  return request.headers[name]!
}

// Blanks and leading zeros that the grammar lets be are no part of what is signed.
function meaning(value: string): string {
  return value.replace(/[ \t]/g, '').replace(/=0+(?=\d)/g, '=')
}

const signatureFields = ['Signature-Input', 'Signature', 'Content-Digest']
const latin1 = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((c) => String.fromCharCode(c)),
})
const fragments = fc.constantFrom(
  ...['(', ')', '"', ';', ',', ', ', '=', ':', ' ', 'consumer', 'sluice', '@method', '"@path"'],
  ...['"@query-param";name="fin"', ';req', ';tr', ';bs', ';sf', ';key="a"', 'created=', '1', '-1'],
  ...['keyid=', 'alg=', '"hmac-sha256"', ':AAAA:', '?1', '@1', '1.5', 'sha-256', 'é', '\0'],
)

/** A text with some stretches of it cut out, replaced or doubled. */
function mutated(text: string): fc.Arbitrary<string> {
  const at = fc.nat(text.length)
  const piece = fc.oneof(
    fragments,
    latin1,
    fc.tuple(at, at).map(([a, b]) => text.slice(a, b)),
  )
  return fc
    .array(fc.tuple(at, fc.nat(8), piece), { minLength: 1, maxLength: 4 })
    .map((edits) =>
      edits.reduce(
        (now, [from, cut, put]) => now.slice(0, from) + put + now.slice(from + cut),
        text,
      ),
    )
}

describe('fuzzing the signature fields', () => {
  it('begins from a request that is accepted', () => {
    expect(verdict(content)).toBe('accepted')
  })

  it.each(signatureFields)('%s: arbitrary bytes meet a fault of the list', (name) => {
    fc.assert(
      fc.property(latin1, (value) => {
        expect(verdict(withField(name, value))).not.toBe('accepted')
      }),
      { numRuns: 1500 },
    )
  })

  it.each(signatureFields)('%s: mutated, it is refused or means the same', (name) => {
    const original = meaning(valueOf(name))
    fc.assert(
      fc.property(mutated(valueOf(name)), (value) => {
        if (meaning(value) === original) return
        expect(verdict(withField(name, value))).not.toBe('accepted')
      }),
      { numRuns: 1500 },
    )
  })

  it('any header fields at all meet a fault of the list', () => {
    const name = fc.oneof(
      fc.constantFrom('X-Road-Client', 'X-Road-Id', 'Signature', 'Signature-Input', '__proto__'),
      fc.string({ maxLength: 10 }),
    )
    const field = fc.tuple(name, fc.oneof(latin1, mutated(valueOf('Signature-Input'))))
    fc.assert(
      fc.property(fc.array(field, { maxLength: 8 }), (fields) => {
        expect(verdict({ ...content, rawHeaders: fields.flat() })).not.toBe('accepted')
      }),
      { numRuns: 1500 },
    )
  })
})

describe('a changed covered byte never verifies', () => {
  const other = fc.integer({ min: 1, max: 255 })

  function flipped(text: string, at: number, by: number): string {
    const place = at % text.length
    const char = String.fromCharCode(text.charCodeAt(place) ^ by)
    return text.slice(0, place) + char + text.slice(place + 1)
  }

  it.each([
    'X-Road-Client',
    'X-Road-Id',
    'Sluice-Mode',
    'Content-Type',
    'Content-Digest',
    'Signature',
  ])('in %s', (name) => {
    fc.assert(
      fc.property(fc.nat(), other, (at, by) => {
        const value = flipped(valueOf(name), at, by)
        expect(verdict(withField(name, value))).not.toBe('accepted')
      }),
      { numRuns: 300 },
    )
  })

  it('in method, authority and target', () => {
    const part = fc.constantFrom('method', 'authority', 'target')
    fc.assert(
      fc.property(part, fc.nat(), other, (name, at, by) => {
        expect(verdict({ ...content, [name]: flipped(content[name], at, by) })).not.toBe('accepted')
      }),
      { numRuns: 500 },
    )
  })

  it('in the payload', () => {
    const { head } = verifyRequestHead(content, rules)
    fc.assert(
      fc.property(fc.nat(), other, (at, by) => {
        const payload = Buffer.from(request.payload)
        payload[at % payload.length]! ^= by
        expect(() => head.withPayload(payload)).toThrow(Fault)
      }),
      { numRuns: 300 },
    )
  })
})
