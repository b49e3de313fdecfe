import type { Defect } from '../../log-verifier/defect.js'
import { findingTexts, kindTexts, type Language } from '../../log-verifier/finding-text.js'
import type { Verdict } from '../../log-verifier/verify-logs.js'
import { printable } from '../../printable.js'

/** What could not be checked, whatever was found. */
export interface Unchecked {
  /** Logs of which no key was given. */
  readonly logsWithoutKey: readonly string[]
  /** Cosignatures and time-stamps by somebody who is not known. */
  readonly attestations: number
}

/** Whose keys signatures were checked by: the reader's own, or those of the node that is to be checked. */
export type KeySource = 'given' | 'of the node'

export function uncheckedOf({ logs, archives }: Verdict): Unchecked {
  return {
    logsWithoutKey: logs.filter((each) => each.checkpointsWithoutKey > 0).map(({ log }) => log),
    attestations:
      logs.reduce((sum, each) => sum + each.attestationsUnchecked, 0) +
      archives.reduce((sum, each) => sum + each.stampsUnchecked, 0),
  }
}

/**
 * Exit code: 0 whole, 1 defects, 3 something could not be checked. Who signs with a key of their own choice proves
 * nothing to others: by the node's own keys no more than 3 is reached, as with evidence containers.
 */
export function exitCodeOf(verdict: Verdict, keys: KeySource): number {
  if (verdict.defects.length > 0) return 1
  return keys === 'given' && uncheckedOf(verdict).logsWithoutKey.length === 0 ? 0 : 3
}

export function jsonOf(verdict: Verdict, keys: KeySource): Record<string, unknown> {
  const { at, logs, defects, defectsDropped, ...counts } = verdict
  const isWhole = exitCodeOf(verdict, keys) === 0
  return {
    verdict: defects.length > 0 ? 'defects' : isWhole ? 'whole' : 'unchecked',
    keysPinned: keys === 'given',
    at: at.toISOString(),
    ...counts,
    logs: logs.map(({ newestBy, ...log }) => ({
      ...log,
      newestBy: Object.fromEntries([...newestBy].map(([name, us]) => [name, isoOf(us)])),
    })),
    defects: defects.map((defect) => ({ ...defect, text: sentenceOf(defect, 'en') })),
    defectsDropped,
  }
}

const words = {
  en: {
    log: (log: string, entries: number, size: number, signed: number) =>
      `${log}: ${entries} entries checked, tree of ${size}, signed up to ${signed}`,
    archived: 'entries are in archive files',
    archive: (file: string, from: number, to: number, payloads: number) =>
      `${file}: entries ${from} up to ${to} checked, with ${payloads} payloads`,
    erasedParts: 'parts with payloads were taken out of it since',
    onlyHashes: (log: string, from: number, to: number) =>
      `Not checked in full: of ${log}, ${from} up to ${to}, only the hashes were (give their files by --archive)`,
    waiting: 'entries wait for their place, which is no defect while they are new',
    unknowable: 'payloads are of entries that say nothing of what is stored; they were not checked',
    erased: 'payloads were erased, for which an act in the audit log answers',
    withoutKey: 'Not checked, as no key was given (--key): signatures of ',
    notPinned:
      'No keys kept elsewhere were given (--key): signatures are checked by none but those that this node publishes. Whoever has the node could have made all of it anew, so that it was not is not proved.',
    attestations:
      'cosignatures and time-stamps are by somebody who is not known (--witness, --trust)',
    whole: 'Whole: nothing was found wrong.',
    unchecked: 'Nothing was found wrong, but not everything could be checked.',
    defects: (count: number) => `${count} ${count === 1 ? 'defect' : 'defects'} found.`,
    index: 'index',
    dropped: 'defects more',
    nowhere: '(no log)',
  },
  az: {
    log: (log: string, entries: number, size: number, signed: number) =>
      `${log}: ${entries} yazı yoxlanılıb, ağacın ölçüsü ${size}, imzalanmış ölçü ${signed}`,
    archived: 'yazı arxiv fayllarındadır',
    archive: (file: string, from: number, to: number, payloads: number) =>
      `${file}: ${from} indeksindən ${to} indeksinədək yazılar və ${payloads} məzmun yoxlanılıb`,
    erasedParts: 'məzmun hissəsi sonradan ondan çıxarılıb',
    onlyHashes: (log: string, from: number, to: number) =>
      `Tam yoxlanılmayıb: ${log} jurnalının ${from} indeksindən ${to} indeksinədək yazılarının yalnız heşləri yoxlanılıb (fayllarını --archive ilə verin)`,
    waiting: 'yazı yerini gözləyir; yeni olduqca bu, qüsur deyil',
    unknowable: 'məzmunun yazısı nəyin saxlanıldığını demir; onlar yoxlanılmayıb',
    erased: 'məzmun silinib; audit jurnalında bunun üçün əməl qeydə alınıb',
    withoutKey: 'Açar verilmədiyi üçün (--key) yoxlanılmayıb: bu jurnalların imzaları: ',
    notPinned:
      'Başqa yerdə saxlanılmış açarlar verilməyib (--key): imzalar yalnız bu qovşağın dərc etdiyi açarlarla yoxlanılır. Qovşağa sahib olan şəxs hər şeyi yenidən qura bilərdi; bunun baş vermədiyi sübut edilmir.',
    attestations: 'şahid imzası və vaxt möhürü tanınmayan tərəflərdəndir (--witness, --trust)',
    whole: 'Bütövdür: heç bir qüsur tapılmayıb.',
    unchecked: 'Qüsur tapılmayıb, lakin hər şeyi yoxlamaq mümkün olmayıb.',
    defects: (count: number) => `${count} qüsur tapılıb.`,
    index: 'indeks',
    dropped: 'qüsur da var',
    nowhere: '(jurnalsız)',
  },
} as const

