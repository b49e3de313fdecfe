import type { JsonValue } from '../json/json-value.js'
import { normaliseText } from '../xsd/check-text.js'
import { listItems } from '../xsd/white-space.js'
import type { Breaches } from './breaches.js'
import type { Place } from './place.js'
import { isSameValue } from './same-value.js'
import { scalarOf } from './scalar-value.js'
import type { ListShape, ScalarShape } from './shape.js'

/** Texts of one message on their way into JSON. */
export class ValueReading {
  readonly #breaches: Breaches

  constructor(breaches: Breaches) {
    this.#breaches = breaches
  }

  /**
   * The value of a text of one shape.
   * @param constant - what it has to be
   * @returns undefined where something is wrong with it, which has been told then
   */
  text(
    shape: ScalarShape | ListShape,
    text: string,
    place: Place,
    constant: string | undefined,
  ): JsonValue | undefined {
    const { type } = shape
    const normalised = normaliseText(type, text)
    if (constant !== undefined && !isSameValue(type, normalised, constant)) {
      this.#breaches.add(place.xmlPath, 'fixed', constant)
      return undefined
    }
    if (shape.kind === 'scalar') return this.#scalar(shape, normalised, place)
    const members: JsonValue[] = []
    for (const item of listItems(normalised)) {
      const value = this.#scalar(shape.item, item, place)
      if (value === undefined) return undefined
      members.push(value)
    }
    return members
  }

  #scalar(shape: ScalarShape, text: string, place: Place): JsonValue | undefined {
    const value = scalarOf(shape, text)
    if (value !== undefined) return value
    const { dateFormat, form, type } = shape
    if (dateFormat !== undefined) this.#breaches.add(place.xmlPath, 'type', dateFormat.notation)
    else if (form === 'year') this.#breaches.add(place.xmlPath, 'unmappable', 'yyyy')
    else this.#breaches.add(place.xmlPath, 'type', `xs:${type.builtIn}`)
    return undefined
  }
}
