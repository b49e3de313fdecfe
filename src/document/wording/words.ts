import type { CheckResult, ObjectKind } from '../../conformity/requirement.js'
import type { BilingualText } from '../../exchange/fault.js'
import { dayText } from '../../country-time.js'
import type { Capacity, CaseContent, DocumentReference, Party } from '../document-content.js'
import type { Column, Field, Part, Tone } from '../pdf/block.js'

/** What is connected, in the cases that the sentences need. */
export const objectWords: Readonly<
  Record<ObjectKind, { readonly az: string; readonly azGenitive: string; readonly en: string }>
> = {
  system: {
    az: 'informasiya sistemi',
    azGenitive: 'informasiya sisteminin',
    en: 'information system',
  },
  resource: {
    az: 'informasiya ehtiyatı',
    azGenitive: 'informasiya ehtiyatının',
    en: 'information resource',
  },
  service: { az: 'elektron xidmət', azGenitive: 'elektron xidmətin', en: 'e-service' },
}

export const capacityWords: Readonly<Record<Capacity, BilingualText>> = {
  operator: { az: 'Operator', en: 'Operator' },
  participant: { az: 'İştirakçı', en: 'Participant' },
  agency: { az: 'Dövlət Agentliyi', en: 'State Agency' },
  security: { az: 'Təhlükəsizlik üzrə auditor', en: 'Security auditor' },
  'founder-administrator': { az: 'Təsisçi-administrator', en: 'Founder-administrator' },
}

export const resultWords: Readonly<Record<CheckResult, BilingualText & { readonly tone?: Tone }>> =
  {
    pass: { az: 'Uyğundur', en: 'Met', tone: 'good' },
    fail: { az: 'Uyğun deyil', en: 'Not met', tone: 'bad' },
    warning: { az: 'Xəbərdarlıq', en: 'Warning', tone: 'open' },
    open: { az: 'Baxılmalıdır', en: 'To be judged', tone: 'open' },
    'not-applicable': { az: 'Tətbiq olunmur', en: 'Does not apply' },
  }

/** A field of words in both languages, or in the one in which they were written. */
export function field(az: string, en: string, ...value: readonly (Part | undefined)[]): Field {
  return {
    label: { az, en },
    value: value.flatMap((part) => (part === undefined || part === '' ? [] : [part])),
  }
}

export function column(az: string, en: string, share: number): Column {
  return { label: { az, en }, share }
}

/** `3 000 ms` and `3,000 ms`. */
export function millisText(ms: number): BilingualText {
  const digits = String(Math.round(ms))
  const grouped = (mark: string): string => digits.replace(/\B(?=(\d{3})+$)/g, mark)
  return { az: `${grouped('\u00a0')} ms`, en: `${grouped(',')} ms` }
}

/** `№ RƏY-2026/0009, 26.11.2026`. */
export function referenceText({ number, at }: DocumentReference): string {
  return `№ ${number}, ${dayText(at)}`
}

export function partyParts({ name, member }: Party): Part[] {
  if (member === undefined) return [{ ...name }]
  return [{ az: `${name.az} (${member})`, en: name.en }]
}

/** Whose case it is, and about what. */
export function caseFields({ operator, participant, domain, object }: CaseContent): Field[] {
  const { az, en } = objectWords[object.kind]
  return [
    field('Operator', 'Operator', ...partyParts(operator)),
    field('İştirakçı', 'Participant', ...partyParts(participant)),
    field('Mübadilə sahəsi', 'Exchange domain', domain),
    field('Qoşulan obyektin növü', 'What is connected', { az, en }),
    field('Adı və identifikatoru', 'Name and identifier', object.name, {
      code: object.id,
    }),
  ]
}
