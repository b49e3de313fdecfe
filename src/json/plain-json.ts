import { JsonNumber, type JsonArray, type JsonValue } from './json-value.js'

/** JSON as JavaScript has it; its objects inherit nothing. */
export type PlainJson = string | number | boolean | null | PlainJson[] | PlainObject

/** An object that inherits nothing, so that `__proto__` and `constructor` are names like any other. */
export interface PlainObject {
  [name: string]: PlainJson
}

// With a prototype of its own, and not Object.create(null), the engine keeps objects in their fast form.
const PlainObject = function () {} as unknown as new () => PlainObject
PlainObject.prototype = Object.create(null) as object

/**
 * The value as JavaScript has it, for who only looks at it, as a validator does: numbers are doubles, so digits
 * may be lost, and 1e400 is infinite. What is sent on is made from the value itself.
 * @param numbers - what numbers become in its place
 */
export function plainJson(value: JsonValue, numbers: NumberReading = doubles): PlainJson {
  return plainAt(value, numbers, undefined, '')
}

/** What a number becomes that stands in this array or object, at this index or name. */
export interface NumberReading {
  plainOf(text: string, parent: object | undefined, key: string | number): number
}

const doubles: NumberReading = { plainOf: Number }

function plainAt(
  value: JsonValue,
  numbers: NumberReading,
  parent: object | undefined,
  key: string | number,
): PlainJson {
  if (value === null || typeof value !== 'object') return value
  if (value instanceof JsonNumber) return numbers.plainOf(value.text, parent, key)
  if (isArray(value)) {
    const items: PlainJson[] = []
    for (const item of value) items.push(plainAt(item, numbers, items, items.length))
    return items
  }
  const object = new PlainObject()
  for (const [name, member] of value) object[name] = plainAt(member, numbers, object, name)
  return object
}

/**
 * A plain value as one that can be written.
 * @throws TypeError for a number that JSON has no text for
 */
export function fromPlainJson(plain: unknown): JsonValue {
  if (plain === null || typeof plain === 'string' || typeof plain === 'boolean') return plain
  if (typeof plain === 'number' && Number.isFinite(plain)) {
    return new JsonNumber(Object.is(plain, -0) ? '-0' : String(plain))
  }
  if (Array.isArray(plain)) return plain.map(fromPlainJson)
  if (typeof plain !== 'object') throw new TypeError('not a value of JSON')
  return new Map(Object.entries(plain).map(([name, member]) => [name, fromPlainJson(member)]))
}

// Array.isArray does not tell a readonly array from a map.
function isArray(value: JsonArray | ReadonlyMap<string, JsonValue>): value is JsonArray {
  return Array.isArray(value)
}
