import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { anyCharacter } from '../../test/support/any-character.js'
import { directoryOf, fiveMinutesMs, testSigner } from '../../test/support/signing.js'
import { signAssertion, type AssertionChanges } from '../../test/support/user-assertion.js'
import type { Envelope } from '../exchange/envelope.js'
import type { AuthenticatedRequest } from '../exchange/exchange.js'
import { Fault } from '../exchange/fault.js'
import { parseServiceId } from '../exchange/identifier.js'
import { assertionCharsMax } from '../limits/persons.js'
import { createVerifyEndUser } from './verify-end-user.js'

const client = 'AZ/GOV/RITN/PORTAL'
const service = parseServiceId('AZ/GOV/DIN/GCQ/finAxtaris/v1')
const request = { client, service, messageId: 'sorgu-1' }
const portal = testSigner('p256', client)
const signers = directoryOf(portal)
const verify = createVerifyEndUser({ signers, freshnessMs: fiveMinutesMs })

function requestWith(assertion: string | undefined, rest: Partial<Envelope> = {}) {
  const envelope = { consumer: client, messageId: 'sorgu-1', assertion, ...rest }
  const verified = { signature: { created: new Date() } }
  const content = { format: 'http' }
  return {
    envelope,
    verified,
    content,
    receivedAt: new Date(),
  } as unknown as AuthenticatedRequest
}

/** `field` of the refusal, or `accepted`. */
function verdictOf(assertion: string | undefined, rest: Partial<Envelope> = {}): string {
  try {
    verify(requestWith(assertion, rest), service)
    return 'accepted'
  } catch (error) {
    if (error instanceof Fault && error.code === 'ASSERTION_INVALID') return error.field ?? ''
    throw error
  }
}

const signed = (changes?: AssertionChanges): string => signAssertion(portal, request, changes)
const seconds = Math.floor(Date.now() / 1000)

