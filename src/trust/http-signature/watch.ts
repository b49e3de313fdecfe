import type { Fault } from '../../exchange/fault.js'

/** The checks of a signed request, in the order in which they are made. */
export type VerificationStep =
  | 'signature'
  | 'headers'
  | 'label'
  | 'coverage'
  | 'parameters'
  | 'freshness'
  | 'base'
  | 'certificate'
  | 'verification'
  | 'algorithm'
  | 'content-digest'

/** Follows a verification, so that `sluice explain` tells what the verifier itself does. */
export interface VerificationWatch {
  enters(step: VerificationStep): void
  /** A check refuses. Verification of messages throws here; an explanation may note and go on. */
  refuses(fault: Fault): void
  /** What a step found, for an engineer to compare with their own. */
  finds(fact: 'label' | 'base' | 'algorithm', value: string): void
}

/** The only watch that the exchange path uses: the first refusal ends it. */
export const refuseAtOnce: VerificationWatch = {
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
