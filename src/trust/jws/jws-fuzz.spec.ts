import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { anyCharacter } from '../../../test/support/any-character.js'
import { mqRequest, mqRequestContent, signMqHeader } from '../../../test/support/mq-signing.js'
import { directoryOf, fiveMinutesMs, testSigner } from '../../../test/support/signing.js'
import { Fault, type FaultCode } from '../../exchange/fault.js'
import type { MqRequestContent } from '../../exchange/mq-content.js'
import { mqHeadBytes, MqHeadError, readMqHead } from '../../mq-head.js'
import { verifyMqHead } from './verify-request.js'

const signer = testSigner('ed25519')
const message = mqRequest(signer)
const content = mqRequestContent(message)
const rules = { signers: directoryOf(signer), now: () => new Date(), freshnessMs: fiveMinutesMs }

// Everything that the verifier may say; another error, or another code, is a hole.
const expectedCodes: readonly FaultCode[] = [
  ...(['SIGNATURE_INVALID', 'REQUEST_INVALID', 'ALGORITHM_FORBIDDEN'] as const),
  ...(['CLOCK_SKEW', 'CERT_UNKNOWN', 'CERT_SENDER_MISMATCH'] as const),
]

function verdict(changed: Partial<MqRequestContent>): FaultCode | 'accepted' {
  try {
    verifyMqHead({ ...content, ...changed }, rules).head.withPayload(1_000)
    return 'accepted'
  } catch (error) {
    if (error instanceof Fault && expectedCodes.includes(error.code)) return error.code
    throw error
  }
}

const headerText = Buffer.from(message.signature.split('.')[0] ?? '', 'base64url').toString()
const fragments = fc.constantFrom(
  ...['{', '}', '[', ']', '"', ',', ':', '.', '..', ' ', '=', '\\', '\\u0000', '\\ud800', 'null'],
  ...['"alg":"none"', '"alg":"HS256",', '"b64":true,', '"crit":[]', '"kid":"x",', '"jwk":{},'],
  ...['"__proto__":{},', '"env":{}', '"iat":1e3', '-1', '1.5', 'sluice-answer+jws', 'ə', '\ufeff'],
)

/** A text with some stretches of it cut out, replaced or doubled. */
function mutated(text: string): fc.Arbitrary<string> {
  const at = fc.nat(text.length)
  const piece = fc.oneof(
    fragments,
    fc.string({ maxLength: 8 }),
    fc.tuple(at, at).map(([a, b]) => text.slice(a, b)),
  )
  const edit = fc.tuple(at, fc.nat(8), piece)
  return fc
    .array(edit, { minLength: 1, maxLength: 4 })
    .map((edits) =>
      edits.reduce(
        (now, [from, cut, put]) => now.slice(0, from) + put + now.slice(from + cut),
        text,
      ),
    )
}

describe('fuzzing the signature of a message', () => {
  it('begins from one that is accepted', () => {
    expect(verdict({})).toBe('accepted')
  })

  it('any text meets a fault of the list', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: anyCharacter })), (signature) => {
        expect(verdict({ signature })).not.toBe('accepted')
      }),
      { numRuns: 2_000 },
    )
  })

  it('changed, it is refused', () => {
    fc.assert(
      fc.property(mutated(message.signature), (signature) => {
        if (signature === message.signature) return
        expect(verdict({ signature })).not.toBe('accepted')
      }),
      { numRuns: 3_000 },
    )
  })

  it('with a header of any kind that was really signed, it is accepted or meets a fault of the list', () => {
    fc.assert(
      fc.property(fc.oneof(mutated(headerText), fc.json()), (header) => {
        const signature = signMqHeader(signer, header, message.payload)
        const said = verdict({ signature })
        if (said === 'accepted') {
          const read = JSON.parse(header) as { alg: string; typ: string; b64: boolean }
          expect(read).toMatchObject({ alg: 'EdDSA', b64: false, typ: 'sluice-request+jws' })
        }
      }),
      { numRuns: 3_000 },
    )
  })

  it('beside any properties and headers meets a fault of the list, or they say the same', () => {
    const value = fc.oneof(fc.string(), fc.integer(), fc.double(), fc.boolean())
    const name = fc.oneof(
      fc.constantFrom('sluice-id', 'sluice-client', 'Sluice-Id', 'sluice-signature', '__proto__'),
      fc.string({ maxLength: 12 }),
    )
    const properties = fc.record(
      {
        contentType: fc.string(),
        messageId: fc.constantFrom('sorgu-1', 'x'),
        correlationId: fc.string(),
        replyTo: fc.string(),
        type: fc.string(),
        headers: fc.dictionary(name, value, { maxKeys: 4 }),
      },
      { requiredKeys: ['headers'] },
    )
    fc.assert(
      fc.property(properties, (given) => {
        if (verdict({ properties: given }) !== 'accepted') return
        const { headers, contentType = 'application/json', messageId = 'sorgu-1' } = given
        expect([contentType, messageId]).toEqual(['application/json', 'sorgu-1'])
        expect(headers['sluice-id'] ?? 'sorgu-1').toBe('sorgu-1')
        expect(Object.keys(headers)).not.toContain('Sluice-Id')
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('the head as it is kept', () => {
  const value = fc.oneof(fc.string(), fc.integer(), fc.double(), fc.boolean())
  const properties = fc.record(
    {
      contentType: fc.string(),
      messageId: fc.string(),
      correlationId: fc.string(),
      replyTo: fc.string(),
      type: fc.string(),
      headers: fc.dictionary(fc.string(), value),
    },
    { requiredKeys: ['headers'] },
  )

  it('is read as it was written', () => {
    fc.assert(
      fc.property(properties, (given) => {
        const bytes = mqHeadBytes(given)
        expect(mqHeadBytes(readMqHead(bytes))).toEqual(bytes)
      }),
    )
  })

  it('is nothing else', () => {
    const bytes = mqHeadBytes(message.properties).toString()
    const anything = fc.oneof(fc.string(), fc.json(), mutated(bytes))
    fc.assert(
      fc.property(anything, (text) => {
        try {
          expect(mqHeadBytes(readMqHead(Buffer.from(text))).toString()).toBe(text)
        } catch (error) {
          expect(error).toBeInstanceOf(MqHeadError)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
