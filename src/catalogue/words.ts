import { dayText, minuteText } from '../country-time.js'
import type { BilingualText } from '../exchange/fault.js'
import type { ChangedNoun } from './change.js'

export type Language = 'az' | 'en'

/** What pages of the catalogue say of themselves. */
export const words = {
  bus: { az: 'Dövlət məlumat mübadiləsi şlüzü', en: 'Government data exchange bus' },
  catalogue: { az: 'Xidmətlər kataloqu', en: 'Service catalogue' },
  skip: { az: 'Məzmuna keç', en: 'Skip to the content' },
  sections: { az: 'Bölmələr', en: 'Sections' },
  languages: { az: 'Dil', en: 'Language' },
  services: { az: 'Elektron xidmətlər', en: 'E-services' },
  resources: { az: 'İnformasiya ehtiyatları', en: 'Information resources' },
  members: { az: 'İştirakçılar', en: 'Participants' },
  changes: { az: 'Dəyişikliklər', en: 'Changes' },
  search: { az: 'Axtarış: ad, kod və ya məlumat obyekti', en: 'Search: name, code or data object' },
  searchMember: { az: 'Axtarış: ad və ya kod', en: 'Search: name or code' },
  find: { az: 'Axtar', en: 'Search' },
  clear: { az: 'Axtarışı təmizlə', en: 'Clear the search' },
  nothing: { az: 'Heç nə tapılmadı.', en: 'Nothing was found.' },
  noChanges: { az: 'Hələ dəyişiklik yoxdur.', en: 'There are no changes yet.' },
  next: { az: 'Növbəti səhifə', en: 'Next page' },
  pages: { az: 'Səhifələr', en: 'Pages' },
  older: { az: 'Daha əvvəlki dəyişikliklər', en: 'Earlier changes' },
  service: { az: 'Xidmət', en: 'Service' },
  resource: { az: 'İnformasiya ehtiyatı', en: 'Information resource' },
  member: { az: 'İştirakçı', en: 'Participant' },
  name: { az: 'Ad', en: 'Name' },
  code: { az: 'Kod', en: 'Code' },
  id: { az: 'İdentifikator', en: 'Identifier' },
  owner: { az: 'Sahibi', en: 'Owner' },
  provider: { az: 'Təqdim edən sistem', en: 'Provider system' },
  domain: { az: 'Mübadilə sahəsi', en: 'Exchange domain' },
  state: { az: 'Vəziyyət', en: 'State' },
  until: { az: 'planlaşdırılmış sonu', en: 'planned end' },
  protocol: { az: 'Protokol', en: 'Protocol' },
  pattern: { az: 'Mübadilə qaydası', en: 'Pattern' },
  modes: { az: 'Sorğu rejimi', en: 'Modes of request' },
  version: { az: 'Versiya', en: 'Version' },
  versions: { az: 'Versiyalar', en: 'Versions' },
  isDefault: { az: 'əsas versiya', en: 'default version' },
  deprecated: { az: 'Köhnəlmə tarixi', en: 'Deprecated from' },
  successor: { az: 'Varisi', en: 'Successor' },
  place: { az: 'Harada göstərilir', en: 'Where it is offered' },
  approved: { az: 'Təsdiq', en: 'Approval' },
  approvedMark: {
    az: 'Nazirlər Kabinetinin təsdiq etdiyi siyahıdadır',
    en: 'In the list approved by the Cabinet of Ministers',
  },
  contract: { az: 'Texniki təsvir', en: 'Technical description' },
  noContract: { az: 'Texniki təsvir yoxdur.', en: 'There is no technical description.' },
  files: { az: 'təsvirin faylları (ZIP)', en: 'files of the description (ZIP)' },
  given: { az: 'Verdiyi məlumatlar', en: 'Data that it gives' },
  object: { az: 'Məlumat obyekti', en: 'Data object' },
  objects: { az: 'Məlumat obyektləri', en: 'Data objects' },
  source: { az: 'Mənbə', en: 'Source' },
  isSource: { az: 'ilkin mənbə', en: 'source of truth' },
  isCopy: { az: 'nüsxə', en: 'copy' },
  kind: { az: 'Növ', en: 'Kind' },
  identifiers: { az: 'Axtarış açarları', en: 'Found by' },
  offeredBy: { az: 'Məlumatını verən xidmətlər', en: 'Services that give of its data' },
  none: { az: 'yoxdur', en: 'none' },
  when: { az: 'Tarix', en: 'Date' },
  what: { az: 'Dəyişiklik', en: 'Change' },
  machine: { az: 'Proqramlar üçün', en: 'For programs' },
  feed: { az: 'Atom lenti', en: 'Atom feed' },
  bakuTime: { az: 'Bakı vaxtı', en: 'Baku time' },
} as const satisfies Readonly<Record<string, BilingualText>>

export const modeWords: Readonly<Record<string, BilingualText>> = {
  user: { az: 'istifadəçinin adından', en: 'on behalf of a user' },
  body: { az: 'qurumun adından', en: 'on behalf of the body' },
}

export const patternWords: Readonly<Record<string, BilingualText>> = {
  'request-reply': { az: 'sorğu – cavab', en: 'request and reply' },
  'one-way': { az: 'birtərəfli', en: 'one-way' },
}

export const protocolWords: Readonly<Record<string, string>> = {
  ...{ rest: 'REST', soap: 'SOAP', mq: 'AMQP' },
}

export const placeWords: Readonly<Record<string, BilingualText>> = {
  portal: { az: 'portalda', en: 'on the portal' },
  'own-site': { az: 'qurumun öz saytında', en: 'on the body’s own site' },
}

export const interactionWords: Readonly<Record<string, BilingualText>> = {
  informative: { az: 'informativ', en: 'informative' },
  interactive: { az: 'interaktiv', en: 'interactive' },
}

export const statusWords: Readonly<Record<string, BilingualText>> = {
  active: { az: 'Aktiv', en: 'Active' },
  suspended: { az: 'Dayandırılıb', en: 'Suspended' },
  liquidated: { az: 'Ləğv edilib', en: 'Liquidated' },
}

/** The word for a code in a language; the code itself where there is none. */
export function wordFor(
  of: Readonly<Record<string, BilingualText>>,
  code: string,
  language: Language,
): string {
  return Object.hasOwn(of, code) ? (of[code]?.[language] ?? code) : code
}

const folders: Readonly<Record<ChangedNoun, string>> = {
  ...{ service: 'services', resource: 'resources', member: 'members' },
}

/** The page of an entry. */
export function pathOf(noun: ChangedNoun, id: string, language: Language): string {
  return `/v1/catalogue/html/${folders[noun]}/${encodeURIComponent(id.toWellFormed())}?lang=${language}`
}

/** 26.11.2026 14:05, by the country's clock. */
export function momentText(at: Date): string {
  return `${dayText(at)} ${minuteText(at)}`
}
