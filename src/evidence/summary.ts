import type { EntryFields } from '../message-log/entry.js'
import type { EvidenceIndex, MissingReason } from './evidence-index.js'
import type { ExchangeEvidence, HalfEvidence } from './exchange-evidence.js'
import { outcomeWords } from './outcome-words.js'
import { printable } from '../printable.js'

export type Language = 'az' | 'en'

const labels: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  en: {
    title: 'EVIDENCE OF ONE EXCHANGE',
    exchange: 'Exchange',
    exported: 'Exported',
    by: 'By',
    why: 'Why',
    request: 'THE REQUEST',
    outcome: 'THE OUTCOME',
    notice: 'WHAT THE RECIPIENT SAID',
    noticeOf: 'Of the message',
    consumer: 'Who asked',
    user: 'User asserted by',
    provider: 'Who was asked',
    service: 'Service',
    purpose: 'Purpose',
    basis: 'Legal basis',
    case: 'Case',
    received: 'Received',
    answered: 'Ended',
    recorded: 'Recorded',
    filtered: 'Fields left out',
    result: 'Result',
    missing: 'NOT IN THIS CONTAINER',
    check: 'HOW TO CHECK IT',
    checkText:
      'This summary proves nothing: it is only to be read. Run "sluice evidence verify FILE" with\nthe trust anchors and the log key that you have from elsewhere. docs/evidence.md shows how\nto check the parts with openssl and xmlsec1.',
    log: 'Log',
    place: 'Place in the log',
    timestamps: 'Timestamps',
  },
  az: {
    title: 'BİR MÜBADİLƏNİN SÜBUTU',
    exchange: 'Mübadilə',
    exported: 'İxrac edilib',
    by: 'Kim tərəfindən',
    why: 'Səbəb',
    request: 'SORĞU',
    outcome: 'NƏTİCƏ',
    notice: 'ALANIN BİLDİRİŞİ',
    noticeOf: 'Mesajın mübadiləsi',
    consumer: 'Sorğunu göndərən',
    user: 'Təsdiq edən sistem',
    provider: 'Sorğu edilən',
    service: 'Xidmət',
    purpose: 'Məqsəd',
    basis: 'Hüquqi əsas',
    case: 'İş',
    received: 'Qəbul edilib',
    answered: 'Başa çatıb',
    recorded: 'Jurnala yazılıb',
    filtered: 'Çıxarılmış sahələr',
    result: 'Nəticə',
    missing: 'BU KONTEYNERDƏ OLMAYANLAR',
    check: 'NECƏ YOXLANILIR',
    checkText:
      'Bu xülasə heç nəyi sübut etmir, yalnız oxumaq üçündür. Başqa mənbədən aldığınız etimad\nsertifikatları və jurnal açarı ilə "sluice evidence verify FAYL" əmrini icra edin. Hissələrin\nopenssl və xmlsec1 ilə yoxlanması docs/evidence.md sənədində göstərilib.',
    log: 'Jurnal',
    place: 'Jurnaldakı yeri',
    timestamps: 'Vaxt möhürləri',
  },
}

export const missingTexts: Readonly<Record<Language, Readonly<Record<MissingReason, string>>>> = {
  en: {
    'no-request-entry': 'An entry of the request: it was refused before it could be logged.',
    'no-outcome-entry': 'An entry of the outcome: the exchange has not ended yet.',
    'no-request-message': 'The request itself: none is kept.',
    'no-outcome-message': 'A message with the outcome: none is kept.',
    'request-message-erased': 'The request itself: it is no longer stored.',
    'outcome-message-erased': 'The message with the outcome: it is no longer stored.',
    'no-checkpoint': 'A proof that the entries are in the log: no checkpoint covers them yet.',
    'no-timestamp': 'A timestamp of the checkpoint: none has been made yet.',
  },
  az: {
    'no-request-entry': 'Sorğunun jurnal yazısı: sorğu jurnala yazılmazdan əvvəl rədd edilib.',
    'no-outcome-entry': 'Nəticənin jurnal yazısı: mübadilə hələ bitməyib.',
    'no-request-message': 'Sorğunun özü: saxlanılmayıb.',
    'no-outcome-message': 'Nəticə ilə bağlı mesaj: saxlanılmayıb.',
    'request-message-erased': 'Sorğunun özü: artıq saxlanılmır.',
    'outcome-message-erased': 'Nəticə ilə bağlı mesaj: artıq saxlanılmır.',
    'no-checkpoint':
      'Yazıların jurnalda olmasının sübutu: onları əhatə edən nəzarət nöqtəsi hələ yoxdur.',
    'no-timestamp': 'Nəzarət nöqtəsinin vaxt möhürü: hələ vurulmayıb.',
  },
}

/** A container in words, for people who open it; nothing is proved by it. */
export function summaryOf(
  evidence: ExchangeEvidence,
  index: EvidenceIndex,
  language: Language,
): Buffer {
  const text = labels[language]
  const { exported } = index
  const lines = [
    text.title ?? '',
    '',
    line(text.exchange, evidence.exchangeId),
    line(text.exported, exported.at),
    line(text.by, exported.by),
    line(text.why, exported.reason),
    ...evidence.halves.flatMap((half) => halfLines(half, language)),
  ]
  if (index.log) {
    lines.push('', line(text.log, index.log.name))
    const places = evidence.halves.flatMap(({ place }) => (place ? [String(place.index)] : []))
    lines.push(line(text.place, places.join(', ')))
  }
  const stamps = index.timestamps.map(({ authority }) => authority)
  if (stamps.length > 0) lines.push(line(text.timestamps, stamps.join(', ')))
  if (index.missing.length > 0) {
    lines.push('', text.missing ?? '', ...index.missing.map((why) => missingTexts[language][why]))
  }
  lines.push('', text.check ?? '', text.checkText ?? '')
  return Buffer.from(`${lines.join('\n')}\n`)
}

function halfLines({ half, fields }: HalfEvidence, language: Language): string[] {
  const text = labels[language]
  const of = (name: keyof EntryFields): string | undefined => {
    const value = fields[name]
    return value === undefined ? undefined : String(value)
  }
  const outcome = of('outcome')
  const rows: [label: string | undefined, value: string | undefined][] = [
    [text.result, outcome && outcomeWords(outcome)[language]],
    [text.noticeOf, of('noticeOf')],
    [text.consumer, of('consumer')],
    [text.user, of('assertionIssuer')],
    [text.provider, of('provider')],
    [text.service, of('service')],
    [text.purpose, of('purpose') ?? of('rightPurpose')],
    [text.basis, of('legalBasis') ?? of('rightLegalBasis')],
    [text.case, of('caseNumber')],
    [text.received, of('receivedAt')],
    [text.answered, of('answeredAt')],
    [text.filtered, fields.filtered === undefined ? undefined : leftOutOf(fields)],
    [text.recorded, of('recordedAt')],
  ]
  const known = rows.filter(([, value]) => value !== undefined)
  const isRecipients = fields.kind === 'notice' && fields.faultSide === undefined
  return [
    '',
    (half === 1 ? text.request : isRecipients ? text.notice : text.outcome) ?? '',
    ...known.map(([label, value]) => line(label, value ?? '')),
  ]
}

/** How many, and by which access right: the consumer got the answer without them, and the container has it whole. */
function leftOutOf({ filtered = 0, rightId = '?' }: EntryFields): string {
  return `${filtered} (${rightId})`
}

const labelChars = 18

function line(label: string | undefined, value: string): string {
  return `${(label ?? '').padEnd(labelChars)} ${printable(value)}`
}
