/** Which message of a service a field is in. */
export type Part = 'request' | 'reply' | 'fault'

/**
 * One field of a service's messages, from XML Schema or JSON Schema alike: what lints and comparisons of versions
 * look at.
 */
export interface Field {
  readonly part: Part
  /** As in `Violation.path`, without indexes; of REST behind the operation's id: `tap /voen`. */
  readonly path: string
  /** `object`, or the name of its simple type: `string`, `date`, `decimal`, `integer` … */
  readonly type: string
  readonly min: number
  /** `Infinity` where there may be any number. */
  readonly max: number
  readonly isNullable: boolean
  /** Whether its values are texts of a length of their own. */
  readonly isText: boolean
  /** Undefined where the contract sets no bound. */
  readonly lengthMax: number | undefined
  readonly enumeration: readonly string[] | undefined
  readonly minimum: string | undefined
  readonly maximum: string | undefined
  /** All patterns that hold. */
  readonly pattern: string | undefined
  /** Whether it may be anything: the contract has no type for it. */
  readonly isAnything: boolean
}

/** A pattern of which every match is of bounded length. */
export function isBounded(pattern: string): boolean {
  return !/[*+]|\{\d+,\}/.test(pattern.replace(/\\./g, '.').replace(/\[[^\]]*\]/g, '.'))
}

/** What is found of fields; more than a contract can have in earnest is not looked at. */
export class FieldList {
  readonly fields: Field[] = []
  readonly #max: number

  constructor(max = 20_000) {
    this.#max = max
  }

  /** @returns whether there is room for more */
  add(field: Field): boolean {
    if (this.fields.length >= this.#max) return false
    this.fields.push(field)
    return true
  }
}
