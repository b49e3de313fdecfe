import type { Certificate } from '../../trust/x509/certificate.js'
import { printable } from '../../printable.js'
import type { Believed } from './believed.js'
import { certificateBad, certificateGood, certificateUnknown } from './message-texts.js'
import { reasonText } from './reason-text.js'
import type { Findings } from './report.js'

/** Whether a certificate was good at the time that is proved, by the lists and answers of that time. */
export function tellOfCertificate(
  certificate: Certificate,
  at: Date,
  step: 'request-certificate' | 'reply-certificate',
  believed: Believed,
  findings: Findings,
): void {
  const verdict = believed.judge(certificate, at)
  const name = printable(certificate.subject.text)
  const time = at.toISOString()
  if (verdict.outcome === 'good') {
    const { revocation, anchor, proof } = verdict
    const text = certificateGood(name, time, printable(anchor.subject.text), revocation, proof)
    if (revocation === undefined) findings.proved(step, text)
    else findings.notChecked(step, text)
    return
  }
  const why = reasonText(verdict.why, certificate.subject.text)
  if (verdict.outcome === 'unknown') findings.notChecked(step, certificateUnknown(name, time, why))
  else findings.isFalse(step, certificateBad(name, time, why))
}
