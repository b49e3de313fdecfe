import type { KeyObject } from 'node:crypto'
import { Fault } from '../../exchange/fault.js'
import { algorithmFor, isSignatureAlgorithm, verifyBytes, type KeyType } from './algorithms.js'
import type { MessageSignature } from './signature-fields.js'
import type { VerificationWatch } from './watch.js'

/** A signature whose mandatory parameters are there. */
export interface DatedSignature extends MessageSignature {
  readonly keyId: string
  readonly created: number
}

/** A public key and its kind. */
export interface VerificationKey {
  readonly publicKey: KeyObject
  readonly keyType: KeyType
}

/** base64url of 32 bytes, without padding. */
const thumbprint = /^[A-Za-z0-9_-]{43}$/

/**
 * The parameters that our profile asks for: `created` and `keyid`.
 * @throws Fault SIGNATURE_INVALID, CERT_UNKNOWN, ALGORITHM_FORBIDDEN
 */
export function checkParameters(signature: MessageSignature): DatedSignature {
  const { created, expires, keyId, alg } = signature
  if (created === undefined) throw invalid('created', 'The signature parameter created is missing.')
  if (keyId === undefined) throw invalid('keyid', 'The signature parameter keyid is missing.')
  if (!thumbprint.test(keyId)) {
    throw new Fault('CERT_UNKNOWN', {
      field: 'keyid',
      detail: "keyid must be the base64url SHA-256 of the certificate's DER, without padding.",
    })
  }
  if (expires !== undefined && expires < created) {
    throw invalid('expires', 'The signature expires before it was created.')
  }
  // An algorithm that no key may use needs no look at the certificate.
  if (alg !== undefined && !isSignatureAlgorithm(alg)) algorithmFor('rsa', alg)
  return signature as DatedSignature
}

/** Refuses a signature outside its time; both clocks may be off by `freshnessMs`. */
export function checkFreshness(
  signature: DatedSignature,
  nowMs: number,
  freshnessMs: number,
  watch: VerificationWatch,
): void {
  const { created, expires } = signature
  if (Math.abs(nowMs - created * 1000) > freshnessMs) {
    watch.refuses(
      new Fault('CLOCK_SKEW', {
        field: 'created',
        detail: 'The signature was created too long before or after the time of the bus.',
      }),
    )
  }
  if (expires !== undefined && expires * 1000 <= nowMs) {
    watch.refuses(
      new Fault('CLOCK_SKEW', { field: 'expires', detail: 'The signature has expired.' }),
    )
  }
}

/**
 * Checks the signature over its base with the key of the certificate.
 * @throws Fault ALGORITHM_FORBIDDEN
 */
export function checkSignature(
  signature: MessageSignature,
  base: string,
  by: VerificationKey,
  watch: VerificationWatch,
): void {
  watch.enters('algorithm')
  const algorithm = algorithmFor(by.keyType, signature.alg)
  watch.finds('algorithm', algorithm)
  watch.enters('verification')
  const data = Buffer.from(base, 'latin1')
  if (verifyBytes(algorithm, by.publicKey, data, signature.value)) return
  watch.refuses(invalid('signature', mismatchDetail(by, signature)))
}

function mismatchDetail({ keyType }: VerificationKey, { alg }: MessageSignature): string {
  if (keyType === 'rsa' && alg === undefined) {
    return 'The signature does not fit the signature base. An RSA signature without the parameter alg is taken as rsa-v1_5-sha256.'
  }
  if (alg === 'rsa-pss-sha512') {
    return 'The signature does not fit the signature base. RSA-PSS is with SHA-512 and a salt of 64 bytes.'
  }
  if (keyType === 'p256' || keyType === 'p384') {
    return 'The signature does not fit the signature base. An ECDSA signature is the raw r and s, not DER.'
  }
  return 'The signature does not fit the signature base.'
}

function invalid(field: string, detail: string): Fault {
  return new Fault('SIGNATURE_INVALID', { field, detail })
}
