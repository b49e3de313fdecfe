import { CmsError } from '../../cms/cms-error.js'
import { cmsIds } from '../../cms/cms-ids.js'
import { verifySignedData, type VerifiedSignedData } from '../../cms/verify-signed-data.js'
import { manifestFile, sealFile, type OpenedContainer } from '../asic-container.js'
import { printable } from '../printable.js'
import type { Believed } from './believed.js'
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
  const at = stamp?.time ?? now
  const verdict = believed.judge(signed.signer, at, 'message-signature', signed.others)
  const since = stamp ? ` ${stamp.time.toISOString()}` : ''
  switch (verdict.outcome) {
    case 'good':
      findings.proved(
        'seal',
        {
          en: `The files are sealed by ${name}${stamp ? `, and were so by${since}` : ''}. Its certificate was good then (${printable(verdict.anchor.subject.text)} vouches for it).`,
          az: `Fayllar ${name} tərəfindən möhürlənib${stamp ? ` və${since} tarixində artıq möhürlü idi` : ''}. Onun sertifikatı həmin vaxt etibarlı idi (${printable(verdict.anchor.subject.text)} tərəfindən təsdiqlənir).`,
        },
        sealFile,
      )
      break
    case 'unknown':
      findings.notChecked(
        'seal',
        {
          en: `The files are sealed by the key of ${name}; whether its certificate is good cannot be said: ${printable(verdict.why.message)}`,
          az: `Fayllar ${name} açarı ilə möhürlənib; onun sertifikatının etibarlı olub-olmadığı müəyyən edilə bilmir: ${printable(verdict.why.message)}`,
        },
        sealFile,
      )
      break
    case 'bad':
      findings.isFalse(
        'seal',
        {
          en: `The seal was made with a certificate that was not good then: ${printable(verdict.why.message)}`,
          az: `Möhür həmin vaxt etibarlı olmayan sertifikatla vurulub: ${printable(verdict.why.message)}`,
        },
        sealFile,
      )
  }
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
    findings.isFalse(
      'seal',
      {
        en: `The seal does not fit the list of files (${manifestFile}): ${printable(error.message)}`,
        az: `Möhür fayllar siyahısına (${manifestFile}) uyğun gəlmir: ${printable(error.message)}`,
      },
      sealFile,
    )
    return undefined
  }
}

function timeText(time: Date | undefined): string {
  return time?.toISOString() ?? '–'
}
