import type { JsonValue } from '../json/json-value.js'
import type { SoapAttachment } from '../exchange/soap-content.js'
import { mappingLimits } from '../limits/mediation.js'
import { xsiNamespace } from '../xsd/built-in-types.js'
import { packedInto } from './packed-file.js'
import { arrange, type ContentProblem } from './arrange-content.js'
import { Breaches, listed } from './breaches.js'
import { below, pathOf, Place, textNames } from './place.js'
import type {
  ArrayPlan,
  AttributePlan,
  ElementPlan,
  MovedObject,
  ObjectPlan,
  Plan,
} from './plan.js'
import type { ListShape, ScalarShape } from './shape.js'
import { tracedOf, type Traced } from './traced.js'
import { ValueWriting } from './value-writing.js'
import { escapedAttribute, escapedText } from './xml-text.js'

type Members = ReadonlyMap<string, JsonValue>

const noMembers: Members = new Map()
/** What null is short for: an object of which there is nothing but that it is nil. */
const onlyNil: Members = new Map([['$', null]])

/** One JSON value on its way into XML. */
export class XmlWriting {
  readonly #plan: Plan
  readonly #trace: Traced[] | undefined
  readonly #files: SoapAttachment[] | undefined
  readonly #breaches = new Breaches()
  readonly #values = new ValueWriting(this.#breaches)
  readonly #moved: (JsonValue | undefined)[] = []
  readonly #used: boolean[] = []
  #usesXsi = false
  /** Whether a rule's value stands for the one that is written next. */
  #isDefault = false
  #xml = ''

  /** @param files - gets what `xs:base64Binary` holds, which stands in the XML by an `xop:Include` then */
  constructor(plan: Plan, trace: Traced[] | undefined, files: SoapAttachment[] | undefined) {
    this.#plan = plan
    this.#trace = trace
    this.#files = files
  }

  /** @throws ContractBreach */
  write(value: JsonValue): Uint8Array {
    const { root, movedTo } = this.#plan
    if (value instanceof Map && movedTo.size > 0) this.#takeMoved(value as Members, movedTo, '')
    this.#element(root, value, new Place(undefined, root))
    this.#breaches.raise()
    const afterName = root.openTag.length
    return Buffer.from(
      this.#xml.slice(0, afterName) + this.#declarations() + this.#xml.slice(afterName),
    )
  }

