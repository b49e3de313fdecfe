import type { KeyObject } from 'node:crypto'
import { Fault } from '../../exchange/fault.js'
import {
  algorithmFor,
  fitsKey,
  isSignatureAlgorithm,
  verifyBytes,
  type KeyType,
} from './algorithms.js'
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
 * Checks the signature over its base with the key of the certificate. Whoever does not hold the key
 * learns nothing of it: an `alg` that does not fit the key is told after the signature proved right by
 * the key's own algorithm, and of a wrong signature is said only what follows from the request.
 * @throws Fault SIGNATURE_INVALID, ALGORITHM_FORBIDDEN
 */
export function checkSignature(
  signature: MessageSignature,
  base: string,
  by: VerificationKey,
  watch: VerificationWatch,
): void {
  watch.enters('verification')
  const { alg, value } = signature
  const fits = alg === undefined || fitsKey(alg, by.keyType)
  const algorithm = algorithmFor(by.keyType, fits ? alg : undefined)
  const data = Buffer.from(base, 'latin1')
  if (!verifyBytes(algorithm, by.publicKey, data, value)) {
    watch.refuses(invalid('signature', mismatchDetail(alg)))
  }
  watch.enters('algorithm')
  watch.finds('algorithm', algorithmFor(by.keyType, alg))
}

function mismatchDetail(alg: string | undefined): string {
  if (alg === undefined) {
    return 'The signature does not fit the signature base. Without the parameter alg an RSA signature is taken as rsa-v1_5-sha256, and an ECDSA signature is the raw r and s, not DER.'
  }
  if (alg === 'rsa-pss-sha512') {
    return 'The signature does not fit the signature base. RSA-PSS is with SHA-512 and a salt of 64 bytes.'
  }
  if (alg.startsWith('ecdsa-')) {
    return 'The signature does not fit the signature base. An ECDSA signature is the raw r and s, not DER.'
  }
  return 'The signature does not fit the signature base.'
}

function invalid(field: string, detail: string): Fault {
  return new Fault('SIGNATURE_INVALID', { field, detail })
}
