import type { JsonValue } from '../json/json-value.js'
import type { MovedObject } from './plan.js'

/** Puts values that stand elsewhere in JSON into its root. */
export function addMoved(
  into: Map<string, JsonValue>,
  members: MovedObject,
  moved: readonly (JsonValue | undefined)[],
): void {
  for (const [name, member] of members) {
    if (typeof member === 'number') {
      const value = moved[member]
      if (value !== undefined) into.set(name, value)
      continue
    }
    const inner = new Map<string, JsonValue>()
    addMoved(inner, member, moved)
    if (inner.size > 0) into.set(name, inner)
  }
}