/** The verdict for people, line by line; what the database holds cannot steer their terminal. */
export function linesOf(verdict: Verdict, language: Language, keys: KeySource): string[] {
  const say = words[language]
  const unchecked = uncheckedOf(verdict)
  const archived = verdict.logs.reduce((sum, each) => sum + each.archived, 0)
  const counted = (count: number, text: string): string[] => (count > 0 ? [`${count} ${text}`] : [])
  const whole = exitCodeOf(verdict, keys) === 0 ? say.whole : say.unchecked
  const { defects, defectsDropped: dropped } = verdict
  return [
    ...verdict.logs.map(({ log, entries, size, signed }) => say.log(log, entries, size, signed)),
    ...counted(archived, say.archived),
    ...verdict.archives.flatMap(({ file, from, to, payloads, erasedParts }) => [
      say.archive(file, from, to, payloads),
      ...counted(erasedParts, say.erasedParts),
    ]),
    ...verdict.logs.flatMap(({ log, archivedUnchecked }) =>
      archivedUnchecked.map(({ from, to }) => say.onlyHashes(log, from, to)),
    ),
    ...counted(verdict.waiting, say.waiting),
    ...counted(verdict.payloadsErased, say.erased),
    ...counted(verdict.payloadsUnknowable, say.unknowable),
    ...counted(unchecked.attestations, say.attestations),
    ...(unchecked.logsWithoutKey.length > 0
      ? [say.withoutKey + unchecked.logsWithoutKey.join(', ')]
      : []),
    ...(keys === 'given' ? [] : [say.notPinned]),
    '',
    ...defects.flatMap((defect) => defectLines(defect, language)),
    ...counted(dropped, say.dropped),
    defects.length > 0 ? say.defects(defects.length + dropped) : whole,
  ].map(printable)
}

function defectLines(defect: Defect, language: Language): string[] {
  const { kind, log, index, table, column, row } = defect
  const say = words[language]
  const where = [
    log ?? say.nowhere,
    ...(index === undefined ? [] : [`${say.index} ${index}`]),
    column === undefined ? table : `${table}.${column}`,
    ...(row === undefined ? [] : [row]),
  ]
  return [
    `${kindTexts[kind][language].toLocaleUpperCase(language)}  ${where.join(', ')}`,
    `    ${sentenceOf(defect, language)}`,
  ]
}

/** What a defect means. */
export function sentenceOf({ finding, details = {} }: Defect, language: Language): string {
  return findingTexts[finding][language].replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    String((language === 'az' ? details[`${name}Az`] : undefined) ?? details[name] ?? '?'),
  )
}

function isoOf(microseconds: number): string {
  return new Date(microseconds / 1_000).toISOString()
}
