import { Fault } from '../../exchange/fault.js'
import { HttpHeadError } from '../../http/kept-head.js'
import { PackagingError } from '../../http/packaging-error.js'
import { MqHeadError } from '../../mq-head.js'
import { signatureProvesNothing } from './message-texts.js'
import type { ReadMessage } from './read-halves.js'
import { reasonText } from './reason-text.js'
import type { Findings } from './report.js'

/** What the bus's own verifiers say, in a sentence. */
export function attempted<Result>(
  verify: () => Result,
  step: 'request-signature' | 'reply-signature',
  { headFile }: ReadMessage,
  findings: Findings,
): Result | undefined {
  try {
    return verify()
  } catch (error) {
    const isReason =
      error instanceof Fault ||
      error instanceof HttpHeadError ||
      error instanceof MqHeadError ||
      error instanceof PackagingError
    if (!isReason) throw error
    findings.isFalse(step, signatureProvesNothing(reasonText(error)), headFile)
    return undefined
  }
}
