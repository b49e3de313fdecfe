/**
 * The closed list of faults: text, side and remedy in Azerbaijani and English. The texts are those of
 * the bus's requirements, letter for letter, with their own words for access right (grant) and message
 * log (journal); `fault.spec.ts` holds the table. One departure: the English of REQUEST_INVALID names
 * the field, as the Azerbaijani does. INTERNAL_ERROR is ours, for what nobody foresaw. `{field}` and
 * `{time}` stand alone, so that no suffix hangs on them.
 */
export const faultTexts = {
  SIGNATURE_MISSING: {
    side: 'consumer',
    az: 'Sorğu imzalanmayıb',
    en: 'Request not signed',
    remedyAz: 'Sorğunu informasiya sisteminizin qeydiyyatdan keçmiş sertifikatı ilə imzalayın.',
    remedyEn: 'Sign the request with the registered certificate of your information system.',
  },
  SIGNATURE_INVALID: {
    side: 'consumer',
    az: 'İmza etibarsızdır: məlumat dəyişdirilmiş ola bilər',
    en: 'Signature invalid',
    remedyAz:
      'Göndərilən baytların imzalanmış baytlarla eyni olduğunu və bütün məcburi hissələrin imza ilə əhatə olunduğunu yoxlayın.',
    remedyEn:
      'Check that the bytes sent are the bytes signed and that every required part is covered.',
  },
  CERT_UNKNOWN: {
    side: 'consumer',
    az: 'Sertifikat tanınmır',
    en: 'Certificate unknown',
    remedyAz: 'Sertifikatı operatorda qeydiyyatdan keçirin.',
    remedyEn: 'Have the certificate registered by the operator.',
  },
  CERT_EXPIRED: {
    side: 'consumer',
    az: 'Sertifikatın müddəti bitib',
    en: 'Certificate expired',
    remedyAz: 'Sertifikatı yeniləyin.',
    remedyEn: 'Renew the certificate.',
  },
  CERT_REVOKED: {
    side: 'consumer',
    az: 'Sertifikat ləğv edilib',
    en: 'Certificate revoked',
    remedyAz: 'Operatordan yeni sertifikat alın.',
    remedyEn: 'Obtain a new certificate from the operator.',
  },
  CERT_SENDER_MISMATCH: {
    side: 'consumer',
    az: 'Sertifikat göndərən sistemə aid deyil',
    en: 'Certificate belongs to another system',
    remedyAz: 'Sorğunu göndərən sistemin öz sertifikatı ilə imzalayın.',
    remedyEn: 'Sign with the certificate of the system that the request names as its sender.',
  },
  ALGORITHM_FORBIDDEN: {
    side: 'consumer',
    az: 'Kriptoqrafik alqoritmdən istifadəyə icazə verilmir',
    en: 'Algorithm not allowed',
    remedyAz:
      'İcazə verilən alqoritmlərdən istifadə edin: SHA-2 ilə RSA (2048 bit və yuxarı) və ya ECDSA P-256/P-384, yaxud Ed25519.',
    remedyEn:
      'Use an allowed algorithm: RSA (2048 bit or more) or ECDSA P-256/P-384 with SHA-2, or Ed25519.',
  },
  CLOCK_SKEW: {
    side: 'consumer',
    az: 'Sorğunun vaxtı yol verilən həddən artıq fərqlənir',
    en: 'Clock difference too large',
    remedyAz: 'Sisteminizin saatını dəqiqləşdirin və sorğunu yenidən imzalayın.',
    remedyEn: "Correct your system's clock and sign the request again.",
  },
  ZONE_FORBIDDEN: {
    side: 'consumer',
    az: 'Bu şəbəkədən müraciətə icazə verilmir',
    en: 'Network zone not allowed',
    remedyAz: 'Sorğunu sizin üçün müəyyən edilmiş şəbəkədən göndərin.',
    remedyEn: 'Send the request from the network set for you.',
  },
  MEMBER_SUSPENDED: {
    side: 'consumer',
    az: 'İştirakçının fəaliyyəti dayandırılıb',
    en: 'Participant suspended',
    remedyAz: 'Operatora müraciət edin.',
    remedyEn: 'Contact the operator.',
  },
  TARGET_UNREGISTERED: {
    side: 'consumer',
    az: 'Xidmət reyestrdə qeydiyyata alınmayıb',
    en: 'Service not registered',
    remedyAz: 'Xidmətin identifikatorunu və versiyasını yoxlayın.',
    remedyEn: "Check the service's identifier and version.",
  },
  TARGET_SUSPENDED: {
    side: 'provider',
    az: 'Xidmət dayandırılıb',
    en: 'Service suspended',
    remedyAz: 'Xidmət bərpa edildikdən sonra yenidən cəhd edin.',
    remedyEn: 'Try again after the service has been resumed.',
  },
  TARGET_LIQUIDATED: {
    side: 'consumer',
    az: 'İnformasiya sistemi ləğv edilib',
    en: 'System liquidated',
    remedyAz: 'Xidmətlər kataloqunda varis xidməti axtarın.',
    remedyEn: 'Look for the successor in the service catalogue.',
  },
  IN_MAINTENANCE: {
    side: 'provider',
    az: 'Texniki iş aparılır. Planlaşdırılan bitmə vaxtı: {time}',
    en: 'Maintenance until {time}',
    remedyAz: 'Göstərilən vaxtdan sonra yenidən cəhd edin.',
    remedyEn: 'Try again after the planned end.',
  },
  DOMAIN_MISMATCH: {
    side: 'consumer',
    az: 'Xidmət bu mübadilə sahəsinə aid deyil',
    en: 'Other exchange domain',
    remedyAz: 'Xidmətə onun öz mübadilə sahəsində qeydiyyatda olan sistemdən müraciət edin.',
    remedyEn: "Call the service from a system registered in the service's own exchange domain.",
  },
  DOMAIN_SUSPENDED: {
    side: 'bus',
    az: 'Mübadilə sahəsinin fəaliyyəti dayandırılıb',
    en: 'Domain suspended',
    remedyAz: 'Operatora müraciət edin.',
    remedyEn: 'Contact the operator.',
  },
  CLASSIFICATION_FORBIDDEN: {
    side: 'consumer',
    az: 'Məxfi məlumatların ötürülməsinə yol verilmir',
    en: 'Classified data not accepted',
    remedyAz: 'Məxfi məlumatı bu sistem vasitəsilə göndərməyin.',
    remedyEn: 'Do not send classified data through this system.',
  },
  ACCESS_DENIED: {
    side: 'consumer',
    az: 'Bu xidmət üzrə giriş icazəsi yoxdur',
    en: 'No access grant',
    remedyAz: 'Xidmət təchizatçısından giriş icazəsi istəyin.',
    remedyEn: 'Ask the provider for an access right.',
  },
  LEGAL_BASIS_REQUIRED: {
    side: 'consumer',
    az: 'Hüquqi əsas və işin nömrəsi göstərilməlidir',
    en: 'Legal basis and case number required',
    remedyAz: 'Sorğuda hüquqi əsası və işin nömrəsini göstərin.',
    remedyEn: 'State the legal basis and the case number in the request.',
  },
  ASSERTION_INVALID: {
    side: 'consumer',
    az: 'İstifadəçinin autentifikasiyası təsdiqlənmədi',
    en: 'User assertion invalid',
    remedyAz: 'İstifadəçi yenidən daxil olduqdan sonra sorğunu təkrarlayın.',
    remedyEn: 'Repeat the request after the user has logged in again.',
  },
  ASSURANCE_TOO_LOW: {
    side: 'consumer',
    az: 'Bu xidmət üçün elektron imza ilə daxil olmaq tələb olunur',
    en: 'Stronger authentication needed',
    remedyAz: 'İstifadəçi elektron imza ilə daxil olmalıdır.',
    remedyEn: 'The user has to log in with an e-signature.',
  },
  NOT_DATA_SUBJECT: {
    side: 'consumer',
    az: 'Yalnız özünüzə aid məlumatları əldə edə bilərsiniz',
    en: 'Only own data',
    remedyAz: 'Sorğuda istifadəçinin öz identifikatorunu göstərin.',
    remedyEn: "Use the user's own identifier in the request.",
  },
  REQUEST_INVALID: {
    side: 'consumer',
    az: 'Sorğu xidmətin təsvirinə uyğun deyil: {field}',
    en: 'Request breaks the contract: {field}',
    remedyAz: 'Göstərilən sahəni düzəldin və sorğunu yenidən göndərin.',
    remedyEn: 'Correct the named field and send the request again.',
  },
  RESPONSE_INVALID: {
    side: 'provider',
    az: 'Cavab xidmətin təsvirinə uyğun deyil',
    en: 'Answer breaks the contract',
    remedyAz: 'Mübadilənin identifikatorunu xidmət təchizatçısına bildirin.',
    remedyEn: 'Tell the provider the exchange id.',
  },
  RESPONSE_SUBJECT_MISMATCH: {
    side: 'provider',
    az: 'Cavab sorğu edilən şəxsə aid deyil',
    en: 'Answer about another person',
    remedyAz: 'Mübadilənin identifikatorunu xidmət təchizatçısına bildirin.',
    remedyEn: 'Tell the provider the exchange id.',
  },
  MAPPING_FAILED: {
    side: 'bus',
    az: 'Mesajın formatını çevirmək mümkün olmadı',
    en: 'Conversion failed',
    remedyAz: 'Mübadilənin identifikatorunu operatora bildirin.',
    remedyEn: 'Tell the operator the exchange id.',
  },
  DUPLICATE_MESSAGE: {
    side: 'consumer',
    az: 'Bu identifikatorlu mesaj artıq qəbul edilib',
    en: 'Message id already used',
    remedyAz: 'Yeni sorğu üçün yeni identifikator yaradın.',
    remedyEn: 'Use a new message id for a new request.',
  },
  PROVIDER_UNAVAILABLE: {
    side: 'provider',
    az: 'Xidmət təchizatçısının sistemi əlçatan deyil',
    en: 'Provider unavailable',
    remedyAz: 'Bir qədər sonra yenidən cəhd edin.',
    remedyEn: 'Try again later.',
  },
  PROVIDER_TIMEOUT: {
    side: 'provider',
    az: 'Cavab müəyyən edilmiş müddətdə alınmadı',
    en: 'Provider timed out',
    remedyAz:
      'Sorğunun icra edilmiş olması mümkündür. Təkrar göndərməzdən əvvəl nəticəni yoxlayın.',
    remedyEn: 'The request may have been executed. Check its outcome before you send it again.',
  },
  PROVIDER_FAULT: {
    side: 'provider',
    az: 'Xidmət təchizatçısının sistemi xəta qaytardı',
    en: 'Provider fault',
    remedyAz: 'Mübadilənin identifikatorunu xidmət təchizatçısına bildirin.',
    remedyEn: 'Tell the provider the exchange id.',
  },
  THROTTLED: {
    side: 'consumer',
    az: 'Sorğuların sayı icazə verilən həddi aşıb',
    en: 'Too many requests',
    remedyAz: 'Sorğuları daha seyrək göndərin.',
    remedyEn: 'Send fewer requests at a time.',
  },
  PAYLOAD_TOO_LARGE: {
    side: 'consumer',
    az: 'Mesajın həcmi icazə verilən həddi aşıb',
    en: 'Message too large',
    remedyAz: 'Mesajın həcmini xidmət üçün müəyyən edilmiş həddədək azaldın.',
    remedyEn: "Keep the message within the service's size limit.",
  },
  PAYLOAD_UNSAFE: {
    side: 'consumer',
    az: 'Mesajın quruluşu təhlükəsizlik tələblərinə cavab vermir',
    en: 'Unsafe message',
    remedyAz: 'Mesajın quruluşunu və başlıqlarını düzəldin.',
    remedyEn: "Correct the message's structure and headers.",
  },
  AUDIT_UNAVAILABLE: {
    side: 'bus',
    az: 'Jurnal əlçatan olmadığı üçün mübadilə aparılmır',
    en: 'Journal unavailable',
    remedyAz: 'Bir qədər sonra yenidən cəhd edin.',
    remedyEn: 'Try again later.',
  },
  INTERNAL_ERROR: {
    side: 'bus',
    az: 'Şlüzdə daxili xəta baş verib',
    en: 'Internal error of the bus',
    remedyAz: 'Mübadilənin identifikatorunu operatora bildirin.',
    remedyEn: 'Tell the operator the exchange id.',
  },
} as const satisfies Record<
  string,
  {
    side: 'consumer' | 'bus' | 'provider'
    az: string
    en: string
    remedyAz: string
    remedyEn: string
  }
>
