import { wsdlLimits } from '../limits/contracts.js'
import type { SchemaSet } from '../xsd/schema-model.js'
import { attributeOf, childrenNamed, type Definitions, type Placed } from './definitions.js'
import { wsdlNamespace, type SoapBinding } from './names.js'
import type { Problems } from './wsdl-documents.js'

/** What reading an operation needs at every turn. */
export interface ReadingTools {
  readonly definitions: Definitions
  readonly schemas: SchemaSet
  readonly problems: Problems
  readonly binding: SoapBinding
}

/** @param at `soap:body`, `soap:header` or `soap:fault` */
export function refuseEncoding(at: Placed, problems: Problems): void {
  const use = attributeOf(at, 'use') ?? 'literal'
  if (use === 'literal') return
  const az =
    'SOAP kodlaşdırması (use="encoded") dəstəklənmir; xidməti document/literal və ya rpc/literal ilə təsvir edin'
  const en =
    'SOAP encoding (use="encoded") is not supported; describe the service as document/literal or rpc/literal'
  problems.at(at.from, at.element, az, en)
}

/** The children with this name; more than `max` of them are a problem, and left out. */
export function upTo(
  max: number,
  placed: Placed,
  namespace: string,
  localName: string,
  { problems }: ReadingTools,
): Placed[] {
  const found: Placed[] = []
  for (const child of childrenNamed(placed, namespace, localName)) {
    if (found.length === max) {
      const az = `«${localName}» elementlərinin sayı ${max} həddini aşır`
      problems.at(child.from, child.element, az, `There are more than ${max} of "${localName}"`)
      break
    }
    found.push(child)
  }
  return found
}

/** The parts of a message, in order. */
export function partsOf(message: Placed, tools: ReadingTools): Placed[] {
  return upTo(wsdlLimits.partsMax, message, wsdlNamespace, 'part', tools)
}
