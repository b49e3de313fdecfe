import { JsonNumber, type JsonArray, type JsonValue } from './json-value.js'

/** What a string has to be escaped for, and the surrogates, of which one may be alone. */
const special = /["\\\u0000-\u001f\ud800-\udfff]/

/**
 * Writes a value as JSON text in UTF-8 (RFC 8259), without white space: numbers with the text that they have, names
 * in their order.
 * @throws RangeError where half of a Unicode character stands alone in a string: UTF-8 has none
 */
export function writeJson(value: JsonValue): Buffer {
  return Buffer.from(textOf(value), 'utf8')
}

function textOf(value: JsonValue): string {
  if (typeof value === 'string') return quoted(value)
  if (value === null || typeof value === 'boolean') return String(value)
  if (value instanceof JsonNumber) return value.text
  return isArray(value) ? arrayText(value) : objectText(value)
}

function arrayText(items: JsonArray): string {
  let text = '['
  for (const item of items) text += text.length === 1 ? textOf(item) : `,${textOf(item)}`
  return `${text}]`
}

function objectText(members: ReadonlyMap<string, JsonValue>): string {
  let text = '{'
  for (const [name, value] of members) {
    text += `${text.length === 1 ? '' : ','}${quoted(name)}:${textOf(value)}`
  }
  return `${text}}`
}

// Array.isArray does not tell a readonly array from a map.
function isArray(value: JsonArray | ReadonlyMap<string, JsonValue>): value is JsonArray {
  return Array.isArray(value)
}

function quoted(text: string): string {
  if (!special.test(text)) return `"${text}"`
  if (!text.isWellFormed()) throw new RangeError('a string has a lone surrogate')
  return JSON.stringify(text)
}
