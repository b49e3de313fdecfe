import type { JsonValue } from '../json/json-value.js'
import type { Place } from './place.js'
import { simpleShape } from './simple-shape.js'
import type { AttributeProperty, ElementProperty } from './shape.js'

/** The words of `mapping.yaml` that say how one value goes over. */
export type TracedRule = 'constant' | 'default' | 'move' | 'name' | 'format' | 'as'

/** How one value went over. */
export interface Traced {
  readonly xmlPath: string
  /** Undefined where JSON does not have it. */
  readonly jsonPath: string | undefined
  /** As JSON has it; undefined where something is wrong with it. */
  readonly value: JsonValue | undefined
  readonly rules: readonly TracedRule[]
}

/** @param isDefault - whether nothing was sent, and the rule's value stands for it */
export function tracedOf(
  place: Place,
  value: JsonValue | undefined,
  property: ElementProperty | AttributeProperty,
  isDefault = false,
): Traced {
  const { constant, place: movedTo } = property
  const rules: TracedRule[] = []
  if (constant !== undefined) rules.push('constant')
  else if (movedTo !== undefined) rules.push('move')
  else if (property.name !== xmlNameOf(property)) rules.push('name')
  if (isDefault) rules.push('default')
  rules.push(...valueRules(property))
  const jsonPath = constant === undefined ? place.jsonPath : undefined
  return { xmlPath: place.xmlPath, jsonPath, value, rules }
}

function xmlNameOf(property: ElementProperty | AttributeProperty): string {
  return 'element' in property ? property.element.localName : `@${property.attribute.localName}`
}

function valueRules({ shape }: ElementProperty | AttributeProperty): TracedRule[] {
  if (shape.kind !== 'scalar') return []
  if (shape.dateFormat !== undefined) return ['format']
  const usual = simpleShape(shape.type, undefined)
  return usual.kind === 'scalar' && usual.form === shape.form ? [] : ['as']
}
