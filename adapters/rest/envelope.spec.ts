import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { anyCharacter } from '../../test/support/any-character.js'
import { Fault } from '../../src/exchange/fault.js'
import type { VerifiedHttpRequest } from '../../src/exchange/http-content.js'
import { readEnvelope } from './envelope.js'

const mandatory = { 'x-road-client': 'AZ/GOV/VN/EVHF', 'x-road-id': 'm-1' }

function verified(
  headers: Readonly<Record<string, string | undefined>>,
  path = '/r1/AZ/GOV/DIN/GCQ/finAxtaris/v1/x',
): VerifiedHttpRequest {
  return {
    format: 'http',
    method: 'GET',
    path,
    query: undefined,
    header: (name) => headers[name],
    payload: new Uint8Array(),
    payloadSha256: new Uint8Array(32),
    signature: { label: 'c', keyId: 'k', created: new Date(), value: new Uint8Array() },
  }
}

const read = (headers: Readonly<Record<string, string | undefined>>) =>
  readEnvelope(verified({ ...mandatory, ...headers }))

describe('the envelope in header fields (X-Road REST v1 §4.3, protocols §2)', () => {
  it('needs only X-Road-Client and X-Road-Id', () => {
    expect(readEnvelope(verified(mandatory))).toEqual({
      consumer: 'AZ/GOV/VN/EVHF',
      serviceCode: 'AZ/GOV/DIN/GCQ/finAxtaris',
      version: 'v1',
      messageId: 'm-1',
      domain: undefined,
      mode: undefined,
      purpose: undefined,
      legalBasis: undefined,
      caseNumber: undefined,
      userId: undefined,
      representedParty: undefined,
      correlationId: undefined,
      classification: undefined,
    })
  })

  it('reads every field; texts are percent-encoded UTF-8, plain ASCII passes too', () => {
    expect(
      read({
        'x-road-client': 'AZ/GOV/VN/%C6%8FVHF',
        'x-road-userid': 'AZ0TEST01',
        'x-road-issue': '2013/02-45',
        'x-road-represented-party': 'COM/9900000001',
        'sluice-domain': 'PORTAL',
        'sluice-mode': 'body',
        'sluice-purpose': encodeURIComponent('Vətəndaşın qeydiyyatı'),
        'sluice-legal-basis': 'Law 123, article 4 (50% rule is %25)'.replace('50% rule', 'rule'),
        'sluice-correlation-id': '5f%2F',
        'sluice-classification': 'open',
        'sluice-assertion': 'aGVhZA.Y2xhaW1z.c2ln',
      }),
    ).toMatchObject({
      consumer: 'AZ/GOV/VN/ƏVHF',
      userId: 'AZ0TEST01',
      caseNumber: '2013/02-45',
      representedParty: 'COM/9900000001',
      domain: 'PORTAL',
      mode: 'body',
      purpose: 'Vətəndaşın qeydiyyatı',
      legalBasis: 'Law 123, article 4 (rule is %)',
      correlationId: '5f%2F',
      classification: 'open',
      assertion: 'aGVhZA.Y2xhaW1z.c2ln',
    })
  })

  it.each([
    ['Sluice-Assertion', ''],
    ['Sluice-Assertion', 'x'.repeat(4_097)],
    ['X-Road-Client', undefined],
    ['X-Road-Client', ''],
    ['X-Road-Client', 'AZ/GOV/VN'],
    ['X-Road-Client', 'AZ/GOV/VN/EVHF/x'],
    ['X-Road-Client', 'AZ/GOV/VN%2FEVHF'],
    ['X-Road-Client', 'AZ/GOV/VN/EVHF, AZ/GOV/VN/EVHF'],
    ['X-Road-Client', 'AZ/GOV/VN/%E'],
    ['X-Road-Client', 'AZ/GOV/VN/\u00c6'],
    ['X-Road-Id', undefined],
    ['X-Road-Id', ''],
    ['X-Road-Id', 'a'.repeat(101)],
    ['X-Road-Id', 'm\t1'],
    ['X-Road-Id', 'm\u00e91'],
    ['X-Road-Issue', 'a'.repeat(101)],
    ['X-Road-UserId', '%0A'],
    ['X-Road-Represented-Party', 'A/B/C'],
    ['X-Road-Represented-Party', 'A%2FB'],
    ['X-Road-Represented-Party', ''],
    ['Sluice-Domain', 'a b'],
    ['Sluice-Domain', 'a'.repeat(65)],
    ['Sluice-Mode', 'User'],
    ['Sluice-Purpose', '%zz'],
    ['Sluice-Purpose', '%C9'],
    ['Sluice-Purpose', '%ED%A0%80'],
    ['Sluice-Purpose', ' x'],
    ['Sluice-Purpose', ''],
    ['Sluice-Legal-Basis', 'a'.repeat(501)],
    ['Sluice-Legal-Basis', 'a%E2%80%AEb'],
    ['Sluice-Legal-Basis', 'a%E2%80%8Bb'],
    ['Sluice-Correlation-Id', 'a'.repeat(101)],
    ['Sluice-Classification', '<b>'],
  ])('%s: %p is refused by name', (field, value) => {
    expect(() => read({ [field.toLowerCase()]: value })).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID', field }),
    )
  })

  it('500 characters of Azerbaijani text are not too long', () => {
    const text = 'ə'.repeat(500)
    expect(read({ 'sluice-purpose': encodeURIComponent(text) }).purpose).toBe(text)
  })

  it('any bytes in any field are read or refused, never anything else', () => {
    const names = [
      ...['x-road-client', 'x-road-id', 'x-road-userid', 'x-road-issue', 'sluice-domain'],
      ...['x-road-represented-party', 'sluice-mode', 'sluice-purpose', 'sluice-legal-basis'],
    ]
    const value = fc.oneof(
      fc.string({ unit: anyCharacter }),
      fc
        .array(fc.constantFrom('%', '%C9', '%99', '/', 'AZ', 'GOV', 'ə', '\0', ' '))
        .map((all) => all.join('')),
    )
    fc.assert(
      fc.property(fc.constantFrom(...names), value, (name, text) => {
        try {
          expect(read({ [name]: text }).consumer).toMatch(/^[^/]+\/GOV\/[^/]+\/[^/]+$/)
        } catch (error) {
          expect(error).toBeInstanceOf(Fault)
          expect((error as Fault).field?.toLowerCase()).toBe(name)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
