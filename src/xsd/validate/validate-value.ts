import type { XmlElement } from '../../xml/document.js'
import { textChecker, valueKey } from '../check-text.js'
import type { TextFinding } from '../facet-checks.js'
import type { SimpleType } from '../schema-model.js'
import { listItems } from '../white-space.js'
import type { Validation } from './validation.js'

/** What is wrong with a text of the message, as far as that depends on the place where it stands too. */
export function findingOf(
  validation: Validation,
  element: XmlElement,
  type: SimpleType,
  text: string,
): TextFinding | undefined {
  const checker = textChecker(type)
  const found = checker.check(text)
  if (found) return found
  return isPlaced(type)
    ? placedFinding(validation, element, type, checker.normalise(text))
    : undefined
}

/** Types whose values mean something by the document around them. */
function isPlaced({ primitive, builtIn, itemType, memberTypes }: SimpleType): boolean {
  return (
    primitive === 'QName' ||
    builtIn === 'ID' ||
    builtIn === 'IDREF' ||
    builtIn === 'IDREFS' ||
    (itemType !== undefined && isPlaced(itemType)) ||
    (memberTypes.length > 0 && memberTypes.some(isPlaced))
  )
}

function placedFinding(
  validation: Validation,
  element: XmlElement,
  type: SimpleType,
  value: string,
): TextFinding | undefined {
  if (type.variety === 'union') {
    const member = type.memberTypes.find((each) => !textChecker(each).check(value))
    return member && isPlaced(member)
      ? placedFinding(validation, element, member, value)
      : undefined
  }
  if (type.variety === 'list' && type.itemType) {
    for (const item of listItems(value)) {
      const found = placedFinding(validation, element, type.itemType, item)
      if (found) return found
    }
    return undefined
  }
  if (type.primitive === 'QName') {
    const colon = value.indexOf(':')
    const isBound =
      colon < 0 ||
      validation.document.namespaceOfPrefix(element, value.slice(0, colon)) !== undefined
    return isBound ? undefined : { rule: 'type', term: 'QName' }
  }
  if (type.builtIn === 'ID') {
    const ids = (validation.ids ??= new Set())
    if (ids.has(value)) return { rule: 'repeated' }
    ids.add(value)
  } else if (type.builtIn === 'IDREF') {
    ;(validation.references ??= new Map()).set(value, element)
  }
  return undefined
}

/** Notes every `xs:IDREF` that refers to no `xs:ID` (part 1 §3.3.4, Validation Root Valid). */
export function checkReferences(validation: Validation): void {
  for (const [value, element] of validation.references ?? []) {
    if (validation.ids?.has(value) !== true) validation.add(element, 'type', 'IDREF')
  }
}

/** Whether a valid text has the value that a declaration fixes. */
export function isFixedValue(type: SimpleType, fixed: string, text: string): boolean {
  return text === fixed || valueKey(type, text) === valueKey(type, fixed)
}
