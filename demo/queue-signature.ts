import { constants, sign, verify, type KeyObject, type X509Certificate } from 'node:crypto'
import type { Credentials } from './sample-pki.js'

/** What an agency signs of a message: the member `env` of the header, and the body as it is. */
export interface MessageToSign {
  /** The header's `typ`. */
  readonly type: string
  readonly envelope: Readonly<Record<string, unknown>>
  readonly body: Buffer
}

export const bodyType = 'application/json'

/** Signs by the description alone: compact JWS, payload detached and unencoded (RFC 7515 appendix F, RFC 7797). */
export function signMessage(
  { privateKey, thumbprint }: Credentials,
  { type, envelope, body }: MessageToSign,
): string {
  const header = {
    ...{ alg: algorithmOf(privateKey), b64: false, crit: ['b64'], typ: type },
    ...{ 'x5t#S256': thumbprint, iat: Math.floor(Date.now() / 1_000), cty: bodyType },
    env: envelope,
  }
  const encoded = Buffer.from(JSON.stringify(header)).toString('base64url')
  const input = signingInput(encoded, body)
  return `${encoded}..${signatureOver(input, privateKey).toString('base64url')}`
}

/**
 * Verifies what the bus signed.
 * @returns the member `env` of its header
 * @throws Error where it is of another type, or the signature is not the bus's
 */
export function verifiedEnvelope(
  jws: unknown,
  {
    type,
    body,
    bus,
  }: { readonly type: string; readonly body: Buffer; readonly bus: X509Certificate },
): Readonly<Record<string, unknown>> {
  const [encoded = '', , value = ''] = typeof jws === 'string' ? jws.split('.') : []
  const { typ, env } = JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8')) as {
    readonly typ?: unknown
    readonly env: Readonly<Record<string, unknown>>
  }
  const key = { key: bus.publicKey, dsaEncoding: 'ieee-p1363' as const }
  const signature = Buffer.from(value, 'base64url')
  if (typ === type && verify('sha256', signingInput(encoded, body), key, signature)) return env
  throw new Error('a message in the queue is not signed by the bus')
}

function signingInput(encoded: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${encoded}.`), body])
}

function algorithmOf({ asymmetricKeyType }: KeyObject): string {
  if (asymmetricKeyType === 'ed25519') return 'EdDSA'
  return asymmetricKeyType === 'rsa' ? 'PS256' : 'ES256'
}

function signatureOver(input: Buffer, key: KeyObject): Buffer {
  if (key.asymmetricKeyType === 'ed25519') return sign(null, input, key)
  if (key.asymmetricKeyType === 'ec')
    return sign('sha256', input, { key, dsaEncoding: 'ieee-p1363' })
  const padding = constants.RSA_PKCS1_PSS_PADDING
  return sign('sha256', input, { key, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST })
}
