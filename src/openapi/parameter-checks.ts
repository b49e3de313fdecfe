import { JsonNumber, type JsonValue } from '../json/json-value.js'
import { isNumberText } from '../json/number-text.js'
import { jsonCheckLimits } from '../limits/mediation.js'
import { violation, type Violation } from '../violation/violation.js'
import type { JsonCheck, JsonChecks } from './json-check.js'
import type { OpenApiParameter } from './openapi-model.js'

const integer = /^-?(?:0|[1-9][0-9]*)$/

/** Checks one parameter. */
export class ParameterCheck {
  readonly parameter: OpenApiParameter
  /** Of every violation: `/query(il)`. */
  readonly path: string
  readonly #number: number
  #check: JsonCheck | undefined

  constructor(parameter: OpenApiParameter, checks: JsonChecks) {
    this.parameter = parameter
    this.path = `/${parameter.place}(${parameter.name})`
    this.#number = checks.add(parameter.schema)
  }

  use(checks: readonly JsonCheck[]): void {
    this.#check = checks[this.#number]
  }

  /** @param texts - one for each time that the parameter is there, decoded */
  violations(texts: readonly string[]): Violation[] {
    const { isRequired, name, list, place } = this.parameter
    const [only] = texts
    if (only === undefined) return isRequired ? [violation(this.path, 'missing', name)] : []
    if (texts.length > 1 && list !== 'repeated') return [violation(this.path, 'repeated')]
    // A path has no empty segment that means a value.
    if (place === 'path' && only === '') return [violation(this.path, 'missing', name)]
    if (list === undefined) return this.#checked(this.#valueOf(only))
    const items = list === 'repeated' ? texts : only === '' ? [] : only.split(',')
    return this.#checked(items.map((text) => this.#valueOf(text)))
  }

  /** What is no number stays a text, so that the schema refuses it. */
  #valueOf(text: string): JsonValue {
    switch (this.parameter.valueType) {
      case 'string':
        return text
      case 'boolean':
        return text === 'true' ? true : text === 'false' ? false : text
      case 'integer':
        return integer.test(text) ? new JsonNumber(text) : text
      case 'number':
        return isNumberText(text) ? new JsonNumber(text) : text
    }
  }

  #checked(value: JsonValue): Violation[] {
    return this.#check?.checkValue(value, this.path) ?? []
  }
}

/**
 * The parameters of a query, decoded; `+` is a space, as forms have it.
 * @returns undefined where it is malformed or has too many
 */
export function queryParameters(query: string): Map<string, string[]> | undefined {
  const found = new Map<string, string[]>()
  if (query === '') return found
  const parts = query.split('&', jsonCheckLimits.queryParametersMax + 1)
  if (parts.length > jsonCheckLimits.queryParametersMax) return undefined
  for (const part of parts) {
    const at = part.indexOf('=')
    const name = decoded(at < 0 ? part : part.slice(0, at))
    const value = decoded(at < 0 ? '' : part.slice(at + 1))
    if (name === undefined || value === undefined) return undefined
    const values = found.get(name)
    if (values === undefined) found.set(name, [value])
    else values.push(value)
  }
  return found
}

function decoded(text: string): string | undefined {
  return decodePart(text.replaceAll('+', ' '))
}

/** @returns undefined for escapes that are none of UTF-8 */
export function decodePart(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
