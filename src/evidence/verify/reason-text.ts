import { PackagingError } from '../../http/packaging-error.js'
import { CmsError, type CmsReason } from '../../cms/cms-error.js'
import { Fault, type BilingualText } from '../../exchange/fault.js'
import { printable } from '../../printable.js'
import { TimestampError, type TimestampReason } from '../../timestamp/timestamp-error.js'
import { PathError, type PathReason } from '../../trust/x509/path-error.js'
import { spokenReason } from './reason-sentences.js'

// What those who check say in English and to engineers, for a lawyer who reads either language.

const pathReasons: Readonly<Record<PathReason, string>> = {
  malformed: 'sertifikat düzgün formada deyil',
  'unknown-issuer': 'onu verən mərkəz burada etibar edilənlər arasında deyil',
  'bad-signature': 'sertifikatın imzası onu verən mərkəzin açarı ilə qoyulmayıb',
  'not-yet-valid': 'sertifikat həmin vaxt hələ qüvvəyə minməmişdi',
  expired: 'sertifikatın qüvvədə olma müddəti həmin vaxt bitmişdi',
  revoked: 'sertifikat həmin vaxt artıq ləğv edilmişdi',
  'revocation-unknown':
    'ləğv edilib-edilmədiyini müəyyən etmək mümkün olmayıb: o vaxt qüvvədə olan yararlı ləğv siyahısı və ya OCSP cavabı yoxdur',
  'algorithm-forbidden': 'sertifikatda qəbul edilməyən alqoritm və ya açar var',
  'not-a-ca': 'zəncirdəki sertifikatlardan biri sertifikat xidmətləri mərkəzinə məxsus deyil',
  'path-length': 'zəncirdəki mərkəzə özündən aşağıda başqa mərkəz yaratmağa icazə verilməyib',
  'key-usage': 'sertifikatın açarı bu məqsəd üçün nəzərdə tutulmayıb',
  'name-constraint': 'mərkəzə bu ada sertifikat verməyə icazə verilməyib',
  policy: 'zəncir tələb olunan sertifikat siyasətinə uyğun deyil',
  'unknown-critical-extension': 'sertifikatda tanınmayan kritik genişlənmə var',
  'too-complex': 'zəncirin axtarışı həddən artıq uzun çəkdiyi üçün dayandırılıb',
}

const cmsReasons: Readonly<Record<CmsReason, string>> = {
  malformed: 'bu, düzgün formada imza deyil',
  'too-large': 'imza yol verilən həcmdən böyükdür',
  'content-type': 'imza gözlənilən növ məzmuna aid deyil',
  content: 'imzalanmış məzmun gözlənilən yerdə deyil',
  'algorithm-forbidden': 'imza qəbul edilməyən alqoritmlə qoyulub',
  attributes: 'imzanın tələb olunan atributu yoxdur və ya başqa növdəndir',
  'message-digest': 'məzmun imzalanmış məzmun deyil: heşlər fərqlənir',
  'signing-certificate': 'imza öz sertifikatını düzgün göstərmir',
  'signer-unknown': 'imzada göstərilən sertifikat yoxdur',
  'bad-signature': 'imza imzalayanın açarı ilə qoyulmayıb',
}

const timestampReasons: Readonly<Record<TimestampReason, string>> = {
  malformed: 'bu, düzgün formada vaxt möhürü deyil',
  'too-large': 'vaxt möhürü yol verilən həcmdən böyükdür',
  rejected: 'vaxt möhürü xidməti sorğunu rədd edib',
  imprint: 'o, başqa məlumata vurulub: heşlər fərqlənir',
  nonce: 'o, başqa sorğuya verilən cavabdır',
  policy: 'o, qəbul edilməyən qayda üzrə vurulub',
  signature: 'onun imzası düzgün deyil',
  purpose: 'onu vuran sertifikat yalnız vaxt möhürləri üçün nəzərdə tutulmayıb',
  certificate: 'onda sertifikatdakından başqa xidmət göstərilib',
  clock: 'xidmətin saatı yol veriləndən çox fərqlənir',
  unreachable: 'vaxt möhürü xidməti cavab vermir',
}

/**
 * Why something was not accepted, as the end of a sentence in each language, with its full stop. What has no
 * Azerbaijani text here is quoted as a technical reason.
 * @param about - subject of the certificate that the sentence speaks of; another one is named
 */
export function reasonText(error: Error, about?: string): BilingualText {
  if (error instanceof PathError) return pathText(error, about)
  if (error instanceof TimestampError) return timestampText(error, about)
  if (error instanceof CmsError) return bothOf(error.message, cmsReasons[error.reason])
  if (error instanceof Fault) {
    const { code, text, detail } = error
    return bothOf(`${code}: ${detail ?? text.en}`, `${code}: ${text.az}`)
  }
  if (error instanceof PackagingError) {
    return bothOf(error.message, `mesaj göstərildiyi kimi qablaşdırılmayıb (${error.field})`)
  }
  const { message } = error
  return bothOf(message, spokenReason(message) ?? `səbəb tanınmayıb (texniki səbəb: ${message})`)
}

function pathText({ reason, subject, message }: PathError, about: string | undefined) {
  const whose = subject === '' || subject === about ? '' : `${subject}: `
  return bothOf(`${whose}${message}`, `${whose}${pathReasons[reason]}`)
}

function timestampText(error: TimestampError, about: string | undefined): BilingualText {
  const { cause, message, reason } = error
  if (cause instanceof PathError) return pathText(cause, about)
  const isSignature = cause instanceof CmsError && reason === 'signature'
  return bothOf(message, isSignature ? cmsReasons[cause.reason] : timestampReasons[reason])
}

/** Others chose parts of these texts. */
function bothOf(en: string, az: string): BilingualText {
  return { en: printable(ended(en)), az: printable(ended(az)) }
}

function ended(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}
