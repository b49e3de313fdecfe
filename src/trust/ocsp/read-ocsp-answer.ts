import { strictAlgorithms } from '../x509/algorithm-policy.js'
import { parseOcspAnswer } from '../x509/ocsp-answer.js'
import type { Issued } from '../x509/ocsp-cert-id.js'
import { endOf, isOfFuture, lateness, statusIn } from '../x509/ocsp-status.js'
import { timeText } from '../x509/path-context.js'

/** What has to be known of an answer before it replaces the one in use. */
export interface OcspAnswerSummary {
  readonly status: 'good' | 'revoked' | 'unknown'
  readonly thisUpdate: Date
  /** Until when the answer holds, as it says, or by the bus's own limit where it says nothing. */
  readonly nextUpdate: Date
  readonly producedAt: Date
}

/** An answer that is not to be used; the message says why. */
export class OcspAnswerError extends Error {
  override readonly name = 'OcspAnswerError'
}

/**
 * Verifies the answer to a question (RFC 6960 §3.2), by the bus's clock.
 * @param nonce - of the question: an answer may leave it out, as those do that were made beforehand (RFC 5019 §4)
 * @throws DerError, OcspAnswerError
 */
export function readOcspAnswer(
  der: Uint8Array,
  issued: Issued,
  nonce: Buffer,
  now: Date,
): OcspAnswerSummary {
  const answer = parseOcspAnswer(der)
  if (answer.nonce && !answer.nonce.equals(nonce)) {
    throw new OcspAnswerError('the answer is to another question: its nonce differs')
  }
  const said = statusIn(answer, issued, strictAlgorithms)
  if (typeof said === 'string') throw new OcspAnswerError(said)
  const { producedAt } = answer
  const { status, thisUpdate } = said
  const late = lateness(said, now, issued.issuer)
  if (late !== undefined) throw new OcspAnswerError(late)
  if (isOfFuture(producedAt, now)) {
    throw new OcspAnswerError(`the answer was made on ${timeText(producedAt)}, which is to come`)
  }
  const nextUpdate = endOf(said)
  if (nextUpdate <= thisUpdate) throw new OcspAnswerError('the answer ends before it begins')
  return { status, thisUpdate, nextUpdate, producedAt }
}
