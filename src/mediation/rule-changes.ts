import { JsonNumber, type JsonValue } from '../json/json-value.js'
import { checkText, normaliseText } from '../xsd/check-text.js'
import { dateFormatOf } from './date-format.js'
import { deriveArray } from './derive-shape.js'
import type { Change } from './edit-shape.js'
import type { Rule } from './refinement.js'
import { isSameValue } from './same-value.js'
import { textOf } from './scalar-value.js'
import { formAs } from './simple-shape.js'
import type { AttributeProperty, ElementProperty, ScalarShape } from './shape.js'

/** What one rule does, word by word, in the order in which the words depend on each other. */
export function changesOf(rule: Rule, mayIgnore: boolean): readonly Change[] {
  const { name, as, format, constant, default: value, move, unwrap, ignore } = rule
  const changes: Change[] = []
  if (ignore !== undefined) changes.push(ignoring(mayIgnore, rule.reason))
  if (unwrap !== undefined) changes.push(unwrapping())
  if (name !== undefined) changes.push(naming(name))
  if (as !== undefined) changes.push(valueChange('as', (shape) => withForm(shape, as)))
  if (format !== undefined) changes.push(valueChange('format', (shape) => withDate(shape, format)))
  if (constant !== undefined) changes.push(constantOf(String(constant)))
  if (value !== undefined) {
    changes.push(defaultOf(typeof value === 'number' ? new JsonNumber(String(value)) : value))
  }
  if (move !== undefined) changes.push(moving(move.slice(1).split('/')))
  if (changes.length === 0) changes.push(refusing('path', 'the rule says nothing'))
  return changes
}

function refusing(key: string, reason: string): Change {
  return { key, element: () => reason, attribute: () => reason, others: () => reason }
}

function naming(name: string): Change {
  return {
    ...refusing('name', '"name" is for elements and attributes'),
    element: (property, { isRoot }) => (isRoot ? 'the message has no name' : { ...property, name }),
    attribute: (property) => ({ ...property, name }),
  }
}

function ignoring(mayIgnore: boolean, reason: string | undefined): Change {
  if (!mayIgnore) return refusing('ignore', '"ignore" is for replies')
  if (reason === undefined) return refusing('ignore', '"ignore" needs a "reason"')
  return {
    key: 'ignore',
    element: (property, { isRoot }) =>
      isRoot ? 'the message cannot be ignored' : { ...property, isIgnored: true },
    attribute: (property) => ({ ...property, isIgnored: true }),
    others: (object, at) => ({
      ...object,
      problems: object.problems.filter((each) => each.at !== at),
      ignoresOthers: object.ignoresOthers || at === '/*',
      ignoresOtherAttributes: object.ignoresOtherAttributes || at === '/@*',
    }),
  }
}

function unwrapping(): Change {
  return {
    ...refusing('unwrap', '"unwrap" is for elements'),
    element: (property, { isRoot }) => {
      const array = isRoot || property.isArray ? undefined : deriveArray(property.shape)
      return array === undefined
        ? '"unwrap" needs an element, not repeated itself, that has one repeated child and no attributes'
        : { ...property, shape: array }
    },
  }
}

function moving(place: readonly string[]): Change {
  return {
    ...refusing('move', '"move" is for elements'),
    element: (property, { isRoot, isRepeated }) => {
      if (isRoot) return 'the message cannot be moved'
      if (isRepeated) return 'what stands in an array cannot be moved out of it'
      if (place.includes('')) return '"move" needs a place'
      return { ...property, place }
    },
  }
}

/** A change of how a value is written, the same for elements and attributes. */
function valueChange(key: string, change: (shape: ScalarShape) => ScalarShape | string): Change {
  const changed = <Property extends ElementProperty | AttributeProperty>(
    property: Property,
  ): Property | string => {
    if (property.shape.kind !== 'scalar') return `"${key}" is for single values`
    const shape = change(property.shape)
    return typeof shape === 'string' ? shape : { ...property, shape }
  }
  return {
    ...refusing(key, `"${key}" is for single values`),
    element: (property) => changed(property),
    attribute: (property) => changed(property),
  }
}

function withForm(shape: ScalarShape, as: 'number' | 'string'): ScalarShape | string {
  const form = formAs(shape.type, as)
  return form === undefined ? `the type ${shape.type.builtIn} is no number` : { ...shape, form }
}

function withDate(shape: ScalarShape, notation: string): ScalarShape | string {
  const dateFormat = dateFormatOf(notation)
  if (dateFormat === undefined) {
    return '"format" needs yyyy, MM and dd once each, and HH, mm and ss all or none'
  }
  if (shape.type.primitive !== 'string') return '"format" is for dates that the schema calls text'
  return { ...shape, form: dateFormat.hasTime ? 'dateTime' : 'date', dateFormat }
}

function constantOf(text: string): Change {
  const changed = <Property extends ElementProperty | AttributeProperty>(
    property: Property,
  ): Property | string => {
    const { shape, fixedText } = property
    if (shape.kind !== 'scalar') return '"constant" is for single values'
    const constant = normaliseText(shape.type, text)
    const finding = checkText(shape.type, constant)
    if (finding !== undefined) return `the schema does not allow this constant (${finding.rule})`
    if (fixedText !== undefined && !isSameValue(shape.type, constant, fixedText)) {
      return 'the schema has another fixed value'
    }
    return { ...property, constant }
  }
  return {
    ...refusing('constant', '"constant" is for single values'),
    element: (property) => whyNotAlways(property) ?? changed(property),
    attribute: (property) => changed(property),
  }
}

function defaultOf(value: JsonValue): Change {
  const changed = <Property extends ElementProperty | AttributeProperty>(
    property: Property,
  ): Property | string => {
    if (property.shape.kind !== 'scalar') return '"default" is for single values'
    const text = textOf(property.shape, value)
    const isWrong = text === undefined || checkText(property.shape.type, text) !== undefined
    return isWrong ? 'the schema does not allow this default' : { ...property, defaultValue: value }
  }
  return {
    ...refusing('default', '"default" is for single values'),
    element: (property) => whyNotAlways(property) ?? changed(property),
    attribute: (property) => changed(property),
  }
}

/** What is always written must be allowed always, and once. */
function whyNotAlways({ isArray, isConditional }: ElementProperty): string | undefined {
  if (isArray) return 'the element repeats'
  return isConditional ? 'the element stands in a choice or in an optional group' : undefined
}
