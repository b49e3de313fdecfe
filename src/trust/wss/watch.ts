import type { Fault } from '../../exchange/fault.js'

/** The checks of a signed SOAP message, in the order in which they are made. */
export type SoapVerificationStep =
  | 'envelope'
  | 'security'
  | 'signed-info'
  | 'coverage'
  | 'timestamp'
  | 'token'
  | 'signature'
  | 'digests'

/** Follows a verification, so that `sluice explain` tells what the verifier itself does. */
export interface SoapVerificationWatch {
  enters(step: SoapVerificationStep): void
  /** A check refuses. Verification of messages throws here; an explanation may note and go on. */
  refuses(fault: Fault): void
  /** What a step found: a part that a Reference covers, the signing certificate's thumbprint. */
  finds(fact: 'covered' | 'thumbprint', value: string): void
}

/** The only watch that the exchange path uses: the first refusal ends it. */
export const refuseAtOnce: SoapVerificationWatch = {
  enters() {
    // Nobody follows.
  },
  refuses(fault) {
    throw fault
  },
  finds() {
    // Nobody follows.
  },
}
