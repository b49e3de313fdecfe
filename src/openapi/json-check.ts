import type { ErrorObject, ValidateFunction } from 'ajv'
import type { Ajv2020 } from 'ajv/dist/2020.js'
import { JsonError } from '../json/json-error.js'
import type { JsonValue } from '../json/json-value.js'
import { plainJson } from '../json/plain-json.js'
import { readJson } from '../json/read-json.js'
import { jsonCheckLimits } from '../limits/mediation.js'
import { violation, type Violation } from '../violation/violation.js'
import { ClosedSchemas, type Direction } from './closed-schemas.js'
import { checkCheckable } from './checkable-schemas.js'
import { ExactReading, type NumbersInHand } from './exact-numbers.js'
import { makeValidator, tellFormats } from './json-keywords.js'
import { violationsOf } from './json-violations.js'
import { OpenApiError, Problems } from './openapi-error.js'
import type { JsonSchema } from './openapi-model.js'

/** Checks values against one schema. */
export class JsonCheck {
  readonly #quick: ValidateFunction
  readonly #thorough: ValidateFunction

  /** What both validators look at beside the value. */
  readonly #numbers: NumbersInHand

  /** @param thorough - finds every violation, where `quick` ends with the first */
  constructor(quick: ValidateFunction, thorough: ValidateFunction, numbers: NumbersInHand) {
    this.#quick = quick
    this.#thorough = thorough
    this.#numbers = numbers
  }

  /** @returns none where the text is JSON and keeps the schema */
  checkText(payload: Uint8Array): Violation[] {
    try {
      return this.checkValue(readJson(payload), '', payload.length)
    } catch (error) {
      if (!(error instanceof JsonError)) throw error
      return [syntaxViolation(error)]
    }
  }

  /**
   * @param root - where the value stands, for the paths
   * @param bytes - length of the value's text, for which a large one is not looked at twice
   */
  checkValue(value: JsonValue, root: string, bytes = 0): Violation[] {
    const reading = new ExactReading()
    const plain = plainJson(value, reading)
    this.#numbers.odd = reading.odd
    try {
      return this.#checked(plain, root, bytes)
    } finally {
      this.#numbers.odd = undefined
    }
  }

  #checked(plain: unknown, root: string, bytes: number): Violation[] {
    if (this.#quick(plain)) return []
    let errors: readonly ErrorObject[] = this.#quick.errors ?? []
    if (bytes <= jsonCheckLimits.allViolationsBytesMax && !this.#thorough(plain)) {
      errors = this.#thorough.errors ?? errors
    }
    // What the validator remembers of a message is forgotten with it.
    this.#quick.errors = this.#thorough.errors = null
    return violationsOf(errors, plain, root)
  }
}

function syntaxViolation({ reason, line, column, text }: JsonError): Violation {
  if (reason === 'limitDepth') return violation('', 'depth')
  const inAzerbaijani = violation('', 'syntax', `${text.az} (${line}:${column})`)
  const inEnglish = violation('', 'syntax', `${text.en} (${line}:${column})`)
  return { ...inEnglish, text: { az: inAzerbaijani.text.az, en: inEnglish.text.en } }
}

/** Compiles the schemas of one contract, of one direction, once. */
export class JsonChecks {
  readonly #schemas: ClosedSchemas
  readonly #roots: JsonSchema[] = []

  constructor(definitions: ReadonlyMap<string, JsonSchema>, direction: Direction) {
    this.#schemas = new ClosedSchemas(definitions, direction)
  }

  /** @returns the number under which `compile` gives the schema's check */
  add(schema: JsonSchema): number {
    return this.#roots.push(this.#schemas.closed(schema)) - 1
  }

  /** @throws OpenApiError for a schema or pattern that is not supported */
  compile(): readonly JsonCheck[] {
    const roots = Object.fromEntries(this.#roots.map((schema, index) => [`@${index}`, schema]))
    const all = { $id: 'contract', $defs: { ...roots, ...this.#schemas.definitions() } }
    checkCheckable(all.$defs)
    const numbers: NumbersInHand = { odd: undefined }
    const [quick, thorough] = [makeValidator(false, numbers), makeValidator(true, numbers)]
    for (const ajv of [quick, thorough]) {
      tellFormats(ajv, all)
      ajv.addSchema(all)
    }
    return this.#roots.map(
      (_, index) => new JsonCheck(compiled(quick, index), compiled(thorough, index), numbers),
    )
  }
}

function compiled(ajv: Ajv2020, index: number): ValidateFunction {
  try {
    const check = ajv.getSchema(`contract#/$defs/@${index}`)
    if (check !== undefined) return check as ValidateFunction
    throw new Error('not there')
  } catch (error) {
    const problems = new Problems()
    const what = error instanceof Error ? error.message : ''
    problems.add({ file: '', pointer: '' }, 'schema', what)
    throw new OpenApiError(problems.all)
  }
}
