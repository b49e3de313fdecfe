import type { JsonValue } from '../json/json-value.js'
import type { Place } from './place.js'
import type { Refined } from './shape.js'

/** How one value went over. */
export interface Traced {
  readonly xmlPath: string
  /** Undefined where JSON does not have it. */
  readonly jsonPath: string | undefined
  /** As JSON has it; undefined where something is wrong with it. */
  readonly value: JsonValue | undefined
  /** The rules of the refinement that say where it stands or what stands for it. */
  readonly rules: readonly ('constant' | 'default' | 'move')[]
}

/** @param isDefault - whether nothing was sent, and the rule's value stands for it */
export function tracedOf(
  place: Place,
  value: JsonValue | undefined,
  { constant, place: movedTo }: Refined,
  isDefault = false,
): Traced {
  const rules: ('constant' | 'default' | 'move')[] = []
  if (constant !== undefined) rules.push('constant')
  if (isDefault) rules.push('default')
  if (movedTo !== undefined) rules.push('move')
  const jsonPath = constant === undefined ? place.jsonPath : undefined
  return { xmlPath: place.xmlPath, jsonPath, value, rules }
}
