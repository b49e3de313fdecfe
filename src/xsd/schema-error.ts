import { xsdLimits } from '../limits/contracts.js'

/** Why a schema is not accepted. */
export type SchemaProblemKind = keyof typeof texts

const texts = {
  unsupported: { az: 'Dəstəklənmir: {term}', en: 'Not supported: {term}' },
  invalid: { az: 'XML Schema qaydalarına uyğun deyil: {term}', en: 'Not XML Schema: {term}' },
  unresolved: { az: 'Belə komponent yoxdur: {term}', en: 'There is no such component: {term}' },
  location: {
    az: 'Göstərilən fayl təsvirin faylları arasında yoxdur: {term}',
    en: 'The file is not among those of the contract: {term}',
  },
  document: { az: 'Fayl düzgün XML deyil: {term}', en: 'The file is not well-formed XML: {term}' },
  repeated: { az: 'Komponent təkrarlanır: {term}', en: 'The component is defined twice: {term}' },
  circular: { az: 'Komponent özünə istinad edir: {term}', en: 'It is defined by itself: {term}' },
  ambiguous: {
    az: 'Məzmun modeli birmənalı deyil (Unique Particle Attribution): {term}',
    en: 'The content model is ambiguous (Unique Particle Attribution): {term}',
  },
  value: {
    az: 'Sxemdə verilən qiymət öz növünə uyğun deyil: {term}',
    en: 'A value that the schema gives does not fit its type: {term}',
  },
  pattern: {
    az: 'Nümunə (pattern) qəbul edilmir: {term}',
    en: 'The pattern is not accepted: {term}',
  },
  tooLarge: { az: 'Həddən böyükdür: {term}', en: 'Above the limit: {term}' },
} as const

/** One reason why a set of schema documents is not accepted. */
export interface SchemaProblem {
  readonly kind: SchemaProblemKind
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly reason: { readonly az: string; readonly en: string }
}

/** Makes a problem; `term` is the schema's own word. */
export function schemaProblem(
  kind: SchemaProblemKind,
  file: string,
  line: number,
  term: string,
): SchemaProblem {
  const shown =
    term.length > xsdLimits.termCharsMax ? `${term.slice(0, xsdLimits.termCharsMax)}…` : term
  const { az, en } = texts[kind]
  const fill = (text: string): string => text.replace('{term}', () => shown)
  return { kind, file, line, reason: { az: fill(az), en: fill(en) } }
}

/** Schemas that are not accepted, with everything that was found; the message names the first. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError'
  readonly problems: readonly [SchemaProblem, ...SchemaProblem[]]

  constructor(problems: readonly [SchemaProblem, ...SchemaProblem[]]) {
    const [{ file, line, reason }] = problems
    super(`${file}:${line}: ${reason.en}`)
    this.problems = problems
  }

  get file(): string {
    return this.problems[0].file
  }

  get line(): number {
    return this.problems[0].line
  }
}