describe('R-103: the user assertion is signed, fresh and bound to the request', () => {
  it.each(['rsa', 'p256', 'p384', 'ed25519'] as const)('by a key of %s', (keyType) => {
    const issuer = testSigner(keyType, client)
    const verifier = createVerifyEndUser({ signers: directoryOf(issuer), freshnessMs: 1_000 })
    const claims = {
      sub: { telefon: ['+994 (50) 123-45-67'], voen: ['9900000022'], fin: '0test01' },
    }
    const user = verifier(requestWith(signAssertion(issuer, request, { claims })), service)
    expect(user).toMatchObject({
      issuer: client,
      assurance: 'e-signature',
      identifiers: [
        { type: 'fin', value: '0TEST01' },
        { type: 'voen', value: '9900000022' },
        { type: 'telefon', value: '994501234567' },
      ],
    })
    expect(user.digest).toMatch(/^[\w-]{43}$/)
  })

  it('for the service in all its versions', () => {
    const claims = { aud: 'AZ/GOV/DIN/GCQ/finAxtaris' }
    expect(verdictOf(signed({ claims }))).toBe('accepted')
  })

  it.each<[string, string, AssertionChanges['claims']]>([
    ['another request', 'mid', { mid: 'sorgu-2' }],
    ['another service', 'aud', { aud: 'AZ/GOV/DIN/GCQ/qeyd/v1' }],
    ['another version', 'aud', { aud: 'AZ/GOV/DIN/GCQ/finAxtaris/v2' }],
    ['another system', 'client', { client: 'AZ/GOV/VN/SC' }],
    ['an issuer that did not sign it', 'iss', { iss: 'AZ/GOV/VN/SC' }],
    ['a time that is over', 'exp', { iat: seconds - 500, exp: seconds - 301 }],
    ['a time to come', 'iat', { iat: seconds + 400, exp: seconds + 500 }],
    ['a longer time than there is', 'exp', { exp: seconds + 400 }],
    ['no time at all', 'exp', { exp: seconds - 1, iat: seconds }],
    ['seconds in a fraction', 'iat', { iat: seconds + 0.5 }],
    ['seconds in a text', 'iat', { iat: String(seconds) }],
    ['no message id', 'mid', { mid: undefined }],
    ['no id of its own', 'jti', { jti: undefined }],
    ['no assurance', 'acr', { acr: undefined }],
    ['an assurance of its own', 'acr', { acr: 'biometry' }],
    ['nobody', 'sub', { sub: {} }],
    ['a text', 'sub', { sub: '0TEST01' }],
    ['somebody known otherwise', 'sub', { sub: { fin: '0TEST01', passport: 'AA1' } }],
    ['a FIN with a space', 'sub.fin', { sub: { fin: '0TEST01 ' } }],
    ['a FIN with a letter that looks alike', 'sub.fin', { sub: { fin: '0TEST0ı' } }],
    ['several FIN', 'sub.fin', { sub: { fin: ['0TEST01', '0TEST02'] } }],
    ['a VÖEN that is no list', 'sub.voen', { sub: { voen: '9900000022' } }],
    ['the same VÖEN twice', 'sub.voen', { sub: { voen: ['9900000022', '9900000022'] } }],
    ['a telephone of letters', 'sub.telefon', { sub: { telefon: ['CALLME'] } }],
    ['a member more', 'assertion', { nonce: 'x' }],
    ['a party of three parts', 'represents', { represents: 'a/b/c' }],
  ])('not for %s', (_what, field, claims) => {
    expect(verdictOf(signed({ claims }))).toBe(field)
  })

  it.each<[string, string, AssertionChanges['header']]>([
    ['no signature', 'alg', { alg: 'none' }],
    ['HMAC', 'alg', { alg: 'HS256' }],
    ['an algorithm that the key does not take', 'assertion', { alg: 'RS256' }],
    ['the type of a receipt', 'typ', { typ: 'sluice-receipt+jwt' }],
    ['a key of its own', 'assertion', { jwk: {} }],
    ['an extension', 'assertion', { crit: ['exp'] }],
    ['an unknown certificate', 'x5t#S256', { 'x5t#S256': 'A'.repeat(43) }],
    ['no certificate', 'x5t#S256', { 'x5t#S256': undefined }],
  ])('not with %s in its header', (_what, field, header) => {
    expect(verdictOf(signed({ header }))).toBe(field)
  })

  it('not with the FIN inside changed, nor with a name twice', () => {
    const [header, payload = '', signature] = signed().split('.')
    const text = Buffer.from(payload, 'base64url').toString()
    const changed = Buffer.from(text.replace('0TEST01', '0TEST02')).toString('base64url')
    expect(verdictOf(`${header}.${changed}.${signature}`)).toBe('assertion')
    const twice = text.replace('"sub":', '"sub":{"fin":"0TEST02"},"sub":')
    expect(verdictOf(signed({ payload: twice }))).toBe('assertion')
  })

  it('not where there is none, and not of any length', () => {
    expect(verdictOf(undefined)).toBe('assertion')
    expect(verdictOf('x'.repeat(assertionCharsMax + 1))).toBe('assertion')
  })

  it('not by an issuer whose certificate was revoked', () => {
    const revoked = createVerifyEndUser({
      signers: {
        ...signers,
        checkCertificate: () => {
          throw new Fault('CERT_REVOKED')
        },
      },
      freshnessMs: fiveMinutesMs,
    })
    expect(() => revoked(requestWith(signed()), service)).toThrow(
      /issuer is not good: CERT_REVOKED/,
    )
  })

  it('a request that states its user, too, states the same one', () => {
    expect(verdictOf(signed(), { userId: '0TEST01' })).toBe('accepted')
    expect(verdictOf(signed(), { userId: 'AZ0TEST01' })).toBe('accepted')
    expect(verdictOf(signed(), { userId: '0TEST02' })).toBe('userId')
    expect(verdictOf(signed(), { userId: 'EE0TEST01' })).toBe('userId')
    const represents = 'COM/9900000022'
    expect(verdictOf(signed({ claims: { represents } }), { representedParty: represents })).toBe(
      'accepted',
    )
    expect(verdictOf(signed(), { representedParty: represents })).toBe('representedParty')
  })

  it('a message that is delivered later is judged by when it came', () => {
    const claims = { iat: seconds - 3_600, exp: seconds - 3_500 }
    const came = {
      ...requestWith(signed({ claims })),
      receivedAt: new Date((seconds - 3_550) * 1000),
    }
    expect(verify(came, service).issuer).toBe(client)
  })

  it('a message that waited in a queue is judged by when it was signed', () => {
    const claims = { iat: seconds - 3_600, exp: seconds - 3_500 }
    const waited = requestWith(signed({ claims }))
    const inQueue = (through: string): AuthenticatedRequest =>
      ({
        ...waited,
        content: { format: 'mq', through },
        verified: { signature: { created: new Date((seconds - 3_590) * 1000) } },
      }) as unknown as AuthenticatedRequest
    expect(verify(inQueue('messages'), service).issuer).toBe(client)
    expect(() => verify(inQueue('requests'), service)).toThrow('ASSERTION_INVALID')
  })
})

describe('fuzzing the assertion', () => {
  const fragments = fc.constantFrom(
    ...['{', '}', '[', ']', '"', ',', ':', '.', ' ', '=', '\\u0000', '\\ud800', 'null', '1e9'],
    ...['"alg":"none"', '"crit":[],', '"__proto__":{},', '"sub":{"fin":"0TEST02"},', 'ə', '\ufeff'],
  )

  function mutated(text: string): fc.Arbitrary<string> {
    const at = fc.nat(text.length)
    const edit = fc.tuple(at, fc.nat(8), fc.oneof(fragments, fc.string({ maxLength: 8 })))
    return fc
      .array(edit, { minLength: 1, maxLength: 4 })
      .map((edits) =>
        edits.reduce(
          (now, [from, cut, put]) => now.slice(0, from) + put + now.slice(from + cut),
          text,
        ),
      )
  }

  it('any text, and any change, meets the fault of the list', () => {
    const good = signed()
    expect(verdictOf(good)).toBe('accepted')
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: anyCharacter }), mutated(good)), (text) => {
        if (text !== good) expect(verdictOf(text)).not.toBe('accepted')
      }),
      { numRuns: 2_000 },
    )
  })

  it('claims that are signed and are none meet it, too', () => {
    const [, payload = ''] = signed().split('.')
    const text = Buffer.from(payload, 'base64url').toString()
    fc.assert(
      fc.property(mutated(text), (changed) => {
        expect(verdictOf(signed({ payload: changed }))).toEqual(expect.any(String))
      }),
      { numRuns: 1_000 },
    )
  })
})
