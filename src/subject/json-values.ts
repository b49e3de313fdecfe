import { JsonNumber, type JsonArray, type JsonObject, type JsonValue } from '../json/json-value.js'
import { anySegment } from './pointer.js'
import type { FoundValues } from './found-values.js'

/**
 * Finds the values at a place of a JSON message. Whoever reads an array where one value is declared would take what is in
 * it: so everything inside of what stands at the place counts.
 * @param segments - of the pointer
 * @param at - the segment that `value` is looked at by
 * @throws SubjectError for too many
 */
export function findInJson(
  value: JsonValue,
  segments: readonly string[],
  found: FoundValues,
  at = 0,
): void {
  const segment = segments[at]
  if (segment === undefined) {
    findAll(value, found)
    return
  }
  for (const inside of valuesAt(value, segment)) findInJson(inside, segments, found, at + 1)
}

const none: readonly JsonValue[] = []
const indexPattern = /^(?:0|[1-9][0-9]{0,5})$/

function valuesAt(value: JsonValue, segment: string): Iterable<JsonValue> {
  if (value === null || typeof value !== 'object' || value instanceof JsonNumber) return none
  if (segment === anySegment) return value.values()
  if (!isArray(value)) {
    const member = value.get(segment)
    return member === undefined ? none : [member]
  }
  const item = indexPattern.test(segment) ? value[Number(segment)] : undefined
  return item === undefined ? none : [item]
}

function findAll(value: JsonValue, found: FoundValues): void {
  if (value === null) return
  if (typeof value === 'string') found.add(value)
  else if (typeof value === 'boolean') found.add(String(value))
  else if (value instanceof JsonNumber) found.add(value.text)
  else for (const each of value.values()) findAll(each, found)
}

// Array.isArray does not tell a readonly array from a map.
function isArray(value: JsonArray | JsonObject): value is JsonArray {
  return Array.isArray(value)
}
