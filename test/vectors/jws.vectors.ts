import { createPublicKey, type JsonWebKey } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { Fault } from '../../src/exchange/fault.js'
import { keyTypeOf, verifyByScheme } from '../../src/trust/http-signature/algorithms.js'
import { schemeOf } from '../../src/trust/jws/algorithms.js'
import { readDetachedJws, signingInput } from '../../src/trust/jws/detached-jws.js'
import { readVectors } from './vectors.js'

/** A key as JOSE writes it, with what it says of itself. */
type Jwk = JsonWebKey & {
  readonly alg?: string
  readonly use?: string
  readonly key_ops?: readonly string[]
}

interface WycheproofFile {
  readonly numberOfTests: number
  readonly testGroups: readonly {
    readonly public?: Jwk
    readonly tests: readonly {
      readonly tcId: number
      readonly comment: string
      readonly jws: string
      readonly result: 'valid' | 'invalid' | 'acceptable'
    }[]
  }[]
}

/** As the bus does it; the payload, which it never has within, is put beside. */
function verifies(key: Jwk, jws: string): boolean {
  const [header = '', payload = '', value = '', ...others] = jws.split('.')
  if (others.length > 0) return false
  try {
    const { headerBytes, value: signature } = readDetachedJws(`${header}..${value}`)
    const { alg } = JSON.parse(headerBytes.toString()) as { alg?: unknown }
    const scheme = typeof alg === 'string' ? schemeOf(alg) : undefined
    const publicKey = createPublicKey({ key, format: 'jwk' })
    // The bus has certificates and no JWKs: what a JWK says of its use is held to here.
    const isMeantFor =
      (key.alg ?? alg) === alg &&
      (key.use ?? 'sig') === 'sig' &&
      (key.key_ops ?? ['verify']).includes('verify')
    if (!scheme || scheme.keyType !== keyTypeOf(publicKey) || !isMeantFor) return false
    return verifyByScheme(scheme, publicKey, signingInput(header, Buffer.from(payload)), signature)
  } catch (error) {
    if (error instanceof Fault || error instanceof SyntaxError) return false
    throw error
  }
}

/** Their header says PS384 and their key PS256: valid to Wycheproof all the same. */
const knownOdd: ReadonlySet<number> = new Set([346, 350])

describe('Wycheproof JSON Web Signatures', () => {
  const { testGroups } = readVectors('wycheproof', 'json_web_signature_test.json') as WycheproofFile

  it('verify as they should by public keys, and not at all by a secret', () => {
    const wrong: string[] = []
    let accepted = 0
    for (const { public: key, tests } of testGroups) {
      for (const { tcId, comment, jws, result } of tests) {
        const isRight = key !== undefined && verifies(key, jws)
        if (isRight) accepted += 1
        // HMAC and P-521 are no algorithms of the bus, however right.
        const isOurs = /"alg"\s*:\s*"(?:[RP]S(?:256|384|512)|ES(?:256|384))"/.test(
          Buffer.from(jws.split('.')[0] ?? '', 'base64url').toString(),
        )
        if (!knownOdd.has(tcId) && isRight !== (result === 'valid' && isOurs))
          wrong.push(`${tcId} ${comment}: ${result}`)
      }
    }
    expect({ wrong, accepted }).toEqual({ wrong: [], accepted: 32 })
  })
})

interface Cookbook {
  readonly input: { readonly key: Jwk; readonly payload: string }
  readonly signing: { readonly protected_b64u: string; readonly sig: string }
}

describe('RFC 7520 and RFC 8037', () => {
  it.each([
    ['jws/4_1.rsa_v15_signature.json', true],
    ['jws/4_2.rsa-pss_signature.json', true],
    // P-521.
    ['jws/4_3.ecdsa_signature.json', false],
    ['curve25519/jws.json', true],
  ])('%s', (name, isRight) => {
    const { input, signing } = readVectors(
      'jose',
      'rfc7520-cookbook',
      ...name.split('/'),
    ) as Cookbook
    const payload = Buffer.from(input.payload).toString('base64url')
    const jws = `${signing.protected_b64u}.${payload}.${signing.sig}`
    expect(verifies(input.key, jws)).toBe(isRight)
  })
})
