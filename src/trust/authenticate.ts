import type { AuthenticatedRequest, Envelope } from '../exchange/exchange.js'
import { Fault } from '../exchange/fault.js'
import type { Bus } from '../exchange/ports.js'
import type { VerifiedContent } from '../exchange/signed-content.js'
import { verifyRequestHead, type VerificationRules } from './http-signature/verify-request.js'

export interface AuthenticateSettings extends VerificationRules {
  /** Largest payload that the service of this envelope takes, bytes. */
  readonly payloadBytesMax: (envelope: Envelope) => number
}

/**
 * Step 1: who signed exactly these bytes? The head is verified, and the sender it names is found to
 * be the signer, before the first byte of the payload is read: strangers cannot make the bus hold
 * payloads.
 */
export function createAuthenticate(settings: AuthenticateSettings): Bus['authenticate'] {
  return async (received, admit) => {
    const { adapter, content } = received
    if (content.format === 'malformed') {
      const { code, field, reason } = content
      throw new Fault(code, { detail: reason, ...(field === undefined ? {} : { field }) })
    }
    const { head, signer } = verifyRequestHead(content, settings)
    const envelope = adapter.readEnvelope(head)
    if (envelope.consumer !== signer.subsystem) throw new Fault('CERT_SENDER_MISMATCH')
    admit(signer.subsystem)
    const payload = await content.readPayload(settings.payloadBytesMax(envelope))
    const verified: VerifiedContent = head.withPayload(payload)
    // Field by field: spreading costs 2.5 us an object on Node 20.
    return {
      exchangeId: received.exchangeId,
      receivedAt: received.receivedAt,
      adapter,
      content: received.content,
      remoteAddress: received.remoteAddress,
      verified,
      envelope,
      signer,
    } as AuthenticatedRequest
  }
}
