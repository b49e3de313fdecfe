import type { Certificate } from '../../trust/x509/certificate.js'
import { printable } from '../printable.js'
import type { Believed } from './believed.js'
import type { Findings } from './report.js'

/** Whether a certificate was good at the time that is proved, by the lists of that time. */
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
    const anchor = printable(verdict.anchor.subject.text)
    const said = {
      en: `The certificate of ${name} was valid on ${time}; ${anchor} vouches for it`,
      az: `${name} sertifikatı ${time} tarixində qüvvədə idi; onu ${anchor} təsdiqləyir`,
    }
    if (verdict.isRevocationChecked) {
      findings.proved(step, {
        en: `${said.en}, and the revocation list of that time does not name it.`,
        az: `${said.az} və həmin vaxtın ləğv siyahısında o yoxdur.`,
      })
      return
    }
    findings.notChecked(step, {
      en: `${said.en}. Whether it was revoked was not checked: no revocation list was in use.`,
      az: `${said.az}. Ləğv edilib-edilmədiyi yoxlanılmayıb: ləğv siyahısı istifadə olunmayıb.`,
    })
    return
  }
  const why = printable(verdict.why.message)
  if (verdict.outcome === 'unknown') {
    findings.notChecked(step, {
      en: `Whether the certificate of ${name} was good on ${time} cannot be said: ${why}`,
      az: `${name} sertifikatının ${time} tarixində etibarlı olub-olmadığı müəyyən edilə bilmir: ${why}`,
    })
    return
  }
  findings.isFalse(step, {
    en: `The certificate of ${name} was not good on ${time}: ${why}`,
    az: `${name} sertifikatı ${time} tarixində etibarlı deyildi: ${why}`,
  })
}
