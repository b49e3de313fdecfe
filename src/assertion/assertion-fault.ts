import { Fault } from '../exchange/fault.js'

/** The refusal of a user assertion. Its detail names a member and never a value. */
export function assertionFault(detail: string, field = 'assertion', cause?: unknown): Fault {
  return new Fault('ASSERTION_INVALID', { field, detail, cause })
}
