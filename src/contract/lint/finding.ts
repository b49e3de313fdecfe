import type { BilingualText } from '../../exchange/fault.js'
import type { ContractProblem } from '../contract-error.js'

/** `error`: not registered so. `breaking`: systems of today would break. `warning`: worth a look. */
export type Severity = 'error' | 'breaking' | 'warning'

/** One thing that a check of a contract found. */
export interface Finding extends ContractProblem {
  readonly severity: Severity
  /** Which rule: a number of WS-I Basic Profile 1.1 such as `R2706`, `TT-06`, or a word of ours. */
  readonly rule: string
}

/** Makes a finding that has no line of its own. */
export function finding(
  severity: Severity,
  rule: string,
  file: string,
  text: BilingualText,
  line = 0,
): Finding {
  return { severity, rule, file, line, text }
}
