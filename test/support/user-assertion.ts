import { randomUUID, type KeyObject } from 'node:crypto'
import { algorithmByKeyType, schemeOf } from '../../src/trust/jws/algorithms.js'
import { keyTypeOf, signByScheme } from '../../src/trust/http-signature/algorithms.js'

/** Who signs an assertion. */
export interface AssertionIssuer {
  readonly subsystem: string
  readonly privateKey: KeyObject
  /** base64url SHA-256 of the certificate's DER. */
  readonly thumbprint: string
}

/** What of an assertion is otherwise than it should be by default. */
export interface AssertionChanges {
  /** Replace claims, or where undefined take them away. */
  readonly claims?: Readonly<Record<string, unknown>> | undefined
  readonly header?: Readonly<Record<string, unknown>> | undefined
  /** In place of the payload's JSON. */
  readonly payload?: string
}

/** To what request an assertion is bound. */
export interface AssertedRequest {
  readonly client: string
  readonly service: string
  readonly messageId: string
}

export const testUser = { fin: '0TEST01' }

/** A user assertion as a portal signs it: compact JWS. */
export function signAssertion(
  issuer: AssertionIssuer,
  request: AssertedRequest,
  { claims, header, payload }: AssertionChanges = {},
): string {
  const keyType = keyTypeOf(issuer.privateKey)
  const alg = keyType && algorithmByKeyType[keyType]
  const scheme = alg === undefined ? undefined : schemeOf(alg)
  if (!scheme) throw new TypeError('a key that signs nothing')
  const iat = Math.floor(Date.now() / 1000)
  const claimed = {
    iss: issuer.subsystem,
    aud: request.service,
    client: request.client,
    mid: request.messageId,
    iat,
    exp: iat + 120,
    jti: randomUUID(),
    acr: 'e-signature',
    sub: testUser,
    ...claims,
  }
  const protectedHeader = {
    alg,
    typ: 'sluice-user+jwt',
    'x5t#S256': issuer.thumbprint,
    ...header,
  }
  const signed = `${encoded(JSON.stringify(protectedHeader))}.${encoded(payload ?? JSON.stringify(claimed))}`
  return `${signed}.${signByScheme(scheme, issuer.privateKey, Buffer.from(signed)).toString('base64url')}`
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64url')
}
