import type { JsonValue } from '../json/json-value.js'
import type { XmlDocument, XmlElement } from '../xml/document.js'
import { planOf } from './plan.js'
import type { ElementProperty } from './shape.js'
import type { Traced } from './traced.js'
import { XmlReading } from './xml-reading.js'
import { XmlWriting } from './xml-writing.js'

/** Carries messages of one element from XML to JSON and back. */
export interface Codec {
  /**
   * The JSON of an element of the mapping's schema.
   * @param trace - gets a row for each value
   * @throws ContractBreach naming the places in XML's names
   */
  toJson(document: XmlDocument, element: XmlElement, trace?: Traced[]): JsonValue
  /**
   * The element, in UTF-8, with every namespace that it uses declared at its start tag.
   * @throws ContractBreach naming the places in JSON's names
   */
  toXml(value: JsonValue, trace?: Traced[]): Uint8Array
}

/**
 * Compiles a shape that `checkShape` has passed; done once a version of a service.
 */
export function compileCodec(root: ElementProperty): Codec {
  const plan = planOf(root)
  return {
    toJson: (document, element, trace) => new XmlReading(plan, document, trace).read(element),
    toXml: (value, trace) => new XmlWriting(plan, trace).write(value),
  }
}
