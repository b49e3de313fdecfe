import type { JsonValue } from '../json/json-value.js'
import type { XmlAttribute, XmlDocument, XmlElement } from '../xml/document.js'
import { XmlError } from '../xml/xml-error.js'
import type { AttachedFiles } from './attached-files.js'
import { arrange, type ContentProblem } from './arrange-content.js'
import { AttributeReading } from './attribute-reading.js'
import { Breaches, listed } from './breaches.js'
import { addMoved } from './moved-values.js'
import { isBase64 } from './packed-file.js'
import { below, Place, textNames } from './place.js'
import type { ArrayPlan, ElementPlan, ObjectPlan, Plan } from './plan.js'
import type { ListShape, ScalarShape } from './shape.js'
import { tracedOf, type Traced } from './traced.js'
import { ValueReading } from './value-reading.js'
import { isNil, xsiValue } from './xsi.js'

/** One element on its way into JSON. */
export class XmlReading {
  readonly #plan: Plan
  readonly #document: XmlDocument
  readonly #trace: Traced[] | undefined
  readonly #files: AttachedFiles | undefined
  readonly #breaches = new Breaches()
  readonly #values = new ValueReading(this.#breaches)
  readonly #attributes: AttributeReading
  readonly #moved: (JsonValue | undefined)[] = []

  /** @param files - what may stand in it by an `xop:Include` */
  constructor(
    plan: Plan,
    document: XmlDocument,
    trace: Traced[] | undefined,
    files: AttachedFiles | undefined,
  ) {
    this.#plan = plan
    this.#document = document
    this.#trace = trace
    this.#files = files
    this.#attributes = new AttributeReading(this.#breaches, this.#values, trace)
  }

  /** @throws ContractBreach */
  read(element: XmlElement): JsonValue {
    const { root } = this.#plan
    const { namespace, localName } = root.property.element
    const place = new Place(undefined, root)
    if (!this.#document.is(element, namespace, localName)) {
      this.#breaches.add('', 'unexpected', localName)
      this.#breaches.raise()
    }
    const value = this.#element(root, element, place)
    this.#breaches.raise()
    if (value === undefined) throw new TypeError('nothing was read, and nothing was wrong')
    return value instanceof Map ? this.#withMoved(value as Map<string, JsonValue>) : value
  }

  #withMoved(root: Map<string, JsonValue>): JsonValue {
    addMoved(root, this.#plan.movedTo, this.#moved)
    return root
  }

