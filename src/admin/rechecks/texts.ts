import type { BilingualText } from '../../exchange/fault.js'

/** What is said of rechecks that are not as they have to be. */
export const texts = {
  notConnected: {
    az: 'qoşulma işi ilə qoşulmuş belə obyekt yoxdur',
    en: 'is nothing that a connection case has connected',
  },
  already: {
    az: 'Bu obyekt artıq təkrar yoxlanılır',
    en: 'This object is being rechecked already',
  },
  over: { az: 'Təkrar yoxlama başa çatıb', en: 'The recheck has come to its end' },
  byProbe: {
    az: 'Bu dəyişiklik barədə rəy verilmir: avtomatik yoxlama həll edir',
    en: 'No opinion is given on this change: the check by itself decides',
  },
  notByProbe: {
    az: 'Yalnız avtomatik yoxlanılan dəyişiklik geri götürülə bilər',
    en: 'Only a change that is checked by itself can be withdrawn',
  },
  running: { az: 'Yoxlama hələ davam edir', en: 'A check is still under way' },
  olderSet: {
    az: 'Son yoxlama texniki tələblərin köhnə versiyası üzrə aparılıb: yenidən yoxlayın',
    en: 'The last check was by an older version of the requirements: check again',
  },
  badDay: {
    az: 'gələcəkdə və ən çoxu bir il sonra olmalıdır',
    en: 'must be in the future, and within a year',
  },
  onlyServices: {
    az: 'yalnız xidmətin ünvanı və ya təsviri belə dəyişdirilir',
    en: 'only an address or a contract of a service is changed so',
  },
  breaking: {
    az: 'Yeni təsvir indiki istifadəçilərin işini pozur: xidmətin yeni versiyası üçün qoşulma işi açın (POST /v1/connection-cases)',
    en: 'The contract breaks consumers of today: apply for a new version of the service (POST /v1/connection-cases)',
  },
  declaredByYou: {
    az: 'Bu dəyişikliyi siz bəyan etmisiniz: onun barəsində başqa əməkdaş qərar verir',
    en: 'You have declared this change: another officer decides on it',
  },
  suspended: {
    az: 'Təkrar yoxlamanın müddəti bitib, müsbət rəy verilməyib',
    en: 'The time of the recheck is over without a positive opinion',
  },
  newRequirements: {
    az: 'Texniki tələblərin yeni versiyası qüvvəyə minib',
    en: 'A new version of the technical requirements is in force',
  },
} as const satisfies Readonly<Record<string, BilingualText>>
