import type { XmlElement } from '../../xml/document.js'
import { checkText } from '../check-text.js'
import { jsonNamespace, type JsonHint, type SimpleType } from '../schema-model.js'
import { attributeOf, type Problems, type SchemaScope } from './schema-scope.js'

/** `minOccurs` and `maxOccurs`. */
export function occurrence(
  problems: Problems,
  scope: SchemaScope,
  element: XmlElement,
): { min: number; max: number } {
  const min = count(problems, scope, element, 'minOccurs')
  const max = count(problems, scope, element, 'maxOccurs')
  const atLeast = min ?? 1
  const atMost = max ?? 1
  if (atLeast <= atMost) return { min: atLeast, max: atMost }
  problems.add('invalid', scope, element, 'minOccurs > maxOccurs')
  return { min: atLeast, max: atLeast }
}

function count(
  problems: Problems,
  scope: SchemaScope,
  element: XmlElement,
  name: string,
): number | undefined {
  const text = attributeOf(scope, element, name)
  if (text === undefined) return undefined
  if (text === 'unbounded' && name === 'maxOccurs') return Infinity
  if (/^[0-9]{1,15}$/.test(text)) return Number(text)
  problems.add('invalid', scope, element, `${name}="${text}"`)
  return undefined
}

/** `default` and `fixed`, held to the type. */
export function givenValues(
  problems: Problems,
  scope: SchemaScope,
  element: XmlElement,
  type: SimpleType | undefined,
): { defaultValue: string | undefined; fixedValue: string | undefined } {
  const { document } = scope
  const defaultValue = document.attribute(element, '', 'default')
  const fixedValue = document.attribute(element, '', 'fixed')
  if (defaultValue !== undefined && fixedValue !== undefined) {
    problems.add('invalid', scope, element, 'default, fixed')
  }
  const given = defaultValue ?? fixedValue
  if (given !== undefined) checkGiven(problems, scope, element, type, given)
  return { defaultValue, fixedValue }
}

function checkGiven(
  problems: Problems,
  scope: SchemaScope,
  element: XmlElement,
  type: SimpleType | undefined,
  given: string,
): void {
  if (!type) {
    problems.add('unsupported', scope, element, 'default, fixed: xs:complexType')
  } else if (type.primitive === 'QName') {
    problems.add('unsupported', scope, element, 'default, fixed: xs:QName')
  } else if (type.builtIn === 'ID') {
    problems.add('invalid', scope, element, 'default, fixed: xs:ID')
  } else if (checkText(type, given)) {
    problems.add('value', scope, element, given)
  }
}

/** What attributes of `jsonNamespace` say. */
export function hintOf({ document }: SchemaScope, element: XmlElement): JsonHint | undefined {
  const name = document.attribute(element, jsonNamespace, 'name')
  const type = document.attribute(element, jsonNamespace, 'type')
  const array = document.attribute(element, jsonNamespace, 'array')
  if (name === undefined && type === undefined && array === undefined) return undefined
  return {
    ...(name !== undefined && { name }),
    ...((type === 'string' || type === 'number' || type === 'boolean') && { type }),
    ...((array === 'wrapper' || array === 'item') && { array }),
  }
}
