import type { BilingualText } from '../exchange/fault.js'
import { applicationLimits } from './limits.js'

/** What is wrong with an application, and where: `/probes/good/target`; empty for the whole. */
export interface ApplicationFlaw {
  readonly pointer: string
  readonly text: BilingualText
}

/** Makes a flaw. */
export function flaw(pointer: string, text: BilingualText): ApplicationFlaw {
  return { pointer, text }
}

/** RFC 6901. */
export function pointerOf(path: readonly PropertyKey[]): string {
  return path
    .map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('')
    .slice(0, applicationLimits.lineCharsMax)
    .toWellFormed()
}
