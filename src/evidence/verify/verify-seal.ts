import { CmsError } from '../../cms/cms-error.js'
import { cmsIds } from '../../cms/cms-ids.js'
import { verifySignedData, type VerifiedSignedData } from '../../cms/verify-signed-data.js'
import { manifestFile, sealFile, type OpenedContainer } from '../asic-container.js'
import { printable } from '../../printable.js'
import type { Believed, CertificateVerdict } from './believed.js'
import { reasonText } from './reason-text.js'
import type { Findings } from './report.js'
import { stampOf } from './verify-timestamps.js'

/** Whose seal it is, over exactly these files, and since when. */
export function verifySeal(
  container: OpenedContainer,
  believed: Believed,
  now: Date,
  findings: Findings,
): void {
  const certificates = believed.intermediates.map(({ der }) => der)
  const signed = sealedData(container, certificates, findings)
  if (!signed) return
  const name = printable(signed.signer.subject.text)
  const stamps = signed.signatureTimestamps.flatMap(
    (token) => stampOf(token, signed.signature, believed, 'seal', sealFile, findings) ?? [],
  )
  const [stamp] = stamps
  if (signed.signatureTimestamps.length === 0) {
    findings.note('seal', {
      en: `The seal bears no timestamp: that it was made on ${timeText(signed.signingTime)} is only the word of ${name}.`,
      az: `Möhürün vaxt möhürü yoxdur: onun ${timeText(signed.signingTime)} tarixində vurulması yalnız ${name} tərəfindən bildirilir.`,
    })
  }
  const verdict = believed.judge(
    signed.signer,
    stamp?.time ?? now,
    'message-signature',
    signed.others,
  )
  tellOfSealer(name, verdict, stamp?.time, findings)
}

function tellOfSealer(
  name: string,
  verdict: CertificateVerdict,
  since: Date | undefined,
  findings: Findings,
): void {
  if (verdict.outcome === 'good') {
    const anchor = printable(verdict.anchor.subject.text)
    const at = since?.toISOString()
    const isChecked = verdict.revocation === undefined
    const text = {
      en: `The files are sealed by ${name}${at === undefined ? '' : `, and were so by ${at}`}. Its certificate was good then (${anchor} vouches for it${isChecked ? '' : '; whether it was revoked was not looked into, as there is no list'}).`,
      az: `Fayllar ${name} tərəfindən möhürlənib${at === undefined ? '' : ` və ${at} tarixində artıq möhürlü idi`}. Onun sertifikatı həmin vaxt etibarlı idi (${anchor} tərəfindən təsdiqlənir${isChecked ? '' : '; ləğv siyahısı olmadığı üçün ləğv edilib-edilmədiyi yoxlanılmayıb'}).`,
    }
    findings.proved('seal', text, sealFile)
    return
  }
  const why = reasonText(verdict.why)
  if (verdict.outcome === 'unknown') {
    const text = {
      en: `The files are sealed by the key of ${name}; whether its certificate is good cannot be said: ${why.en}`,
      az: `Fayllar ${name} açarı ilə möhürlənib; onun sertifikatının etibarlı olub-olmadığı müəyyən edilə bilmir: ${why.az}`,
    }
    findings.notChecked('seal', text, sealFile)
    return
  }
  const text = {
    en: `The seal was made with a certificate that was not good then: ${why.en}`,
    az: `Möhür həmin vaxt etibarlı olmayan sertifikatla vurulub: ${why.az}`,
  }
  findings.isFalse('seal', text, sealFile)
}

/** Whether the seal is one over this very list of files; what is wrong is told. */
export function sealedData(
  { manifest, seal }: Pick<OpenedContainer, 'manifest' | 'seal'>,
  certificates: readonly Uint8Array[],
  findings: Findings,
): VerifiedSignedData | undefined {
  try {
    return verifySignedData({
      signedData: seal,
      contentType: cmsIds.data,
      content: manifest,
      certificates,
    })
  } catch (error) {
    if (!(error instanceof CmsError)) throw error
    const why = reasonText(error)
    findings.isFalse(
      'seal',
      {
        en: `The seal does not fit the list of files (${manifestFile}): ${why.en}`,
        az: `Möhür fayllar siyahısına (${manifestFile}) uyğun gəlmir: ${why.az}`,
      },
      sealFile,
    )
    return undefined
  }
}

function timeText(time: Date | undefined): string {
  return time?.toISOString() ?? '–'
}
