import {
  keyOf,
  type ComplexType,
  type ElementDeclaration,
  type XmlName,
} from '../xsd/schema-model.js'
import { attributeOf, qualifiedName, type Placed } from './definitions.js'
import type { ReadingTools } from './reading-tools.js'

/**
 * rpc/literal: an element named as the operation, with one unqualified element for each part
 * (WSDL 1.1 §3.5, Basic Profile R2729, R2735, R2737).
 */
export function rpcBody(
  wrapper: string,
  body: Placed,
  parts: readonly Placed[],
  tools: ReadingTools,
): ElementDeclaration | undefined {
  const namespace = attributeOf(body, 'namespace')
  if (namespace === undefined) {
    const az = 'rpc/literal bağlamasında soap:body namespace atributu olmalıdır (WS-I R2717)'
    tools.problems.at(
      body.from,
      body.element,
      az,
      'The soap:body of rpc/literal must have a namespace (WS-I R2717)',
    )
    return undefined
  }
  const accessors: ElementDeclaration[] = []
  for (const part of parts) {
    const accessor = accessorOf(part, tools)
    if (accessor) accessors.push(accessor)
  }
  return { ...plainElement({ namespace, localName: wrapper }), type: sequenceOf(accessors) }
}

/** An anonymous type of these elements, each once. */
function sequenceOf(elements: readonly ElementDeclaration[]): ComplexType {
  const particles = elements.map((term) => ({ min: 1, max: 1, term }))
  return {
    kind: 'complex',
    name: undefined,
    isAbstract: false,
    base: undefined,
    derivation: undefined,
    derived: [],
    attributes: [],
    anyAttribute: undefined,
    content: {
      kind: 'elements',
      isMixed: false,
      particle: { min: 1, max: 1, term: { kind: 'sequence', particles } },
    },
  }
}

function accessorOf(
  part: Placed,
  { schemas, problems }: ReadingTools,
): ElementDeclaration | undefined {
  const localName = attributeOf(part, 'name') ?? ''
  const typeName = qualifiedName(part, 'type')
  if (typeName === undefined) {
    const az = 'rpc/literal hissəsi element ilə deyil, type ilə təsvir edilməlidir (WS-I R2203)'
    problems.at(
      part.from,
      part.element,
      az,
      'A part of rpc/literal must have a type, not an element (WS-I R2203)',
    )
    return undefined
  }
  const type = schemas.types.get(keyOf(typeName))
  if (type) return { ...plainElement({ namespace: '', localName }), type }
  const az = `Sxemlərdə «${typeName.localName}» növü yoxdur`
  problems.at(part.from, part.element, az, `The schemas have no type "${typeName.localName}"`)
  return undefined
}

function plainElement(name: XmlName): Omit<ElementDeclaration, 'type'> {
  return {
    kind: 'element',
    name,
    isNillable: false,
    isAbstract: false,
    defaultValue: undefined,
    fixedValue: undefined,
    substitutes: [],
    documentation: '',
    hint: undefined,
  }
}
