import type { XmlAttribute, XmlElement } from '../../xml/document.js'
import { anyType, builtInType, xsdNamespace, xsiNamespace } from '../built-in-types.js'
import type { ComplexType, Derivation, SimpleType, TypeDefinition } from '../schema-model.js'
import type { Validation } from './validation.js'

/** The value of `xsi:type` or `xsi:nil`. */
export function instanceAttribute(
  attributes: readonly XmlAttribute[],
  localName: string,
): string | undefined {
  for (const each of attributes) {
    if (each.localName === localName && each.namespace === xsiNamespace) return each.value.trim()
  }
  return undefined
}

/** The type that `xsi:type` names; undefined where the schemas have no such type. */
export function namedType(
  { document, schemas }: Validation,
  element: XmlElement,
  qualified: string,
): TypeDefinition | undefined {
  const colon = qualified.indexOf(':')
  const prefix = qualified.slice(0, Math.max(colon, 0))
  const namespace = document.namespaceOfPrefix(element, prefix) ?? (colon < 0 ? '' : undefined)
  const localName = qualified.slice(colon + 1)
  if (namespace === undefined) return undefined
  if (namespace !== xsdNamespace) return schemas.types.get(`{${namespace}}${localName}`)
  return localName === 'anyType' ? anyType : builtInType(localName)
}

/** Whether a type may stand in the place of another (part 1 §3.4.6, §3.14.6), `blocks` being the element's. */
export function maySubstitute(
  type: TypeDefinition,
  declared: TypeDefinition,
  blocks: readonly Derivation[],
): boolean {
  if (type === declared) return true
  if (declared === anyType) return true
  if (declared.kind === 'simple') {
    if (type.kind === 'complex')
      return extendsSimple(type, declared) && !blocks.includes('extension')
    return isRestriction(type, declared) && !blocks.includes('restriction')
  }
  if (type.kind === 'simple') return false
  if (type.isAbstract ? !isBelow(type, declared) : !declared.derived.includes(type)) return false
  for (let at = type; at !== declared && at.base; at = at.base) {
    if (at.derivation && blocks.includes(at.derivation)) return false
  }
  return true
}

/** Whether a complex type adds attributes to a simple one; an abstract one is told so by the caller. */
function extendsSimple(type: ComplexType, declared: SimpleType): boolean {
  let at = type
  while (at.base) at = at.base
  return at.content.kind === 'simple' && isRestriction(at.content.type, declared)
}

function isBelow(type: TypeDefinition, declared: TypeDefinition): boolean {
  let at: TypeDefinition | undefined = type
  while (at && at !== declared) at = at.base
  return at === declared
}

function isRestriction(type: SimpleType, declared: SimpleType): boolean {
  for (let at: SimpleType | undefined = type; at; at = at.base) {
    if (at === declared || declared.memberTypes.includes(at)) return true
  }
  return false
}
