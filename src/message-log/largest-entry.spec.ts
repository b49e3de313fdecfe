import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { createSecretKey } from 'node:crypto'
import {
  sampleAccepted,
  sampleReceived,
  sampleSigned,
  sampleValidated,
} from '../../test/support/sample-exchange.js'
import {
  consumerValue,
  partyValue,
  printableValue,
  textValue,
  tokenValue,
} from '../exchange/envelope-values.js'
import type { Envelope } from '../exchange/envelope.js'
import type { LoggedRequest, ValidatedRequest } from '../exchange/exchange.js'
import { Fault } from '../exchange/fault.js'
import { parseServiceCode, parseServiceId, parseSubsystemId } from '../exchange/identifier.js'
import { messageIdCharsMax, textCharsMax, tokenCharsMax } from '../limits/http.js'
import { faultFieldCharsMax } from '../limits/message-log.js'
import { subjectLimits } from '../limits/persons.js'
import { declarationTextCharsMax } from '../limits/registry.js'
import { bundleEntryBytesMax } from '../limits/transparency.js'
import { encodeEntry, type EntryFields } from './entry.js'
import { refusalEntry, replyEntry, requestEntry, unresolvedEntry } from './exchange-entry.js'

const digest = 'd'.repeat(43)
const context = {
  recordedAt: new Date('2026-11-23T08:00:00.123Z'),
  pseudonymKey: createSecretKey(Buffer.alloc(32, 9)),
  payloadDigest: digest,
  headDigest: digest,
  sealedPayloadDigest: digest,
}

/** A character that takes the most bytes for one UTF-16 code unit, and those that are written with an escape. */
const wide = fc.constantFrom('ə', '語', '"', '\\', '字')
const wideText = (chars: number): fc.Arbitrary<string> =>
  fc.array(wide, { minLength: chars, maxLength: chars }).map((each) => each.join(''))
const escapes = (chars: number): fc.Arbitrary<string> =>
  fc.constantFrom('"'.repeat(chars), '\\'.repeat(chars))
const segment = fc.constantFrom('語'.repeat(100), '"'.repeat(100), 'ə'.repeat(100))
const member = fc.tuple(segment, segment).map(([one, other]) => `${one}/GOV/${other}`)
const subsystem = fc.tuple(member, segment).map((parts) => parts.join('/'))
const code = fc.tuple(subsystem, segment).map((parts) => parts.join('/'))

/** Every value as long as whoever reads it lets it be. */
const envelope: fc.Arbitrary<Envelope> = fc.record({
  consumer: subsystem.map((text) => consumerValue(text, 'X')),
  serviceCode: code.map(parseServiceCode),
  version: fc.constant('v9999'),
  messageId: escapes(messageIdCharsMax).map((text) => printableValue(text, 'X', messageIdCharsMax)),
  domain: fc.constant(tokenValue('d'.repeat(tokenCharsMax), 'X', tokenCharsMax)),
  mode: fc.constant('user' as const),
  purpose: wideText(textCharsMax).map((text) => textValue(text, 'X', textCharsMax)),
  legalBasis: wideText(textCharsMax).map((text) => textValue(text, 'X', textCharsMax)),
  caseNumber: wideText(messageIdCharsMax).map((text) => textValue(text, 'X', messageIdCharsMax)),
  userId: wideText(messageIdCharsMax).map((text) => textValue(text, 'X', messageIdCharsMax)),
  representedParty: fc.tuple(segment, segment).map((each) => partyValue(each.join('/'), 'X')),
  correlationId: escapes(messageIdCharsMax).map((text) =>
    printableValue(text, 'X', messageIdCharsMax),
  ),
  classification: fc.constant(tokenValue('c'.repeat(tokenCharsMax), 'X', tokenCharsMax)),
})

/** The longest that a declaration may say. */
const route: fc.Arbitrary<
  Pick<ValidatedRequest['route'], 'service' | 'provider' | 'domain' | 'accessRight'>
