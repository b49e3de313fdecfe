import type { BilingualText } from '../exchange/fault.js'
import type { CheckLine } from './requirement.js'

/** What is found of one requirement, before it is a line of a protocol. */
export type Judgement = Pick<CheckLine, 'result' | 'finding' | 'remedy' | 'tookMs'>

export function passed(finding: BilingualText, tookMs?: number): Judgement {
  return { result: 'pass', finding, remedy: undefined, tookMs }
}

export function failed(finding: BilingualText, remedy: BilingualText, tookMs?: number): Judgement {
  return { result: 'fail', finding, remedy, tookMs }
}

export function warned(finding: BilingualText, remedy: BilingualText): Judgement {
  return { result: 'warning', finding, remedy, tookMs: undefined }
}

/** An officer decides, by what the finding says. */
export function open(finding: BilingualText, remedy: BilingualText): Judgement {
  return { result: 'open', finding, remedy, tookMs: undefined }
}

export function notApplicable(finding: BilingualText): Judgement {
  return { result: 'not-applicable', finding, remedy: undefined, tookMs: undefined }
}
