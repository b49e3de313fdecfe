import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { anyCharacter } from '../../test/support/any-character.js'
import { createHash, createSecretKey } from 'node:crypto'
import {
  sampleIdentified,
  sampleReceived,
  sampleSigned,
  sampleValidated,
} from '../../test/support/sample-exchange.js'
import { canonicalJson } from '../canonical-json.js'
import { Fault } from '../exchange/fault.js'
import { decodeEntry, encodeEntry, type EntryFields } from './entry.js'
import { refusalEntry, requestEntry } from './exchange-entry.js'
import { pseudonymOf } from './pseudonym.js'

const context = {
  recordedAt: new Date('2026-11-23T08:00:00.123Z'),
  pseudonymKey: createSecretKey(Buffer.alloc(32, 9)),
  payloadDigest: 'd'.repeat(43),
  headDigest: 'h'.repeat(43),
  sealedPayloadDigest: 's'.repeat(43),
}

const nothingKept = {
  payloadDigest: undefined,
  headDigest: undefined,
  sealedPayloadDigest: undefined,
}

describe('entries of exchanges (evidence.md §1)', () => {
  it('hold a leaf hash after RFC 9162 §2.1.1', () => {
    // SHA-256 of 0x00 and the canonical bytes, computed with sha256sum.
    const { bytes, leafHash } = encodeEntry({
      format: 1,
      kind: 'refusal',
      exchangeId: 'x',
      recordedAt: 't',
    })
    expect(Buffer.from(bytes).toString()).toBe(
      '{"exchangeId":"x","format":1,"kind":"refusal","recordedAt":"t"}',
    )
    expect(leafHash.toString('hex')).toBe(
      'b18f69251d026b828aa13b127f86699dc32028b63dabd6adaa3c244e00cc2d2a',
    )
  })

  it('are canonical JSON, whatever of them is there (RFC 8785)', () => {
    const text = fc.option(fc.string({ unit: anyCharacter }), { nil: undefined })
    const record = fc.record(
      {
        subjectPseudonym: text,
        answeredAt: text,
        kind: text,
        messageId: text,
        payloadBytes: fc.nat(),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(record, (fields) => {
        const { bytes } = encodeEntry(fields as EntryFields)
        expect(Buffer.from(bytes).toString()).toBe(canonicalJson(fields))
      }),
    )
  })

  it.each([null, {}, true, 0.5])('are refused where a field is %p', (value) => {
    const fields = { kind: value } as unknown as EntryFields
    expect(() => encodeEntry(fields)).toThrow(RangeError)
  })

  it('have their members in the order of their names, all that there can be', () => {
    const everything = new Proxy({} as EntryFields, { get: (_, name) => name })
    const members = Object.entries(decodeEntry(encodeEntry(everything).bytes))
    const names = members.map(([name]) => name)
    expect(names).toContain('subjectPseudonym')
    expect(names).toEqual(names.toSorted())
    for (const [name, value] of members) expect(value).toBe(name)
  })

  it('tell of a request everything but its content and its persons', () => {
    const validated = sampleValidated({
      envelope: { userId: '5ABC123', representedParty: '7XYZ890', correlationId: 'case-7' },
    })
    const fields = requestEntry(validated, context)
    expect(fields).toMatchObject({
      kind: 'request',
      consumer: 'AZ/GOV/VN/VSDS',
      consumerIdentity: 'verified',
      service: 'AZ/GOV/DIN/GCQ/finAxtaris/v1',
      purpose: 'vergi yoxlaması',
      rightLegalBasis: 'Sərəncam 5',
      correlationId: 'case-7',
      recordedAt: '2026-11-23T08:00:00.123Z',
    })
    const text = Buffer.from(encodeEntry(fields).bytes).toString()
    expect(text).not.toMatch(/5ABC123|7XYZ890|Aygün/)
    expect(decodeEntry(Buffer.from(text))).toEqual(JSON.parse(JSON.stringify(fields)))
  })

  it('name no party of a message that nobody was proved to have sent', () => {
    const fields = refusalEntry(new Fault('SIGNATURE_MISSING'), sampleReceived(), context)
    expect(fields).toMatchObject({
      kind: 'refusal',
      outcome: 'SIGNATURE_MISSING',
      faultSide: 'consumer',
      consumerIdentity: 'none',
      remoteAddress: '10.0.0.7',
    })
    expect(fields.consumer).toBeUndefined()
    expect(fields.messageId).toBeUndefined()
  })

  it('tell of a signed head which certificate signed it, and of no sender it names', () => {
    const kept = { ...context, ...nothingKept }
    const fields = refusalEntry(new Fault('CERT_SENDER_MISMATCH'), sampleSigned(), kept)
    expect(JSON.parse(JSON.stringify(fields))).toEqual({
      format: 2,
      kind: 'refusal',
      exchangeId: fields.exchangeId,
      recordedAt: '2026-11-23T08:00:00.123Z',
      receivedAt: fields.receivedAt,
      outcome: 'CERT_SENDER_MISMATCH',
      faultSide: 'consumer',
      consumerIdentity: 'signed',
      consumerProtocol: 'rest',
      remoteAddress: '10.0.0.7',
      consumerCertificate: 'c'.repeat(43),
      consumerCertificateSerial: '0a1b2c',
      consumerSignatureDigest: createHash('sha256').update(Buffer.alloc(64, 7)).digest('base64url'),
    })
  })

  it('tell of a verified head who asks for what, and nothing of a payload that was not verified', () => {
    const identified = sampleIdentified({ messageId: 'sorgu-7', envelope: { userId: '5ABC123' } })
    const fault = new Fault('SIGNATURE_INVALID', { field: 'content-digest' })
    const kept = { ...context, ...nothingKept }
    const fields = refusalEntry(fault, identified, kept, { domain: 'MURACIET' })
    expect(fields).toMatchObject({
      consumerIdentity: 'verified',
      consumer: 'AZ/GOV/VN/VSDS',
      service: 'AZ/GOV/DIN/GCQ/finAxtaris/v1',
      // The registry's word, whatever the request states.
      domain: 'MURACIET',
      messageId: 'sorgu-7',
      consumerCertificate: 'c'.repeat(43),
      subjectPseudonym: pseudonymOf('subject', '5ABC123', context.pseudonymKey),
    })
    expect([fields.payloadBytes, fields.payloadDigest]).toEqual([undefined, undefined])
  })

  it('give a person one pseudonym, another in another role and under another key', () => {
    const otherKey = createSecretKey(Buffer.alloc(32, 8))
    const one = pseudonymOf('subject', '5ABC123', context.pseudonymKey)
    expect(pseudonymOf('subject', '5ABC123', context.pseudonymKey)).toBe(one)
    expect(pseudonymOf('subject', '5ABC124', context.pseudonymKey)).not.toBe(one)
    expect(pseudonymOf('party', '5ABC123', context.pseudonymKey)).not.toBe(one)
    expect(pseudonymOf('subject', '5ABC123', otherKey)).not.toBe(one)
    expect(pseudonymOf('subject', undefined, context.pseudonymKey)).toBeUndefined()
  })
})
