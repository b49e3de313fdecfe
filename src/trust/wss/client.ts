import type { KeyObject } from 'node:crypto'
import type { SubsystemId } from '../../exchange/identifier.js'
import { Fault } from '../../exchange/fault.js'
import type { SoapPayload } from '../../exchange/soap-content.js'
import { defaultLimits } from '../../limits/default-limits.js'
import { keyTypeOf } from '../http-signature/algorithms.js'
import type { SignerDirectory } from '../signer-directory.js'
import { verifySoapReply, type VerifiedSoapReply } from './verify-reply.js'

/** The consumer's side of the protocol: what an agency's own system does, for our tools and tests. */

export interface BusReplyToVerify {
  readonly payload: SoapPayload
  /** Key of the bus's certificate. */
  readonly publicKey: KeyObject
  /** base64url SHA-256 of the bus certificate's DER. */
  readonly certificateThumbprint: string
  readonly now?: Date
  /** By default five minutes. */
  readonly freshnessMs?: number
}

/**
 * Verifies the bus's signature over a SOAP reply: Body, Timestamp, attachments and all header blocks that
 * say who answers what. What the reply says of its request (`requestHash`) is for the caller to compare.
 * @throws Fault that says what is wrong
 */
export function verifyBusReply(reply: BusReplyToVerify): VerifiedSoapReply {
  const { payload, now = new Date(), freshnessMs = defaultLimits.freshnessMs } = reply
  const rules = { signers: onlyBus(reply), now: () => now, freshnessMs }
  const order = { payload, rule: 'request', requestSignature: undefined } as const
  return verifySoapReply(order, rules).verified
}

/** Knows the bus's certificate and no other. Whether it is good is the caller's matter, who gave it. */
function onlyBus({ publicKey, certificateThumbprint }: BusReplyToVerify): SignerDirectory {
  const keyType = keyTypeOf(publicKey)
  const unknown = (): Fault =>
    new Fault('CERT_UNKNOWN', {
      side: 'bus',
      detail: 'The reply is signed with another certificate than the one given.',
    })
  return {
    key(thumbprint) {
      if (thumbprint !== certificateThumbprint || !keyType) throw unknown()
      const signer = { subsystem: '' as SubsystemId, thumbprint, serialNumber: '' }
      return { signer, publicKey, keyType }
    },
    find() {
      throw unknown()
    },
    checkCertificate() {
      // Nobody but the caller knows more of it.
    },
  }
}
