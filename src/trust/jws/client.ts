import { Fault } from '../../exchange/fault.js'
import type { KeyObject } from 'node:crypto'
import type { SubsystemId } from '../../exchange/identifier.js'
import type { MqSignatureType } from '../../exchange/signers.js'
import { keyTypeOf } from '../http-signature/algorithms.js'
import { invalidSignature } from './detached-jws.js'
import { signatureDigest } from './verify-answer.js'
import { verifyMessage, type VerifiedMessage } from './verify-message.js'

/** What a client's program knows of the bus. */
export interface BusKey {
  readonly publicKey: KeyObject
  /** base64url SHA-256 of the certificate's DER. */
  readonly thumbprint: string
}

/** A message that came into a queue of a client's. */
export interface MessageOfBus {
  readonly type: Extract<MqSignatureType, 'sluice-reply+jws' | 'sluice-notice+jws'>
  readonly signature: string | undefined
  readonly payload: Uint8Array
  readonly contentType: string | undefined
  /** The property, which repeats what is signed. */
  readonly kind: string | undefined
  /** Detached JWS of the request that it must be the answer to, if it says to which. */
  readonly request: string
}

/**
 * Verifies what the bus says to a client (RFC 7515, RFC 7797): with the key given and no other.
 * @param freshnessMs - how far its time may be from now
 * @throws Fault CERT_UNKNOWN where it names another certificate, SIGNATURE_INVALID, CLOCK_SKEW
 */
export function verifyOfBus(
  { type, signature, payload, contentType, kind, request }: MessageOfBus,
  { publicKey, thumbprint }: BusKey,
  { now, freshnessMs }: { readonly now: () => Date; readonly freshnessMs: number },
): VerifiedMessage {
  const keyType = keyTypeOf(publicKey)
  const unknown = (): never => {
    throw new Fault('CERT_UNKNOWN', { field: 'x5t#S256', detail: 'It names another certificate.' })
  }
  const signers = {
    key: (named: string) => {
      if (named !== thumbprint || !keyType) return unknown()
      const signer = { subsystem: '' as SubsystemId, thumbprint, serialNumber: '' }
      return { signer, publicKey, keyType }
    },
    find: unknown,
    checkCertificate: () => undefined,
  }
  const message = verifyMessage({ type, signature, payload }, { signers, now, freshnessMs })
  const { envelope } = message
  if (contentType !== message.contentType) {
    throw invalidSignature('Its content_type is not what is signed.', 'content_type')
  }
  const signedKind = envelope.get(type === 'sluice-reply+jws' ? 'type' : 'notice')
  if (kind !== signedKind) throw invalidSignature('Its type is not what is signed.', 'type')
  const answered = envelope.get('requestSignature')
  if (answered === undefined ? kind === 'reply' : answered !== signatureDigest(request)) {
    throw invalidSignature('It answers another request.', 'requestSignature')
  }
  return message
}
