import type { BilingualText } from '../../exchange/fault.js'

/** What is said of agreements that are not as they have to be. */
export const texts = {
  waiting: {
    az: 'İştirakçının təsdiq gözləyən müqavilə layihəsi artıq var',
    en: 'A draft agreement of the participant waits already to be accepted',
  },
  renewedAlready: {
    az: 'Bu müqavilə artıq yenilənib, ya da yenisi təsdiq gözləyir',
    en: 'That agreement is renewed already, or its renewal waits to be accepted',
  },
  goesOn: {
    az: 'İştirakçının müqaviləsi qüvvədədir; onu yeniləmək üçün renews sahəsində göstərin',
    en: 'The participant has an agreement in force; name it in renews to renew it',
  },
  decided: { az: 'Müqavilə artıq layihə deyil', en: 'The agreement is no draft any more' },
  accepted: {
    az: 'Bu tərəf müqaviləni artıq təsdiq edib',
    en: 'This side has accepted the agreement already',
  },
  samePerson: {
    az: 'Müqaviləni iki tərəfin adından eyni şəxs təsdiq edə bilməz',
    en: 'One person cannot accept the agreement for both sides',
  },
  over: {
    az: 'Müqavilənin müddəti artıq bitib; yeni layihə hazırlayın',
    en: 'The time of the agreement is over already; draft another',
  },
  noAgreement: {
    az: 'İştirakçının qüvvədə olan müqaviləsi yoxdur',
    en: 'The participant has no agreement in force',
  },
  expired: {
    az: 'Müqavilənin müddəti bitib və yenilənməyib',
    en: 'The agreement has ended and was not renewed',
  },
} as const satisfies Readonly<Record<string, BilingualText>>