  /** @returns undefined where something is wrong with it, which has been told then */
  #element(plan: ElementPlan, element: XmlElement, place: Place): JsonValue | undefined {
    const attributes = this.#document.attributes(element)
    if (attributes.length > 0 && isNil(attributes))
      return this.#nil(plan, element, attributes, place)
    const { value } = plan
    switch (value.kind) {
      case 'object':
        return this.#object(value, plan, element, attributes, place)
      case 'array':
        this.#attributes.none(attributes, place)
        return this.#array(value, element, place)
      case 'scalar':
      case 'list':
        this.#attributes.none(attributes, place)
        return this.#elementText(value, plan, element, place)
    }
  }

  /** Nil is null; with attributes beside it, it is an object in which `$` is null. */
  #nil(
    { property, value }: ElementPlan,
    element: XmlElement,
    attributes: readonly XmlAttribute[],
    place: Place,
  ): JsonValue | undefined {
    if (!property.isNillable) this.#breaches.add(place.xmlPath, 'null')
    const { start, end } = this.#document.contentRange(element)
    if (start !== end) this.#breaches.add(place.xmlPath, 'notEmpty')
    if (value.kind !== 'object') {
      this.#attributes.none(attributes, place)
      return null
    }
    const object = this.#variant(value, element, attributes, place)
    if (object === undefined) return undefined
    const json = objectFor(object, value)
    this.#attributes.read(object, attributes, json, place)
    if (json.size === 0) return null
    return json.set('$', null)
  }

  #object(
    declared: ObjectPlan,
    plan: ElementPlan,
    element: XmlElement,
    attributes: readonly XmlAttribute[],
    place: Place,
  ): JsonValue | undefined {
    const object = this.#variant(declared, element, attributes, place)
    if (object === undefined) return undefined
    if (!this.#breaches.mayCost(object.cost)) return undefined
    const json = objectFor(object, declared)
    this.#attributes.read(object, attributes, json, place)
    const { text } = object.shape
    if (text !== undefined) {
      const value = this.#elementText(text, plan, element, new Place(place, textNames))
      if (value !== undefined) json.set('$', value)
      return json
    }
    this.#content(object, element, json, place)
    return json
  }

  /** The type that `xsi:type` names, or the declared one. */
  #variant(
    declared: ObjectPlan,
    element: XmlElement,
    attributes: readonly XmlAttribute[],
    place: Place,
  ): ObjectPlan | undefined {
    const { shape, variants, hasVariants } = declared
    const said = attributes.length === 0 ? undefined : xsiValue(attributes, 'type')
    if (said === undefined) {
      if (!shape.type.isAbstract) return declared
      this.#breaches.add(place.xmlPath, 'abstract')
      return undefined
    }
    const [localName = '', prefix = ''] = said.trim().split(':').reverse()
    const named = hasVariants ? variants.get(localName) : declared
    const { name } = named?.shape.type ?? {}
    const namespace = this.#document.namespaceOfPrefix(element, prefix) ?? ''
    if (named !== undefined && name?.localName === localName && name.namespace === namespace)
      return named
    this.#breaches.add(place.xmlPath, 'derivedType')
    return undefined
  }

  #content(
    object: ObjectPlan,
    element: XmlElement,
    json: Map<string, JsonValue>,
    place: Place,
  ): void {
    const { elements, shape } = object
    const counts = new Array<number>(elements.length).fill(0)
    const values = new Array<JsonValue | JsonValue[] | undefined>(elements.length)
    this.#children(object, element, counts, values, place)
    if (!this.#document.hasOnlyElements(element)) this.#breaches.add(place.xmlPath, 'text')
    const problems: ContentProblem[] = []
    if (shape.content !== undefined) arrange(shape.content, counts, [], problems)
    for (const each of problems) this.#tell(each, object, place)
    let present = 0
    for (let slot = 0; slot < elements.length; slot++) {
      const plan = elements[slot]
      const count = counts[slot] ?? 0
      if (count > 0) present += 1
      if (plan !== undefined) this.#put(plan, values[slot], count, json, place)
    }
    this.#breaches.wereThere(present)
  }

  #children(
    object: ObjectPlan,
    element: XmlElement,
    counts: number[],
    values: (JsonValue | JsonValue[] | undefined)[],
    place: Place,
  ): void {
    const document = this.#document
    let child = document.firstChild(element)
    for (; child !== undefined && !this.#breaches.isFull; child = document.nextSibling(child)) {
      const slot = this.#slotOf(object, child)
      const plan = object.elements[slot]
      if (plan === undefined) {
        if (!object.shape.ignoresOthers) this.#unknown(object, child, place)
        continue
      }
      const count = (counts[slot] = (counts[slot] ?? 0) + 1)
      if (plan.property.isIgnored) continue
      const { isArray } = plan.property
      const value = this.#element(plan, child, new Place(place, plan, isArray ? count : 0))
      if (value === undefined) continue
      const before = values[slot]
      if (!isArray) values[slot] = value
      else if (before === undefined) values[slot] = [value]
      else (before as JsonValue[]).push(value)
    }
  }

  #slotOf({ byLocalName, elements }: ObjectPlan, child: XmlElement): number {
    const slots = byLocalName.get(this.#document.localName(child))
    if (slots === undefined) return -1
    const namespace = this.#document.namespace(child)
    return slots.find((slot) => elements[slot]?.property.element.namespace === namespace) ?? -1
  }

  #unknown({ elements }: ObjectPlan, child: XmlElement, place: Place): void {
    const localName = this.#document.localName(child)
    const known = elements.find(({ xmlName }) => xmlName === localName)
    const path = below(place.xmlPath, localName)
    // The right name in the wrong namespace: to call it unknown would puzzle.
    if (known === undefined) this.#breaches.add(path, 'unknown')
    else this.#breaches.add(path, 'unexpected', `{${known.property.element.namespace}}${localName}`)
  }

  /** Puts a property where JSON has it. */
  #put(
    plan: ElementPlan,
    value: JsonValue | undefined,
    count: number,
    json: Map<string, JsonValue>,
    place: Place,
  ): void {
    const { property, jsonName, isInParent, moved } = plan
    if (property.constant !== undefined && count === 0) {
      this.#breaches.add(place.xmlPath, 'missing', property.element.localName)
    }
    let stands = value
    if (stands === undefined && count === 0) {
      stands = property.isArray && !property.isConditional ? [] : property.defaultValue
      if (stands !== undefined) this.#breaches.mayCost(addedBy(plan.jsonName, stands))
      if (this.#trace !== undefined && stands !== undefined && !property.isArray) {
        this.#trace.push(tracedOf(new Place(place, plan), stands, property, true))
      }
    }
    if (stands === undefined) return
    if (moved >= 0) this.#moved[moved] = stands
    else if (isInParent && jsonName !== undefined) json.set(jsonName, stands)
  }

  #tell({ rule, slots, limit }: ContentProblem, { elements }: ObjectPlan, place: Place): void {
    const names = slots.map((slot) => elements[slot]?.property.element.localName ?? '')
    const [name = ''] = names
    if (rule === 'missing') {
      this.#breaches.add(place.xmlPath, rule, listed(names))
    } else {
      const isRepeated = rule === 'tooMany' && limit === 1
      this.#breaches.add(below(place.xmlPath, name), isRepeated ? 'repeated' : rule, limit)
    }
  }

  #array({ item }: ArrayPlan, element: XmlElement, place: Place): JsonValue | undefined {
    const document = this.#document
    const { property } = item
    const members: JsonValue[] = []
    let count = 0
    let child = document.firstChild(element)
    for (; child !== undefined && !this.#breaches.isFull; child = document.nextSibling(child)) {
      if (!document.is(child, property.element.namespace, property.element.localName)) {
        this.#breaches.add(below(place.xmlPath, document.localName(child)), 'unknown')
        continue
      }
      const value = this.#element(item, child, new Place(place, item, ++count))
      if (value !== undefined) members.push(value)
    }
    if (!document.hasOnlyElements(element)) this.#breaches.add(place.xmlPath, 'text')
    const path = below(place.xmlPath, property.element.localName)
    if (count < property.min) this.#breaches.add(path, 'tooFew', property.min)
    if (count > property.max) this.#breaches.add(path, 'tooMany', property.max)
    return members
  }

  /** The value of an element's text; an empty element stands for what the schema says. */
  #elementText(
    shape: ScalarShape | ListShape,
    { property }: ElementPlan,
    element: XmlElement,
    place: Place,
  ): JsonValue | undefined {
    const child = this.#document.firstChild(element)
    const text =
      child === undefined
        ? this.#onlyText(element, place)
        : this.#included(shape, element, child, place)
    if (text === undefined) return undefined
    const { schemaDefault, fixedText, constant = fixedText } = property
    const said = text === '' && schemaDefault !== undefined ? schemaDefault : text
    const value = this.#values.text(shape, said, place, constant)
    this.#trace?.push(tracedOf(place, value, property))
    return value
  }

  /** Base64 that was left out and is an attachment. */
  #included(
    { type }: ScalarShape | ListShape,
    element: XmlElement,
    child: XmlElement,
    place: Place,
  ): string | undefined {
    const base64 = isBase64(type)
      ? this.#files?.included(this.#document, element, child)
      : undefined
    if (base64 !== undefined) return base64
    this.#breaches.add(below(place.xmlPath, this.#document.localName(child)), 'unknown')
    return undefined
  }

  #onlyText(element: XmlElement, place: Place): string | undefined {
    try {
      return this.#document.text(element)
    } catch (error) {
      if (!(error instanceof XmlError)) throw error
      // A comment within a value: others read it only up to there.
      this.#breaches.add(place.xmlPath, 'unmappable', 'comment')
      return undefined
    }
  }
}

/** An object that says which type it is of, where that is not the declared one. */
function objectFor(object: ObjectPlan, declared: ObjectPlan): Map<string, JsonValue> {
  const json = new Map<string, JsonValue>()
  if (object !== declared) json.set('@type', object.shape.type.name?.localName ?? '')
  return json
}

/** Characters that stand in the JSON and in no XML. */
function addedBy(name = '', value: JsonValue): number {
  return name.length + (typeof value === 'string' ? value.length : 1)
}
