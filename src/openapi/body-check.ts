import { violation, type Violation } from '../violation/violation.js'
import type { JsonCheck, JsonChecks } from './json-check.js'
import { essenceOf, isJson, isReadAsUtf8, utf8Charset } from './media-types.js'
import type { JsonSchema } from './openapi-model.js'

/** Checks a body by its media type. */
export class BodyCheck {
  readonly #isRequired: boolean
  /** The numbers of the checks; undefined where only the media type is looked at. */
  readonly #numbers: ReadonlyMap<string, number | undefined>
  readonly #expected: string
  #checks: readonly JsonCheck[] = []

  constructor(content: ReadonlyMap<string, JsonSchema>, isRequired: boolean, checks: JsonChecks) {
    this.#isRequired = isRequired
    this.#numbers = new Map(
      [...content].map(([mediaType, schema]) => [
        mediaType,
        isJson(mediaType) ? checks.add(schema) : undefined,
      ]),
    )
    this.#expected = [...content.keys()].join(', ')
  }

  use(checks: readonly JsonCheck[]): void {
    this.#checks = checks
  }

  violations(contentType: string | undefined, payload: Uint8Array): Violation[] {
    if (this.#numbers.size === 0) {
      return payload.length === 0 ? [] : [violation('', 'unexpected')]
    }
    if (payload.length === 0) {
      return this.#isRequired ? [violation('', 'missing', this.#expected)] : []
    }
    const mediaType = essenceOf(contentType ?? '')
    const key = this.#numbers.has(mediaType) ? mediaType : 'application/*+json'
    if (!this.#numbers.has(key) || (key !== mediaType && !isJson(mediaType))) {
      return [violation('', 'mediaType', this.#expected)]
    }
    if (isJson(mediaType) && !isReadAsUtf8(contentType ?? '')) {
      return [violation('', 'mediaType', utf8Charset)]
    }
    const number = this.#numbers.get(key)
    const check = number === undefined ? undefined : this.#checks[number]
    return check?.checkText(payload) ?? []
  }
}
