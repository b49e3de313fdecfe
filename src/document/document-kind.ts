import type { BilingualText } from '../exchange/fault.js'

/** What the connection desk puts into writing. */
export const documentKinds = [
  'application',
  'missing-data',
  'check-protocol',
  'opinion',
  'negative-opinion',
  'justified-demand',
  'improvement',
  'refusal',
  'security-opinion',
  'agreement',
  'agreement-annex',
  'act-of-connection',
] as const
export type DocumentKind = (typeof documentKinds)[number]

export interface DocumentKindTerms {
  /** What its numbers begin with. */
  readonly prefix: string
  readonly title: BilingualText
}

export const documentKindTerms: Readonly<Record<DocumentKind, DocumentKindTerms>> = {
  application: {
    prefix: 'MÜR',
    title: { az: 'Qoşulma barədə müraciət', en: 'Application for connection' },
  },
  'missing-data': {
    prefix: 'ÇAT',
    title: { az: 'Çatışmayan məlumatların siyahısı', en: 'List of missing data' },
  },
  'check-protocol': {
    prefix: 'PRT',
    title: { az: 'Uyğunluğun yoxlanılması protokolu', en: 'Conformity check protocol' },
  },
  opinion: {
    prefix: 'RƏY',
    title: { az: 'Uyğunluq barədə müsbət rəy', en: 'Positive opinion on conformity' },
  },
  'negative-opinion': {
    prefix: 'MRƏY',
    title: { az: 'Uyğunluq barədə mənfi rəy', en: 'Negative opinion on conformity' },
  },
  'justified-demand': {
    prefix: 'TƏL',
    title: { az: 'Əsaslandırılmış tələb', en: 'Justified demand' },
  },
  improvement: {
    prefix: 'TƏK',
    title: { az: 'Təkmilləşdirmə barədə qeyd', en: 'Improvement record' },
  },
  refusal: {
    prefix: 'İMT',
    title: { az: 'Qoşulmaqdan imtina', en: 'Refusal of connection' },
  },
  'security-opinion': {
    prefix: 'TRƏY',
    title: { az: 'İnformasiya təhlükəsizliyi üzrə rəy', en: 'Opinion on information security' },
  },
  agreement: {
    prefix: 'MÜQ',
    title: { az: 'Qoşulma barədə müqavilə', en: 'Agreement on connection' },
  },
  'agreement-annex': {
    prefix: 'ƏLV',
    title: { az: 'Müqaviləyə əlavə', en: 'Annex to the agreement' },
  },
  'act-of-connection': {
    prefix: 'AKT',
    title: { az: 'Qoşulma aktı', en: 'Act of connection' },
  },
}

const digitsMin = 4

/**
 * `RƏY-2026/0001`.
 * @param year - of its day in Baku
 * @param ordinal - counted without gaps within the kind and the year, from 1
 */
export function documentNumber(kind: DocumentKind, year: number, ordinal: number): string {
  return `${documentKindTerms[kind].prefix}-${year}/${String(ordinal).padStart(digitsMin, '0')}`
}
