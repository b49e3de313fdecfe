import type { XmlAttribute, XmlElement } from '../../xml/document.js'
import { xsiNamespace } from '../built-in-types.js'
import { shortList } from '../facet-checks.js'
import type { AttributeUse } from '../schema-model.js'
import { allows } from '../wildcards.js'
import { compiledAttribute, type CompiledAttribute, type CompiledType } from './compiled-type.js'
import type { Validation } from './validation.js'
import { findingOf } from './validate-value.js'

/** Names of `xsiNamespace` that every element may have. */
const instanceNames = new Set(['type', 'nil', 'schemaLocation', 'noNamespaceSchemaLocation'])

export function isInstanceAttribute({ namespace, localName }: XmlAttribute): boolean {
  return namespace === xsiNamespace && instanceNames.has(localName)
}

/** Holds the attributes of an element to its type (part 1 §3.4.4). */
export function validateAttributes(
  validation: Validation,
  element: XmlElement,
  attributes: readonly XmlAttribute[],
  compiled: CompiledType,
): void {
  for (const attribute of attributes) {
    if (!isInstanceAttribute(attribute)) validateAttribute(validation, element, attribute, compiled)
  }
  for (const { name } of compiled.required) {
    const isThere = attributes.some(
      (each) => each.localName === name.localName && each.namespace === name.namespace,
    )
    if (!isThere) validation.addMissing(element, `@${name.localName}`)
  }
}

function validateAttribute(
  validation: Validation,
  element: XmlElement,
  attribute: XmlAttribute,
  compiled: CompiledType,
): void {
  let known = compiled.attributes.get(attribute.localName)
  while (known && known.use.name.namespace !== attribute.namespace) known = known.other
  if (known) {
    validateText(validation, element, attribute, known)
    return
  }
  const { anyAttribute } = compiled
  if (!anyAttribute || !allows(anyAttribute, attribute.namespace)) {
    const names = [...compiled.attributes.keys()].map((name) => `@${name}`)
    validation.addOfAttribute(
      element,
      attribute.localName,
      names.length === 0 ? 'unknown' : 'unexpected',
      shortList(names),
    )
    return
  }
  if (anyAttribute.process === 'skip') return
  const declared = validation.schemas.attributes?.get(
    `{${attribute.namespace}}${attribute.localName}`,
  )
  if (declared) validateText(validation, element, attribute, globalAttribute(declared))
  else if (anyAttribute.process === 'strict') {
    validation.addOfAttribute(element, attribute.localName, 'unknown')
  }
}

const globals = new WeakMap<AttributeUse, CompiledAttribute>()

function globalAttribute(use: AttributeUse): CompiledAttribute {
  let made = globals.get(use)
  if (!made) {
    made = compiledAttribute(use, undefined)
    globals.set(use, made)
  }
  return made
}

function validateText(
  validation: Validation,
  element: XmlElement,
  { localName, value }: XmlAttribute,
  { use, checker, fixedKey }: CompiledAttribute,
): void {
  const found = findingOf(validation, element, use.type, value)
  if (found) {
    validation.addOfAttribute(element, localName, found.rule, found.term)
  } else if (fixedKey !== undefined && checker.key(value) !== fixedKey) {
    validation.addOfAttribute(element, localName, 'fixed', use.fixedValue)
  }
}

/** An element of simple type has no attributes but those of the instance namespace. */
export function refuseAttributes(
  validation: Validation,
  element: XmlElement,
  attributes: readonly XmlAttribute[],
): void {
  for (const attribute of attributes) {
    if (!isInstanceAttribute(attribute)) {
      validation.addOfAttribute(element, attribute.localName, 'unknown')
    }
  }
}
