import type { JsonValue } from '../json/json-value.js'
import type { XmlAttribute } from '../xml/document.js'
import { xsiNamespace } from '../xsd/built-in-types.js'
import type { Breaches } from './breaches.js'
import { below, Place } from './place.js'
import type { AttributePlan, ObjectPlan } from './plan.js'
import { tracedOf, type Traced } from './traced.js'
import type { ValueReading } from './value-reading.js'
import { isNamed } from './xsi.js'

/** Attributes of one message on their way into JSON. */
export class AttributeReading {
  readonly #breaches: Breaches
  readonly #values: ValueReading
  readonly #trace: Traced[] | undefined

  constructor(breaches: Breaches, values: ValueReading, trace: Traced[] | undefined) {
    this.#breaches = breaches
    this.#values = values
    this.#trace = trace
  }

  /** Puts the attributes of an element into its object. */
  read(
    object: ObjectPlan,
    found: readonly XmlAttribute[],
    json: Map<string, JsonValue>,
    place: Place,
  ): void {
    for (const { namespace, localName } of found) {
      if (namespace === xsiNamespace || object.shape.ignoresOtherAttributes) continue
      if (
        !object.attributes.some(({ property }) => isNamed(property.attribute, namespace, localName))
      ) {
        this.#breaches.add(below(place.xmlPath, `@${localName}`), 'unknown')
      }
    }
    for (const attribute of object.attributes) this.#attribute(attribute, found, json, place)
  }

  #attribute(
    plan: AttributePlan,
    found: readonly XmlAttribute[],
    json: Map<string, JsonValue>,
    place: Place,
  ): void {
    const { property, jsonName } = plan
    const { namespace, localName } = property.attribute
    if (property.isIgnored) return
    const text = found.find((each) => isNamed(each, namespace, localName))?.value
    if (text === undefined) {
      if (property.isRequired || property.constant !== undefined) {
        this.#breaches.add(place.xmlPath, 'missing', `@${localName}`)
      } else if (property.defaultValue !== undefined && jsonName !== undefined) {
        json.set(jsonName, property.defaultValue)
      }
      return
    }
    const inside = new Place(place, plan)
    const { constant = property.fixedText } = property
    const value = this.#values.text(plan.value, text, inside, constant)
    this.#trace?.push(tracedOf(inside, value, property))
    if (jsonName !== undefined && value !== undefined) json.set(jsonName, value)
  }

  /** For an element that has none. */
  none(found: readonly XmlAttribute[], place: Place): void {
    for (const { namespace, localName } of found) {
      if (namespace !== xsiNamespace) {
        this.#breaches.add(below(place.xmlPath, `@${localName}`), 'unknown')
      }
    }
  }
}
