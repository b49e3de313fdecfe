import type { BilingualText } from '../exchange/fault.js'
import type { CatalogueChange, ChangedNoun, ChangeKind } from './change.js'

export const nounWords: Readonly<Record<ChangedNoun, BilingualText>> = {
  service: { az: 'Xidmət', en: 'Service' },
  resource: { az: 'İnformasiya ehtiyatı', en: 'Information resource' },
  member: { az: 'İştirakçı', en: 'Participant' },
}

export const changeWords: Readonly<Record<ChangeKind, BilingualText>> = {
  connected: { az: 'qoşulub', en: 'connected' },
  changed: { az: 'dəyişib', en: 'changed' },
  suspended: { az: 'dayandırılıb', en: 'suspended' },
  resumed: { az: 'yenidən işə salınıb', en: 'resumed' },
  ended: { az: 'ləğv edilib', en: 'ended' },
}

export function changeTitle(
  { kind, noun, object, name }: CatalogueChange,
  language: 'az' | 'en',
): string {
  const what = name === undefined ? object : name[language]
  return `${nounWords[noun][language]} ${changeWords[kind][language]}: ${what}`
}
