import { checkText, valueKey } from '../xsd/check-text.js'
import type { SimpleType } from '../xsd/schema-model.js'

/** Whether two texts are one value of a simple type: `1.0` and `1.00` are one decimal. */
export function isSameValue(type: SimpleType, text: string, other: string): boolean {
  if (text === other) return true
  if (checkText(type, text) !== undefined || checkText(type, other) !== undefined) return false
  return valueKey(type, text) === valueKey(type, other)
}
