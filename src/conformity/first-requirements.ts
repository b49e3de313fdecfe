import type { ObjectKind, RequirementSet, TechnicalRequirement } from './requirement.js'

const all: readonly ObjectKind[] = ['system', 'resource', 'service']
const services: readonly ObjectKind[] = ['service']

const first: readonly TechnicalRequirement[] = [
  requirement('TT-01', 'automatic', services, '5.1.5', {
    az: 'Xidmətin maşınla oxunan təsviri (WSDL, OpenAPI və ya məlumat sxemi) təqdim edilir',
    en: 'A machine-readable contract of the service (WSDL, OpenAPI or message schema) is supplied',
  }),
  requirement('TT-02', 'automatic', services, '2.1.4', {
    az: 'Xidmətə TLS-in qəbul edilən versiyası və etibarlı sertifikatla qoşulmaq olur',
    en: 'The service is reached over TLS of an accepted version, with a certificate that is trusted',
  }),
  requirement('TT-03', 'automatic', ['system'], '4.1.8', {
    az: 'Açar cütünü iştirakçı özü yaradıb; sertifikat sorğusu həmin açarla imzalanıb, alqoritm və uzunluq qəbul ediləndir',
    en: 'The participant has made the key pair itself; the certificate request is signed with it, by an accepted algorithm and length',
  }),
  requirement('TT-04', 'automatic', services, '6.1.2', {
    az: 'İmzalanmış sınaq sorğusuna xidmətin təsvirinə uyğun cavab verilir',
    en: 'A signed test request is answered as the contract says',
  }),
  requirement('TT-05', 'automatic', services, '5.1.2', {
    az: 'Səhv sorğuya veb-səhifə ilə deyil, düzgün xəta cavabı ilə cavab verilir',
    en: 'A wrong request is answered by a proper fault, not by a page of text',
  }),
  requirement('TT-06', 'automatic', services, '5.2 (Fərman)', {
    az: 'Fərdi məlumatlar fərdi identifikasiya nömrəsi (FİN) üzrə aparılır',
    en: 'Personal records are keyed by the personal identification number (FIN)',
  }),
  requirement('TT-07', 'automatic', all, '3.4', {
    az: 'Fərdi məlumatlar varsa, fərdi məlumatların informasiya sistemlərinin reyestrində qeyd var',
    en: 'Where personal data are held, there is an entry in the register of personal-data systems',
  }),
  requirement('TT-08', 'automatic', ['resource', 'service'], '3.4, 2.1.5', {
    az: 'Başqa ehtiyatın artıq verdiyi məlumat obyekti təkrarlanmır və ya təkrar əsaslandırılıb; bir dəfə daxil edilmiş məlumat yenidən soruşulmur',
    en: 'No data object is duplicated that another resource offers already, or the duplicate is justified; data entered once are not asked for again',
  }),
  requirement('TT-09', 'document', services, '5.1.1', {
    az: 'Xidmətin təsdiq edilmiş inzibati reqlamenti və cavab müddəti göstərilib',
    en: 'The approved administrative regulation of the service is named, with its time for an answer',
  }),
  requirement('TT-10', 'automatic', services, '2.1.6', {
    az: 'Sınaq sorğusunun cavab müddəti reqlamentdəki həddi aşmır',
    en: 'The time of the answer in the test is within the limit of the regulation',
  }),
  requirement('TT-11', 'document', ['system'], '2.1.4', {
    az: 'Sertifikatlaşdırılmış proqram təminatı barədə məlumat verilib',
    en: 'A statement on certified software is given',
  }),
  requirement('TT-12', 'document', ['system', 'resource'], '5.1.10, 4.1.11', {
    az: 'İnformasiya təhlükəsizliyi tədbirləri barədə məlumat verilib',
    en: 'A statement on measures of information security is given',
  }),
  requirement('TT-13', 'data', all, '5.3.2 (Qaydalar)', {
    az: 'Məsul şəxs və texniki əlaqə şəxsi göstərilib',
    en: 'A responsible person and a technical contact are named',
  }),
  requirement('TT-14', 'automatic', services, '3.0.2 (Qaydalar)', {
    az: 'UTF-8 kodlaşdırmasında Azərbaycan dilində mətn dəyişmədən qaytarılır',
    en: 'Azerbaijani text in UTF-8 is returned unchanged',
  }),
  requirement('TT-15', 'data', ['system', 'resource'], '7; 5.2', {
    az: 'Yerləşdirmə yeri (məlumat mərkəzi və ya öz yeri) göstərilib',
    en: 'The hosting place (data centre or own) is stated',
  }),
]

/** The first requirement set («texniki tələblər»): in force until an operator puts another in its place. */
export const firstRequirementSet: RequirementSet = {
  version: 1,
  inForceFrom: new Date('2026-01-01T00:00:00Z'),
  recheckUntil: undefined,
  requirements: first,
}

function requirement(
  code: string,
  by: TechnicalRequirement['by'],
  appliesTo: readonly ObjectKind[],
  clause: string,
  text: TechnicalRequirement['text'],
): TechnicalRequirement {
  return { code, text, clause, appliesTo, by }
}
