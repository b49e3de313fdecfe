import type { Language } from '../evidence/summary.js'
import type { EvidenceReport, StepName, StepOutcome, Verdict } from '../evidence/verify/report.js'

const outcomes: Readonly<Record<Language, Readonly<Record<StepOutcome, string>>>> = {
  en: { proved: 'PROVED', false: 'FALSE', 'not-checked': 'NOT CHECKED', note: 'NOTE' },
  az: { proved: 'SÜBUT EDİLDİ', false: 'YANLIŞ', 'not-checked': 'YOXLANMADI', note: 'QEYD' },
}

const titles: Readonly<Record<Language, Readonly<Record<StepName, string>>>> = {
  en: {
    container: 'Container',
    seal: 'Seal',
    entries: 'Entries',
    inclusion: 'In the log',
    checkpoint: 'Checkpoint',
    witnesses: 'Witnesses',
    timestamp: 'Time',
    'request-message': 'Request',
    'request-signature': 'Who asked',
    'request-certificate': 'Asker’s certificate',
    'reply-message': 'Answer',
    'reply-signature': 'Who answered',
    'reply-certificate': 'Answerer’s certificate',
  },
  az: {
    container: 'Konteyner',
    seal: 'Möhür',
    entries: 'Yazılar',
    inclusion: 'Jurnalda olması',
    checkpoint: 'Nəzarət nöqtəsi',
    witnesses: 'Şahidlər',
    timestamp: 'Vaxt',
    'request-message': 'Sorğu',
    'request-signature': 'Kim soruşub',
    'request-certificate': 'Soruşanın sertifikatı',
    'reply-message': 'Cavab',
    'reply-signature': 'Kim cavablandırıb',
    'reply-certificate': 'Cavab verənin sertifikatı',
  },
}

const verdicts: Readonly<Record<Language, Readonly<Record<Verdict, string>>>> = {
  en: {
    proved: 'RESULT  Every check proved right. The notes say what no check can prove.',
    false: 'RESULT  Something in this container is false. It proves nothing.',
    incomplete: 'RESULT  Nothing is false, and not everything could be checked.',
  },
  az: {
    proved:
      'NƏTİCƏ  Bütün yoxlamalar uğurla başa çatdı. Heç bir yoxlamanın sübut edə bilmədiyi məqamlar qeydlərdədir.',
    false: 'NƏTİCƏ  Bu konteynerdə yanlış məlumat var. O, heç nəyi sübut etmir.',
    incomplete: 'NƏTİCƏ  Yanlış məlumat yoxdur, lakin hər şey yoxlanıla bilmədi.',
  },
}

const headings: Readonly<Record<Language, string>> = { en: 'Exchange', az: 'Mübadilə' }
const outcomeChars = 13

/** A report in one language, line by line. */
export function* evidenceText(
  { exchangeId, steps, verdict }: EvidenceReport,
  language: Language,
): Generator<string> {
  if (exchangeId !== undefined) {
    yield `${headings[language]} ${exchangeId}`
    yield ''
  }
  for (const { name, outcome, text, file } of steps) {
    const title = titles[language][name]
    yield `${outcomes[language][outcome].padEnd(outcomeChars)} ${title}${file === undefined ? '' : ` (${file})`}`
    yield `${' '.repeat(outcomeChars)} ${text[language]}`
  }
  yield ''
  yield verdicts[language][verdict]
}
