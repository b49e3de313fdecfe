import type { SoapAttachment } from '../exchange/soap-content.js'
import type { JsonValue } from '../json/json-value.js'
import type { XmlDocument, XmlElement } from '../xml/document.js'
import type { AttachedFiles } from './attached-files.js'
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
   * @param files - attachments; those that an `xop:Include` in it names are taken out of them
   * @throws ContractBreach naming the places in XML's names
   */
  toJson(
    document: XmlDocument,
    element: XmlElement,
    trace?: Traced[],
    files?: AttachedFiles,
  ): JsonValue
  /**
   * The element, in UTF-8, with every namespace that it uses declared at its start tag.
   * @param files - gets the content of `xs:base64Binary`, for MTOM; without it that stays in the XML
   * @throws ContractBreach naming the places in JSON's names
   */
  toXml(value: JsonValue, trace?: Traced[], files?: SoapAttachment[]): Uint8Array
}

/**
 * Compiles a shape that `checkShape` has passed; done once a version of a service.
 */
export function compileCodec(root: ElementProperty): Codec {
  const plan = planOf(root)
  return {
    toJson: (document, element, trace, files) =>
      new XmlReading(plan, document, trace, files).read(element),
    toXml: (value, trace, files) => new XmlWriting(plan, trace, files).write(value),
  }
}
