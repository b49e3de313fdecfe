import type { ValidationLevel } from '../exchange/route.js'
import { Fault } from '../exchange/fault.js'
import type { ServiceId } from '../exchange/identifier.js'
import { faultPathCharsMax, faultPlacesMax } from '../limits/contracts.js'
import type { Violation } from '../violation/violation.js'

/** A message that broke its service's contract. Its places and rules are told of, and never a value. */
export interface Breach {
  readonly exchangeId: string
  readonly service: ServiceId
  readonly side: 'request' | 'reply'
  /** `block`: the message was refused. */
  readonly level: Exclude<ValidationLevel, 'off'>
  readonly violations: readonly Violation[]
}

/** Counts a breach, and tells the engineer of one that passed. MUST NOT throw. */
export type NoteBreach = (breach: Breach) => void

/** The refusal of a message that breaks its contract. */
export function breachFault(
  side: Breach['side'],
  violations: readonly Violation[],
  cause?: unknown,
): Fault {
  const places = violations
    .slice(0, faultPlacesMax)
    .map(({ path, text }) => ({ path: shownPath(path), text }))
  const [first] = places
  return new Fault(side === 'request' ? 'REQUEST_INVALID' : 'RESPONSE_INVALID', {
    places,
    ...(first && { field: first.path, detail: `${first.text.en}.` }),
    ...(cause !== undefined && { cause }),
  })
}

/** Names in a path are the sender's, and may be as long as it likes. */
export function shownPath(path: string): string {
  return path.length > faultPathCharsMax ? `${path.slice(0, faultPathCharsMax)}…` : path
}
