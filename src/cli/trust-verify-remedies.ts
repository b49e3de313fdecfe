import type { BilingualText } from '../exchange/fault.js'
import type { PathReason } from '../trust/x509/path-error.js'

// Spoken to whoever holds certificate files: the closed list's remedies speak of an exchange, and
// here there was none. `sertifikat xidmətləri mərkəzi` is the law's word for a certification authority.
const remedies: Readonly<Record<PathReason, BilingualText>> = {
  malformed: {
    en: 'Export the certificate again from where it was issued; check that the file is whole.',
    az: 'Sertifikatı verildiyi yerdən yenidən ixrac edin və faylın tam olduğunu yoxlayın.',
  },
  'unknown-issuer': {
    en: 'Name the missing authority: a root with --trust, one in between with --intermediate. In the registry the operator adds it as an accepted authority.',
    az: 'Çatışmayan sertifikat xidmətləri mərkəzini göstərin: kök mərkəzi --trust, aralıq mərkəzi --intermediate ilə. Reyestrə onu operator etibarlı mərkəz kimi əlavə edir.',
  },
  'bad-signature': {
    en: 'The authority has the right name and another key: find the certificate of the authority whose key signed this one.',
    az: 'Mərkəzin adı uyğundur, açarı isə başqadır: bu sertifikatı hansı mərkəzin açarı imzalayıbsa, həmin mərkəzin sertifikatını tapın.',
  },
  'not-yet-valid': {
    en: 'Wait until the certificate is valid, or correct the clock that issued it.',
    az: 'Sertifikat hələ qüvvəyə minməyib: qüvvəyə mindiyi vaxtı gözləyin və ya onu vermiş sistemin saatını dəqiqləşdirin.',
  },
  expired: {
    en: 'Have a new certificate issued.',
    az: 'Yeni sertifikat alın.',
  },
  revoked: {
    en: 'Have a new certificate issued, with a new key if the old one was compromised.',
    az: 'Yeni sertifikat alın; əvvəlki açarın məxfiliyi pozulubsa, yeni açar yaradın.',
  },
  'revocation-unknown': {
    en: 'Supply a current revocation list of the authority, signed by it; an authority publishes a new one before the old one runs out.',
    az: 'Mərkəzin imzaladığı və müddəti bitməmiş ləğv edilmiş sertifikatlar siyahısını təqdim edin; mərkəz yeni siyahını əvvəlkinin müddəti bitməzdən qabaq dərc edir.',
  },
  'algorithm-forbidden': {
    en: 'Have the certificate issued anew: RSA of 2048 bits or more, ECDSA P-256 or P-384, or Ed25519, with SHA-2.',
    az: 'Sertifikatı icazə verilən alqoritmlə yenidən alın: SHA-2 ilə RSA (2048 bit və yuxarı) və ya ECDSA P-256/P-384, yaxud Ed25519.',
  },
  'not-a-ca': {
    en: 'A certificate between this one and the root is no authority: have the certificate issued by a real authority.',
    az: 'Bu sertifikatla kök arasındakı sertifikatlardan biri sertifikat xidmətləri mərkəzinə məxsus deyil: sertifikatı həqiqi mərkəzdən alın.',
  },
  'path-length': {
    en: 'The authority may not have a further authority below it: have the certificate issued by one higher up.',
    az: 'Bu mərkəzə özündən aşağıda başqa mərkəz yaratmağa icazə verilməyib: sertifikatı daha yuxarı mərkəzdən alın.',
  },
  'key-usage': {
    en: 'Have a certificate issued whose key usage fits what the key is used for.',
    az: 'Açarın istifadə məqsədinə uyğun olan sertifikat alın (keyUsage sahəsi).',
  },
  'name-constraint': {
    en: 'The authority may not issue for this name: use another authority, or correct the name.',
    az: 'Mərkəzə bu ada sertifikat verməyə icazə verilməyib: başqa mərkəzə müraciət edin və ya adı düzəldin.',
  },
  policy: {
    en: 'Have a certificate issued under the certificate policy that its authorities demand.',
    az: 'Mərkəzlərin tələb etdiyi sertifikat siyasətinə uyğun sertifikat alın.',
  },
  'unknown-critical-extension': {
    en: 'Have the certificate issued without the extension, or with the extension not marked critical.',
    az: 'Sertifikatı bu genişlənmə olmadan və ya genişlənmə kritik kimi işarələnmədən yenidən alın.',
  },
  'too-complex': {
    en: 'Remove needless authorities and cross certificates from the trust material.',
    az: 'Etibarlı mərkəzlərin siyahısından artıq mərkəzləri və çarpaz sertifikatları çıxarın.',
  },
}

/** What to do about a refused certificate, a sentence or two in both languages. */
export function pathRemedy(reason: PathReason): BilingualText {
  return remedies[reason]
}
