import type { BilingualText } from '../../exchange/fault.js'
import { printable } from '../../printable.js'
import type { Believed } from './believed.js'
import {
  deliveryBadSigner,
  deliveryNotOfBus,
  deliveryOfOther,
  deliverySignerMissing,
  deliveryUnknownSigner,
} from './message-texts.js'
import type { DeliverySigner } from './message-signature.js'
import { reasonText } from './reason-text.js'

/** Why it is not proved that an answer is to this request. */
export interface DeliveryTrouble {
  readonly outcome: 'false' | 'not-checked'
  readonly text: BilingualText
}

/**
 * Whether the provider's signed answer is to exactly the request in the container, by the word of a bus whose
 * certificate was good at that time.
 * @returns undefined where it is
 */
export function deliveryTrouble(
  signer: DeliverySigner,
  at: Date,
  believed: Believed,
): DeliveryTrouble | undefined {
  if (signer === 'other-delivery') return { outcome: 'false', text: deliveryOfOther }
  const certificate =
    signer === 'certificate-missing' ? undefined : believed.certificates.get(signer.thumbprint)
  if (signer === 'certificate-missing' || !certificate) {
    return { outcome: 'not-checked', text: deliverySignerMissing }
  }
  const name = printable(certificate.subject.text)
  // Whose message is in the container must not be its bus, too.
  if (!believed.isOfBus(signer.thumbprint)) {
    return { outcome: 'not-checked', text: deliveryNotOfBus(name) }
  }
  const verdict = believed.judge(certificate, at)
  if (verdict.outcome === 'good') return undefined
  const why = reasonText(verdict.why, certificate.subject.text)
  const time = at.toISOString()
  return verdict.outcome === 'unknown'
    ? { outcome: 'not-checked', text: deliveryUnknownSigner(name, time, why) }
    : { outcome: 'false', text: deliveryBadSigner(name, time, why) }
}
