import type { AttributeProperty, ElementProperty, ObjectShape } from './shape.js'

/** Where a property stands that a rule speaks of. */
export interface RuleContext {
  /** Whether it is the message itself. */
  readonly isRoot: boolean
  /** Whether there may be many of it because something around it repeats. */
  readonly isRepeated: boolean
}

/** What a rule does to the property at its path; a string says why it does not fit there. */
export interface Change {
  /** The rule's own word: `name`, `constant` … */
  readonly key: string
  element(property: ElementProperty, context: RuleContext): ElementProperty | string
  attribute(property: AttributeProperty): AttributeProperty | string
  /** Of `/*` and `/@*`: what a schema does not name. */
  others(object: ObjectShape, at: '/*' | '/@*'): ObjectShape | string
}

/**
 * A shape with one change at one path. Only what is on the way is copied: the same type elsewhere stays as it is.
 * @returns why it could not be made; `nowhere` where the path leads nowhere
 */
export function editShape(
  root: ElementProperty,
  path: string,
  change: Change,
): ElementProperty | string {
  const steps = path === '/' ? [] : path.slice(1).split('/')
  return editElement(root, steps, change, { isRoot: true, isRepeated: false })
}

function editElement(
  property: ElementProperty,
  steps: readonly string[],
  change: Change,
  context: RuleContext,
): ElementProperty | string {
  const [step, ...others] = steps
  if (step === undefined) return change.element(property, context)
  const { shape } = property
  const isRepeated = context.isRepeated || property.isArray
  if (shape.kind === 'array') {
    if (shape.item.element.localName !== step) return 'nowhere'
    const item = editElement(shape.item, others, change, { isRoot: false, isRepeated: true })
    return typeof item === 'string' ? item : { ...property, shape: { ...shape, item } }
  }
  if (shape.kind !== 'object') return 'nowhere'
  const edited = editObject(shape, step, others, change, isRepeated)
  if (typeof edited === 'string') return edited
  const changed = { ...property, shape: edited }
  return { ...changed, isDissolved: !context.isRoot && isDissolved(changed) }
}

/** The object, and every type that may stand in its place: they have the same elements, too. */
function editObject(
  object: ObjectShape,
  step: string,
  others: readonly string[],
  change: Change,
  isRepeated: boolean,
): ObjectShape | string {
  const own = editMember(object, step, others, change, isRepeated)
  if (typeof own === 'string' && own !== 'nowhere') return own
  let isFound = typeof own !== 'string'
  const variants: ObjectShape[] = []
  for (const variant of object.variants) {
    const edited = editMember(variant, step, others, change, isRepeated)
    if (typeof edited === 'string' && edited !== 'nowhere') return edited
    isFound ||= typeof edited !== 'string'
    variants.push(typeof edited === 'string' ? variant : edited)
  }
  if (!isFound) return 'nowhere'
  return { ...(typeof own === 'string' ? object : own), variants }
}

function editMember(
  object: ObjectShape,
  step: string,
  others: readonly string[],
  change: Change,
  isRepeated: boolean,
): ObjectShape | string {
  if (step === '*' || step === '@*') {
    const at = step === '*' ? '/*' : '/@*'
    const isThere = others.length === 0 && object.problems.some((each) => each.at === at)
    return isThere ? change.others(object, at) : 'nowhere'
  }
  if (step.startsWith('@')) return editAttribute(object, step.slice(1), others, change)
  const slot = object.elements.findIndex(({ element }) => element.localName === step)
  const property = object.elements[slot]
  if (property === undefined) return 'nowhere'
  const edited = editElement(property, others, change, { isRoot: false, isRepeated })
  if (typeof edited === 'string') return edited
  return { ...object, elements: object.elements.with(slot, edited) }
}

function editAttribute(
  object: ObjectShape,
  localName: string,
  others: readonly string[],
  change: Change,
): ObjectShape | string {
  const at = object.attributes.findIndex(({ attribute }) => attribute.localName === localName)
  const property = object.attributes[at]
  if (property === undefined || others.length > 0) return 'nowhere'
  const edited = change.attribute(property)
  return typeof edited === 'string'
    ? edited
    : { ...object, attributes: object.attributes.with(at, edited) }
}

/**
 * Whether an element has nothing left in JSON: all that is inside stands elsewhere. Whether it is there must follow
 * from that, or else it stays, an empty object.
 */
function isDissolved({ shape, isArray, isNillable, min, isConditional }: ElementProperty): boolean {
  if (shape.kind !== 'object' || isArray || isNillable) return false
  const { attributes, elements, variants, text, ignoresOthers } = shape
  if (variants.length > 0 || text !== undefined || ignoresOthers) return false
  const isOut = attributes.every(({ constant, isIgnored }) => constant !== undefined || isIgnored)
  if (!isOut || elements.length === 0 || !elements.every(isElsewhere)) return false
  const isAlways = min > 0 && !isConditional
  return isAlways || elements.some((each) => each.place && each.min > 0 && !each.isConditional)
}

function isElsewhere({ constant, isIgnored, place, isDissolved }: ElementProperty): boolean {
  return constant !== undefined || isIgnored || place !== undefined || isDissolved
}
