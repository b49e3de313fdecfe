import type { KeyObject } from 'node:crypto'
import type { Assurance } from '../exchange/person.js'
import { keyTypeOf, signByScheme } from '../trust/http-signature/algorithms.js'
import { algorithmByKeyType, schemeOf } from '../trust/jws/algorithms.js'
import { assertionType } from './compact-assertion.js'

/** What a system that may assert users says of one: that this request is theirs. */
export interface AssertionToSign {
  readonly issuer: string
  /** A service, with its version or without. */
  readonly service: string
  /** The subsystem that asks. */
  readonly client: string
  readonly messageId: string
  /** Of this assertion alone. */
  readonly id: string
  readonly assurance: Assurance
  readonly subject: {
    readonly fin?: string
    readonly voen?: readonly string[]
    readonly telefon?: readonly string[]
  }
  readonly represents?: string | undefined
  readonly issuedAt: Date
  readonly lifetimeMs: number
}

export interface AssertionKey {
  readonly privateKey: KeyObject
  /** base64url SHA-256 of the certificate's DER. */
  readonly certificateThumbprint: string
}

/**
 * A user assertion as clients make it: compact JWS (RFC 7515 §7.1).
 * @throws TypeError for a key that no accepted algorithm takes
 */
export function signAssertion(assertion: AssertionToSign, key: AssertionKey): string {
  const iat = Math.floor(assertion.issuedAt.getTime() / 1_000)
  const { issuer: iss, service: aud, client, messageId: mid, id: jti } = assertion
  const { assurance: acr, subject: sub, represents } = assertion
  const exp = iat + Math.floor(assertion.lifetimeMs / 1_000)
  return signClaims({ iss, aud, client, mid, iat, exp, jti, acr, sub, represents }, key)
}

/** The same of any claims; those that are undefined are left out. */
export function signClaims(
  claims: Readonly<Record<string, unknown>>,
  { privateKey, certificateThumbprint }: AssertionKey,
): string {
  const keyType = keyTypeOf(privateKey)
  const alg = keyType && algorithmByKeyType[keyType]
  const scheme = alg === undefined ? undefined : schemeOf(alg)
  if (!scheme) throw new TypeError('the key must be RSA, P-256, P-384 or Ed25519')
  const header = { alg, typ: assertionType, 'x5t#S256': certificateThumbprint }
  const signed = `${encoded(header)}.${encoded(claims)}`
  return `${signed}.${signByScheme(scheme, privateKey, Buffer.from(signed)).toString('base64url')}`
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