> = fc.record({
  service: code.map((text) => parseServiceId(`${text}/v9999`)),
  provider: subsystem.map(parseSubsystemId),
  domain: segment,
  accessRight: fc.record({
    id: fc.constant('i'.repeat(64)),
    purpose: wideText(declarationTextCharsMax),
    legalBasis: wideText(declarationTextCharsMax),
    omit: fc.constant([]),
  }),
})

/** As long as a certificate may have it (`certificate.ts`). */
const serialNumber = 'f'.repeat(128)
const remoteAddress = `${'ffff:'.repeat(7)}ffff%${'z'.repeat(64)}`

const request: fc.Arbitrary<ValidatedRequest> = fc
  .record({ envelope, route })
  .map(({ envelope: wish, route: longest }) => {
    const validated = sampleValidated({ envelope: wish })
    return {
      ...validated,
      remoteAddress,
      signer: { ...validated.signer, serialNumber },
      route: { ...validated.route, ...longest },
      user: {
        issuer: wish.consumer,
        assurance: 'code-password',
        identifiers: [{ type: 'fin', value: '0TEST01' }],
        represents: wish.representedParty,
        digest,
      },
      subjects: Array.from({ length: subjectLimits.valuesMax }, () => ({
        type: 'fin' as const,
        value: '0TEST01',
      })),
      contractVersion: 'v'.repeat(100),
    }
  })

/** A field as long as the whole of a message that may name one. */
const faultField = fc.constantFrom('"'.repeat(70_000), '語'.repeat(70_000), 'a'.repeat(70_000))

function bytesOf(fields: EntryFields): number {
  return encodeEntry(fields).bytes.length
}

function loggedOf(validated: ValidatedRequest): LoggedRequest {
  const entry = { leafHash: Buffer.alloc(32), payloadDigest: digest }
  return { ...validated, entry } as unknown as LoggedRequest
}

describe('the largest possible entry', () => {
  it('of each kind fits a bundle of the log, whatever was asked, declared and refused', () => {
    let largest = 0
    fc.assert(
      fc.property(request, faultField, (validated, field) => {
        const logged = loggedOf(validated)
        const answer = sampleAccepted()
        const signer = { ...validated.signer, thumbprint: digest, serialNumber }
        const fault = new Fault('REQUEST_INVALID', { field })
        const asked = requestEntry(validated, context)
        const sizes = [
          asked,
          replyEntry({ ...answer, signer }, logged, context),
          refusalEntry(fault, validated, context, { domain: validated.route.domain }),
          refusalEntry(fault, logged, context, { answer }),
          refusalEntry(fault, sampleReceived(), context),
          refusalEntry(fault, sampleSigned(), context),
          unresolvedEntry(asked, Buffer.alloc(32), context.recordedAt),
        ].map(bytesOf)
        largest = Math.max(largest, ...sizes)
        expect(Math.max(...sizes)).toBeLessThanOrEqual(bundleEntryBytesMax)
      }),
      { numRuns: 50 },
    )
    // The generator does reach for it.
    expect(largest).toBeGreaterThan(10_000)
  })

  it('names a field of a message no longer than a reader wants', () => {
    const fault = new Fault('SIGNATURE_INVALID', { field: 'x'.repeat(20_000) })
    const { faultField: named } = refusalEntry(fault, sampleReceived(), context)
    expect(named).toBe('x'.repeat(faultFieldCharsMax))
  })

  it('is the limit: one byte more is no entry, and nothing is written', () => {
    const like: EntryFields = { format: 2, kind: 'refusal', exchangeId: 'x', recordedAt: 't' }
    const purpose = 'p'.repeat(bundleEntryBytesMax - bytesOf({ ...like, purpose: '' }))
    expect(bytesOf({ ...like, purpose })).toBe(bundleEntryBytesMax)
    expect(() => encodeEntry({ ...like, purpose: `${purpose}p` })).toThrow(RangeError)
  })
})
