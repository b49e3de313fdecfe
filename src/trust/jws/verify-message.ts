import type { Signer } from '../../exchange/exchange.js'
import { Fault } from '../../exchange/fault.js'
import type { MqSignatureType } from '../../exchange/signers.js'
import type { VerifiedSignature } from '../../exchange/verified-signature.js'
import { rsaBitsMin } from '../../limits/certificates.js'
import { verifyByScheme } from '../http-signature/algorithms.js'
import type { VerificationKey } from '../http-signature/parameters.js'
import type { VerificationRules } from '../http-signature/verify-request.js'
import {
  invalidSignature,
  readDetachedJws,
  signatureField,
  signingInput,
  type DetachedJws,
} from './detached-jws.js'
import { readProtectedHeader, type MqEnvelope, type ProtectedHeader } from './protected-header.js'

export interface MessageToVerify {
  readonly type: MqSignatureType
  /** Detached JWS in compact form; undefined where there is none. */
  readonly signature: string | undefined
  readonly payload: Uint8Array
  /** How old a signature may be, where that is more than the clocks may differ. Milliseconds. */
  readonly ageMsMax?: number | undefined
}

/** What a signature that proved right says of its message. */
export interface VerifiedMessage {
  /** Whether the certificate is good is for `SignerDirectory` to say. */
  readonly signer: Signer
  readonly contentType: string | undefined
  readonly envelope: MqEnvelope
  readonly signature: VerifiedSignature
}

/**
 * Verifies the detached JWS of a message (RFC 7515, RFC 7797), cheapest checks first: whoever has no registered key
 * gets no further than one signature check, and learns nothing of a certificate.
 * @throws Fault SIGNATURE_MISSING, SIGNATURE_INVALID, ALGORITHM_FORBIDDEN, CLOCK_SKEW, CERT_UNKNOWN
 */
export function verifyMessage(
  { type, signature, payload, ageMsMax }: MessageToVerify,
  rules: VerificationRules,
): VerifiedMessage {
  if (signature === undefined) throw new Fault('SIGNATURE_MISSING', { field: signatureField })
  const jws = readDetachedJws(signature)
  const header = readProtectedHeader(jws.headerBytes, type)
  checkFreshness(header, rules, ageMsMax ?? rules.freshnessMs)
  const by = rules.signers.key(header.thumbprint)
  checkSignature(jws, header, payload, by)
  return {
    signer: by.signer,
    contentType: header.contentType,
    envelope: header.envelope,
    signature: {
      label: type,
      keyId: header.thumbprint,
      created: new Date(header.issuedAt * 1000),
      value: jws.value,
    },
  }
}

/** @throws Fault CLOCK_SKEW */
export function checkFreshness(
  { issuedAt }: ProtectedHeader,
  { now, freshnessMs }: Pick<VerificationRules, 'now' | 'freshnessMs'>,
  ageMsMax: number,
): void {
  const ageMs = now().getTime() - issuedAt * 1000
  if (ageMs <= ageMsMax && ageMs >= -freshnessMs) return
  throw new Fault('CLOCK_SKEW', {
    field: 'iat',
    detail: 'The message was signed too long before or after the time of the bus.',
  })
}

/**
 * A key that the algorithm does not take made no such signature; more is told to nobody who may not hold it.
 * @throws Fault SIGNATURE_INVALID, ALGORITHM_FORBIDDEN
 */
export function checkSignature(
  { header: text, value }: DetachedJws,
  { scheme }: ProtectedHeader,
  payload: Uint8Array,
  { publicKey, keyType }: Pick<VerificationKey, 'publicKey' | 'keyType'>,
): void {
  const isRight =
    scheme.keyType === keyType &&
    verifyByScheme(scheme, publicKey, signingInput(text, payload), value)
  if (!isRight) throw invalidSignature(mismatch)
  if (keyType === 'rsa' && (publicKey.asymmetricKeyDetails?.modulusLength ?? 0) < rsaBitsMin) {
    const detail = `An RSA key must have ${rsaBitsMin} bits or more.`
    throw new Fault('ALGORITHM_FORBIDDEN', { field: 'alg', detail })
  }
}

const mismatch =
  'The signature does not fit header and body. It is over the header as it stands in base64url, a dot, and the octets of the body, by the algorithm of the key; an ECDSA signature is the raw r and s, not DER.'