  /** Only what is used, in the order in which the schema has it: the same value makes the same bytes. */
  #declarations(): string {
    let declarations = ''
    this.#plan.namespaces.forEach((namespace, number) => {
      if (this.#used[number] !== true) return
      declarations += ` xmlns:n${number + 1}="${escapedAttribute(namespace) ?? ''}"`
    })
    return this.#usesXsi ? `${declarations} xmlns:xsi="${xsiNamespace}"` : declarations
  }

  #takeMoved(object: Members, movedTo: MovedObject, path: string): void {
    for (const [name, member] of movedTo) {
      const value = object.get(name)
      if (value === undefined) continue
      if (typeof member === 'number') {
        this.#moved[member] = value
      } else if (value instanceof Map) {
        const inner = value as Members
        this.#takeMoved(inner, member, below(path, name))
        for (const each of inner.keys()) {
          if (!member.has(each)) this.#breaches.add(below(below(path, name), each), 'unknown')
        }
      } else {
        this.#values.wrongType(below(path, name), value, 'object')
      }
    }
  }

  #element(plan: ElementPlan, value: JsonValue, place: Place): void {
    if (this.#xml.length > mappingLimits.xmlCharsMax) this.#breaches.mayCost(Infinity)
    if (this.#breaches.isFull) return
    if (place.depth > mappingLimits.depthMax) {
      this.#breaches.add(place.jsonPath, 'depth')
      return
    }
    if (plan.namespaceNumber >= 0) this.#used[plan.namespaceNumber] = true
    this.#xml += plan.openTag
    if (plan.value.kind === 'object') this.#object(plan.value, plan, value ?? onlyNil, place)
    else if (value === null) this.#nil(plan, place)
    else if (plan.value.kind === 'array') this.#array(plan.value, plan, value, place)
    else this.#elementText(plan.value, plan, value, place)
  }

  #nil({ property }: ElementPlan, place: Place): void {
    if (!property.isNillable) this.#breaches.add(place.jsonPath, 'null')
    this.#xml += ' xsi:nil="true"/>'
    this.#usesXsi = true
    this.#trace?.push(tracedOf(place, null, property))
  }

  #object(declared: ObjectPlan, plan: ElementPlan, value: JsonValue, place: Place): void {
    if (!(value instanceof Map)) {
      this.#values.wrongType(place.jsonPath, value, 'object')
      return
    }
    const members = value as Members
    const object = this.#variant(declared, members, place)
    if (object === undefined || !this.#breaches.mayCost(object.cost, members.size)) return
    if (object !== declared) {
      this.#useNamespace(object.typeNamespaceNumber)
      this.#xml += ` xsi:type="${object.typeTag}"`
      this.#usesXsi = true
    }
    for (const attribute of object.attributes) this.#attribute(attribute, members, place)
    this.#unknown(object, declared, plan, members, place)
    if (members === onlyNil || (members.get('$') === null && mayBeNil(object, declared, plan))) {
      this.#nil(plan, place)
    } else if (object.shape.text !== undefined) {
      this.#text$(object.shape.text, plan, members, place)
    } else {
      this.#xml += '>'
      this.#content(object, members, place)
      this.#xml += plan.closeTag
    }
  }

  #text$(shape: ScalarShape | ListShape, plan: ElementPlan, members: Members, place: Place): void {
    const inside = new Place(place, textNames)
    const value = members.get('$')
    if (value === undefined) this.#breaches.add(place.jsonPath, 'missing', '$')
    else this.#elementText(shape, plan, value, inside)
  }

  /** The type that `@type` names, or the declared one. */
  #variant(declared: ObjectPlan, members: Members, place: Place): ObjectPlan | undefined {
    if (!declared.hasVariants) return declared
    const said = members.get('@type')
    if (said === undefined && !declared.shape.type.isAbstract) return declared
    const named = typeof said === 'string' ? declared.variants.get(said) : undefined
    if (named !== undefined) return named
    const names = listed(declared.variants.keys())
    if (said === undefined) this.#breaches.add(place.jsonPath, 'missing', '@type')
    else this.#breaches.add(below(place.jsonPath, '@type'), 'enumeration', names)
    return undefined
  }

  #unknown(
    object: ObjectPlan,
    declared: ObjectPlan,
    plan: ElementPlan,
    members: Members,
    place: Place,
  ): void {
    const { root, movedTo } = this.#plan
    for (const name of members.keys()) {
      if (object.names.has(name) || (plan === root && movedTo.has(name))) continue
      if (name === '@type' && declared.hasVariants) continue
      const isNil = name === '$' && members.get(name) === null
      if (isNil && (members === onlyNil || mayBeNil(object, declared, plan))) continue
      this.#breaches.add(below(place.jsonPath, name), 'unknown')
    }
  }

  #attribute(plan: AttributePlan, members: Members, place: Place): void {
    const { property, jsonName, tag } = plan
    const { constant, defaultValue, isRequired } = property
    if (property.isIgnored) return
    const inside = new Place(place, plan)
    if (constant !== undefined) {
      this.#useNamespace(plan.namespaceNumber)
      this.#xml += ` ${tag}="${escapedAttribute(constant) ?? ''}"`
      this.#trace?.push(tracedOf(inside, constant, property))
      return
    }
    const said = members.get(jsonName ?? '')
    const value = said ?? defaultValue
    if (value === undefined) {
      if (isRequired) this.#breaches.add(place.jsonPath, 'missing', jsonName)
      return
    }
    const text = this.#values.text(plan.value, value, inside, property.fixedText)
    const escaped =
      text === undefined ? undefined : this.#values.escaped(escapedAttribute(text), inside)
    this.#useNamespace(plan.namespaceNumber)
    this.#xml += ` ${tag}="${escaped ?? ''}"`
    this.#trace?.push(tracedOf(inside, value, property, said === undefined))
  }

  #content(object: ObjectPlan, members: Members, place: Place): void {
    const { elements, shape } = object
    if (shape.content === undefined) return
    const counts = new Array<number>(elements.length).fill(0)
    const values = new Array<JsonValue | undefined>(elements.length)
    for (let slot = 0; slot < elements.length; slot++) {
      const plan = elements[slot]
      if (plan === undefined) continue
      const value = this.#valueFor(plan, members)
      values[slot] = value
      counts[slot] = this.#countOf(plan, value, place)
    }
    const order: number[] = []
    const problems: ContentProblem[] = []
    arrange(shape.content, counts, order, problems)
    for (const each of problems) this.#tell(each, object, place)
    for (const slot of order) {
      const plan = elements[slot]
      const value = values[slot]
      if (plan !== undefined && value !== undefined) this.#slot(plan, value, members, place)
    }
  }

  /** What stands for an element, wherever in the JSON that is. */
  #valueFor(plan: ElementPlan, members: Members): JsonValue | undefined {
    const { property, jsonName, isInParent, moved } = plan
    if (property.isIgnored) return undefined
    if (property.constant !== undefined) return property.constant
    const said = isInParent
      ? members.get(jsonName ?? '')
      : moved >= 0
        ? this.#moved[moved]
        : undefined
    if (said !== undefined) return said
    if (property.defaultValue !== undefined) return property.defaultValue
    // Everything inside stands elsewhere: the element is there if that is, or if it has to be.
    const isNeeded = property.isDissolved && property.min > 0 && !property.isConditional
    return isNeeded || plan.movedInside.some((each) => this.#moved[each] !== undefined)
      ? noMembers
      : undefined
  }

  #countOf(
    { property, jsonName, ...names }: ElementPlan,
    value: JsonValue | undefined,
    place: Place,
  ): number {
    if (value === undefined) return 0
    if (!property.isArray) return 1
    if (Array.isArray(value)) return value.length
    this.#values.wrongType(new Place(place, { ...names, jsonName }).jsonPath, value, 'array')
    return property.min
  }

  #slot(plan: ElementPlan, value: JsonValue, members: Members, place: Place): void {
    const { property, jsonName, moved } = plan
    if (property.constant !== undefined) {
      this.#constant(plan, property.constant, place)
    } else if (property.isArray) {
      if (!Array.isArray(value)) return
      let index = 0
      for (const member of value as readonly JsonValue[]) {
        this.#element(plan, member, new Place(place, plan, ++index))
      }
    } else {
      const inside = new Place(place, plan)
      const said = moved < 0 ? members.get(jsonName ?? '') : this.#moved[moved]
      this.#isDefault = said === undefined && property.defaultValue !== undefined
      this.#element(plan, value, inside)
    }
  }

  #constant(plan: ElementPlan, constant: string, place: Place): void {
    this.#useNamespace(plan.namespaceNumber)
    this.#xml += `${plan.openTag}>${escapedText(constant) ?? ''}${plan.closeTag}`
    this.#trace?.push(tracedOf(new Place(place, plan), constant, plan.property))
  }

  #tell({ rule, slots, limit }: ContentProblem, { elements }: ObjectPlan, place: Place): void {
    const plans = slots.map((slot) => elements[slot]).filter((plan) => plan !== undefined)
    const [first] = plans
    if (rule === 'missing') {
      const names = plans.map(({ jsonName, xmlName }) => jsonName ?? xmlName ?? '')
      const movedTo = plans.length === 1 ? first?.movedTo : undefined
      if (movedTo === undefined) this.#breaches.add(place.jsonPath, rule, listed(names))
      else this.#breaches.add(pathOf(movedTo.slice(0, -1)), rule, movedTo.at(-1))
    } else {
      const path = first === undefined ? place.jsonPath : new Place(place, first).jsonPath
      this.#breaches.add(path, rule, limit)
    }
  }

  #array({ item }: ArrayPlan, plan: ElementPlan, value: JsonValue, place: Place): void {
    if (!Array.isArray(value)) {
      this.#values.wrongType(place.jsonPath, value, 'array')
      return
    }
    const members = value as readonly JsonValue[]
    const { min, max } = item.property
    if (members.length < min) this.#breaches.add(place.jsonPath, 'tooFew', min)
    if (members.length > max) this.#breaches.add(place.jsonPath, 'tooMany', max)
    this.#xml += '>'
    let index = 0
    for (const member of members) this.#element(item, member, new Place(place, item, ++index))
    this.#xml += plan.closeTag
  }

  #elementText(
    shape: ScalarShape | ListShape,
    { property, closeTag }: ElementPlan,
    value: JsonValue,
    place: Place,
  ): void {
    const text = this.#values.text(shape, value, place, property.fixedText)
    this.#trace?.push(tracedOf(place, value, property, this.#isDefault))
    this.#isDefault = false
    if (text === undefined) return
    // The reader would take the schema's default for it.
    if (text === '' && property.schemaDefault !== undefined && property.schemaDefault !== '') {
      this.#breaches.add(place.jsonPath, 'unmappable', '""')
    }
    const included = this.#files && packedInto(this.#files, shape.type, text)
    this.#xml += `>${included ?? this.#values.escaped(escapedText(text), place) ?? ''}${closeTag}`
  }

  #useNamespace(number: number): void {
    if (number >= 0) this.#used[number] = true
  }
}

/** Whether `$` may say that it is nil: of an object that has more than its content. */
function mayBeNil({ shape }: ObjectPlan, declared: ObjectPlan, { property }: ElementPlan): boolean {
  const { attributes, text } = shape
  return (
    property.isNillable && (attributes.length > 0 || text !== undefined || declared.hasVariants)
  )
}
