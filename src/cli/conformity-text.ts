import type { ApplicationFlaw } from '../conformity/application-flaw.js'
import type { CheckProtocol, CheckResult } from '../conformity/requirement.js'
import { printable } from '../printable.js'

type Language = 'az' | 'en'

const results: Readonly<Record<CheckResult, Readonly<Record<Language, string>>>> = {
  pass: { az: 'uyğundur', en: 'pass' },
  fail: { az: 'uyğun deyil', en: 'fail' },
  warning: { az: 'xəbərdarlıq', en: 'warning' },
  open: { az: 'məsul əməkdaş qərar verir', en: 'open, an officer decides' },
  'not-applicable': { az: 'aid deyil', en: 'not applicable' },
}

const words = {
  az: {
    head: (objectId: string, set: number) => `${objectId}: texniki tələblər, versiya ${set}`,
    remedy: 'Nə etməli',
    missing: 'Müraciətdə çatışmır',
    good: 'Uyğun gəlməyən tələb yoxdur.',
    bad: (count: number) => `Uyğun gəlməyən tələblər: ${count}.`,
  },
  en: {
    head: (objectId: string, set: number) => `${objectId}: technical requirements, version ${set}`,
    remedy: 'What to do',
    missing: 'Missing in the application',
    good: 'Nothing fails.',
    bad: (count: number) => `Requirements that are not met: ${count}.`,
  },
} as const

/** `/probes/good: …`. */
export function flawLine({ pointer, text }: ApplicationFlaw, language: Language): string {
  return pointer === '' ? text[language] : `${pointer}: ${text[language]}`
}

/** A check protocol for people, line by line; what an endpoint or a bus has said in it steers nobody's terminal. */
export function protocolLines(
  {
    objectId,
    protocol,
    missing,
    from,
  }: {
    readonly objectId: string
    readonly protocol: CheckProtocol
    readonly missing: readonly ApplicationFlaw[]
    /** Where the requirements were taken from; undefined for those that this program was built with. */
    readonly from: string | undefined
  },
  language: Language,
): string[] {
  const word = words[language]
  const failing = protocol.lines.filter(({ result }) => result === 'fail').length
  return [
    word.head(objectId, protocol.requirementSet) + (from === undefined ? '' : ` (${from})`),
    ...protocol.lines.flatMap(({ code, result, finding, remedy }) => [
      `${code} ${results[result][language]}: ${finding[language]}`,
      ...(remedy ? [`      ${word.remedy}: ${remedy[language]}`] : []),
    ]),
    ...missing.map((each) => `${word.missing}: ${flawLine(each, language)}`),
    failing === 0 ? word.good : word.bad(failing),
  ].map(printable)
}

/** What is said where no bus was asked what is in force. */
export function builtInWarning(version: number): Readonly<Record<Language, string>> {
  return {
    az: `Xəbərdarlıq: proqramın öz tələbləri tətbiq edilib (versiya ${version}); qüvvədə olan başqa versiya ola bilər. --bus və ya --requirements göstərin.`,
    en: `Warning: these are the requirements that this program was built with (version ${version}), and others may be in force. Give --bus or --requirements.`,
  }
}
