import type { JsonValue } from '../json/json-value.js'
import { checkText, normaliseText } from '../xsd/check-text.js'
import type { Breaches } from './breaches.js'
import type { Place } from './place.js'
import { isSameValue } from './same-value.js'
import { expectedOf, textOf } from './scalar-value.js'
import type { ListShape, ScalarShape } from './shape.js'

/** Values of one message on their way into XML. */
export class ValueWriting {
  readonly #breaches: Breaches

  constructor(breaches: Breaches) {
    this.#breaches = breaches
  }

  /** The text that stands in XML. @returns undefined where something is wrong with it, which has been told then */
  text(
    shape: ScalarShape | ListShape,
    value: JsonValue,
    place: Place,
    fixed: string | undefined,
  ): string | undefined {
    const { type } = shape
    const said =
      shape.kind === 'list' ? this.#list(shape, value, place) : this.#scalar(shape, value, place)
    if (said === undefined) return undefined
    const text = normaliseText(type, said)
    const finding = checkText(type, text)
    if (finding !== undefined) {
      this.#breaches.add(place.jsonPath, finding.rule, finding.term)
      return undefined
    }
    if (fixed === undefined || isSameValue(type, text, fixed)) return text
    this.#breaches.add(place.jsonPath, 'fixed', fixed)
    return undefined
  }

  #scalar(shape: ScalarShape, value: JsonValue, place: Place): string | undefined {
    const text = textOf(shape, value)
    if (text === undefined) this.wrongType(place.jsonPath, value, expectedOf(shape))
    return text
  }

  #list({ item, type }: ListShape, value: JsonValue, place: Place): string | undefined {
    if (!Array.isArray(value)) {
      this.wrongType(place.jsonPath, value, 'array')
      return undefined
    }
    const texts: string[] = []
    for (const member of value as readonly JsonValue[]) {
      const text = this.#scalar(item, member, place)
      if (text === undefined) return undefined
      // White space would make two of it.
      if (/^$|[ \t\n\r]/.test(text)) {
        this.#breaches.add(place.jsonPath, 'type', type.itemType?.builtIn ?? 'string')
        return undefined
      }
      texts.push(text)
    }
    return texts.join(' ')
  }

  /** Where XML has no way to write it, that is told. */
  escaped(text: string | undefined, place: Place): string | undefined {
    if (text === undefined) this.#breaches.add(place.jsonPath, 'unmappable', 'XML 1.0 §2.2')
    return text
  }

  /** A value of another JSON type than there should be. */
  wrongType(path: string, value: JsonValue, expected: string): void {
    if (value === null) this.#breaches.add(path, 'null')
    else this.#breaches.add(path, 'type', expected)
  }
}
