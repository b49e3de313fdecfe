import { CmsError } from '../cms/cms-error.js'
import { cmsIds } from '../cms/cms-ids.js'
import { verifySignedData, type VerifiedSignedData } from '../cms/verify-signed-data.js'
import { reasonText } from '../evidence/verify/reason-text.js'
import { printable } from '../printable.js'
import { strictAlgorithms } from '../trust/x509/algorithm-policy.js'
import type { Certificate } from '../trust/x509/certificate.js'
import { PathError } from '../trust/x509/path-error.js'
import { validatePath } from '../trust/x509/path-validation.js'
import { makeTrustStore } from '../trust/x509/trust-store.js'
import type { Finding, FindingAbout } from './finding.js'

export interface SignatureToJudge {
  readonly about: Exclude<FindingAbout, 'both'>
  readonly signed: Uint8Array
  /** DER of the ContentInfo. */
  readonly signature: Uint8Array
  /** When it was made, by what is signed itself; undefined where the signature says it. */
  readonly claimedAt: Date | undefined
}

export interface JudgedSignature {
  readonly findings: readonly Finding[]
  /** Undefined for a signature that is not good. */
  readonly signer: Certificate | undefined
  readonly at: Date | undefined
}

/** Whether a signature fits what is signed, and whether an authority vouches for the signer at the time that is claimed. */
export function judgeSignature(
  { about, signed, signature, claimedAt }: SignatureToJudge,
  authorities: readonly Certificate[],
  now: Date,
): JudgedSignature {
  let verified: VerifiedSignedData
  try {
    verified = verifySignedData({
      ...{ signedData: signature, contentType: cmsIds.data, content: signed },
    })
  } catch (error) {
    if (!(error instanceof CmsError)) throw error
    return notGood(about, bad(error))
  }
  const { signer, others, signingTime } = verified
  const at = claimedAt ?? signingTime
  const trouble = troubleOf(signer, others, authorities, at ?? now)
  if (trouble) return notGood(about, trouble)
  return { signer, at, findings: [{ about, outcome: 'true', text: signedBy(signer, at) }] }
}

function notGood(about: FindingAbout, text: Finding['text']): JudgedSignature {
  return { findings: [{ about, outcome: 'false', text }], signer: undefined, at: undefined }
}

function troubleOf(
  signer: Certificate,
  others: readonly Certificate[],
  authorities: readonly Certificate[],
  at: Date,
): Finding['text'] | undefined {
  const trust = makeTrustStore({
    ...{ anchors: authorities, intermediates: others, revocationLists: [] },
    revocationPolicy: () => 'none',
  })
  try {
    validatePath({ certificate: signer, trust, at, algorithms: strictAlgorithms })
    return undefined
  } catch (error) {
    if (!(error instanceof PathError)) throw error
    const name = printable(signer.subject.text)
    const why = reasonText(error, signer.subject.text)
    return {
      en: `It is signed by ${name}, whose certificate is not accepted: ${why.en}`,
      az: `${name} imzalayıb, lakin onun sertifikatı qəbul edilmir: ${why.az}`,
    }
  }
}

function bad(error: CmsError): Finding['text'] {
  const why = reasonText(error)
  return { en: `The signature is not good: ${why.en}`, az: `İmza düzgün deyil: ${why.az}` }
}

function signedBy({ subject, issuer, serial }: Certificate, at: Date | undefined): Finding['text'] {
  const [name, authority] = [printable(subject.text), printable(issuer.text)]
  const time = at?.toISOString() ?? '–'
  return {
    en: `Signed by ${name} (certificate ${serial} of ${authority}) on ${time}; nothing of it was changed since.`,
    az: `${time} tarixində ${name} (sertifikat ${serial}, verən ${authority}) imzalayıb; o vaxtdan heç nə dəyişdirilməyib.`,
  }
}
