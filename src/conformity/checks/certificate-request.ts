import { X509Certificate, type KeyObject } from 'node:crypto'
import { CaError, type CaErrorCode } from '../../ca/ca-error.js'
import { readCertificationRequest } from '../../ca/certification-request.js'
import type { BilingualText } from '../../exchange/fault.js'
import { strictAlgorithms } from '../../trust/x509/algorithm-policy.js'
import { failed, open, passed, type Judgement } from '../judgement.js'
import type { Seen } from '../seen.js'

const makeAnother: BilingualText = {
  az: 'Öz kompüterinizdə P-256 (və ya RSA 2048+) açarı yaradıb sertifikat sorğusu (PKCS #10) göndərin (docs/certificates.md)',
  en: 'Make a key of P-256 (or RSA of 2048 bits or more) on a machine of yours and send its certificate request (PKCS #10; docs/certificates.md)',
}

/** TT-03: the participant's own key, of an accepted algorithm, signed the request; or a certificate of another authority. */
export function judgeKey(
  { application: { certificateRequest: pem } }: Pick<Seen, 'application'>,
  now: Date,
): Judgement {
  if (pem === undefined) {
    return failed(
      { az: 'Sertifikat sorğusu yoxdur', en: 'There is no certificate request' },
      makeAnother,
    )
  }
  if (/-----BEGIN (X509 )?CERTIFICATE-----/.test(pem) && !/PRIVATE KEY/i.test(pem)) {
    return judgeCertificate(pem, now)
  }
  try {
    const { publicKey } = readCertificationRequest(Buffer.from(pem))
    const key = keyText(publicKey)
    return passed({
      az: `Sorğu öz açarı ilə imzalanıb: ${key}`,
      en: `The request is signed with its own key: ${key}`,
    })
  } catch (error) {
    if (!(error instanceof CaError)) throw error
    return failed({ az: refusals[error.code] ?? other, en: error.message }, makeAnother)
  }
}

const other = 'Sertifikat sorğusu qəbul edilmir'

const refusals: Partial<Readonly<Record<CaErrorCode, string>>> = {
  REQUEST_MALFORMED: 'Bu, PKCS #10 sertifikat sorğusu deyil və ya zədələnib',
  PRIVATE_KEY_SENT:
    'Gizli açar göndərilib: o, sistemdən heç vaxt çıxmamalıdır və indi ifşa olunmuş sayılır; yenisini yaradın',
  KEY_REFUSED: 'Açarın növü və ya uzunluğu, yaxud imza alqoritmi qəbul edilmir',
  PROOF_OF_POSSESSION: 'Sorğunun imzası sertifikat istənilən açarla qoyulmayıb',
  EXTENSION_REFUSED: 'Sorğu verilməyən genişlənmə tələb edir',
}

/** Whether its authority is accepted is the registry's matter; an officer has it looked at. */
function judgeCertificate(pem: string, now: Date): Judgement {
  const certificate = certificateIn(pem)
  const publicKey = certificate && keyOf(certificate)
  if (!certificate || !publicKey) {
    return failed({ az: 'Sertifikat oxunmur', en: 'The certificate cannot be read' }, makeAnother)
  }
  const weakness = strictAlgorithms.refusesKey(publicKey)
  if (weakness !== undefined) {
    const az = 'Sertifikatın açarının növü və ya uzunluğu qəbul edilmir'
    return failed({ az, en: `The certificate is refused: ${weakness}` }, makeAnother)
  }
  if (now < new Date(certificate.validFrom) || now > new Date(certificate.validTo)) {
    return failed(
      { az: 'Sertifikat qüvvədə deyil', en: 'The certificate is not in force' },
      makeAnother,
    )
  }
  const key = keyText(publicKey)
  return open(
    {
      az: `Başqa qurumun sertifikatı: ${key}`,
      en: `A certificate of another authority: ${key}`,
    },
    {
      az: 'Sertifikatı verən qurumun qəbul edildiyini məsul əməkdaş yoxlayır',
      en: 'An officer checks that its authority is an accepted one',
    },
  )
}

function certificateIn(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem)
  } catch {
    // OpenSSL's errors say nothing that an applicant could use.
    return undefined
  }
}

function keyOf(certificate: X509Certificate): KeyObject | undefined {
  try {
    return certificate.publicKey
  } catch {
    // A key of an algorithm that OpenSSL does not know.
    return undefined
  }
}

function keyText({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  const { modulusLength, namedCurve } = asymmetricKeyDetails ?? {}
  if (modulusLength !== undefined) return `RSA ${modulusLength}`
  if (namedCurve !== undefined) return namedCurve === 'prime256v1' ? 'P-256' : namedCurve
  return asymmetricKeyType ?? '–'
}
