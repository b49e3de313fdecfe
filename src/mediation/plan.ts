import { costOf } from './arrange-content.js'
import type { XmlName } from '../xsd/schema-model.js'
import type { Mutable } from './mutable.js'
import type { PlaceNames } from './place.js'
import type {
  ArrayShape,
  AttributeProperty,
  ElementProperty,
  ListShape,
  ObjectShape,
  ScalarShape,
  Shape,
} from './shape.js'

/** A shape made ready for messages: what every message would ask of it is answered once. */
export interface Plan {
  readonly root: ElementPlan
  /** By number; prefixes are `n1`, `n2` …, the empty namespace has none. */
  readonly namespaces: readonly string[]
  /** Properties that stand elsewhere in JSON than their element's parent does, by their number. */
  readonly moved: readonly ElementPlan[]
  /** The objects in JSON that only moved properties make. */
  readonly movedTo: MovedObject
}

/** What moves put into the root of the JSON: a number of `moved`, or an object of such. */
export type MovedObject = ReadonlyMap<string, number | MovedObject>

export type ValuePlan = ScalarShape | ListShape | ArrayPlan | ObjectPlan

export interface ArrayPlan {
  readonly kind: 'array'
  readonly item: ElementPlan
}

export interface ElementPlan extends PlaceNames {
  readonly property: ElementProperty
  /** `<n1:Ad`. */
  readonly openTag: string
  readonly closeTag: string
  /** -1 for none. */
  readonly namespaceNumber: number
  readonly value: ValuePlan
  /** Number among the moved; -1 where it stands in its parent. */
  readonly moved: number
  /** Numbers of the moved that stand inside the element in XML. */
  readonly movedInside: readonly number[]
  /** Whether it is a property of its parent's object in JSON. */
  readonly isInParent: boolean
}

export interface AttributePlan extends PlaceNames {
  readonly property: AttributeProperty
  /** `n1:kod`. */
  readonly tag: string
  readonly namespaceNumber: number
  readonly value: ScalarShape | ListShape
}

export interface ObjectPlan {
  readonly kind: 'object'
  readonly shape: ObjectShape
  readonly attributes: readonly AttributePlan[]
  readonly elements: readonly ElementPlan[]
  /** Steps that an object of it takes, whatever is in it. */
  readonly cost: number
  /** Slots of elements with this local name. */
  readonly byLocalName: ReadonlyMap<string, readonly number[]>
  /** Names of JSON properties that may be there, apart from `@type`. */
  readonly names: ReadonlySet<string>
  readonly hasVariants: boolean
  /** By `@type`; the type itself among them unless it is abstract. */
  readonly variants: ReadonlyMap<string, ObjectPlan>
  /** `n1:SexsType`, for `xsi:type`. */
  readonly typeTag: string
  readonly typeNamespaceNumber: number
}

/**
 * Makes a checked shape ready.
 * @throws TypeError for a shape that `checkShape` has not passed
 */
export function planOf(root: ElementProperty): Plan {
  const maker = new PlanMaker()
  const plan = maker.element(root, false)
  return { root: plan, namespaces: maker.namespaces, moved: maker.moved, movedTo: maker.movedTo() }
}

type MutableMoved = Map<string, number | MutableMoved>

class PlanMaker {
  readonly namespaces: string[] = []
  readonly moved: ElementPlan[] = []
  readonly #objects = new Map<ObjectShape, ObjectPlan>()
  readonly #arrays = new Map<ArrayShape, ArrayPlan>()

  element(property: ElementProperty, isItem: boolean): ElementPlan {
    const { element, place, constant, isIgnored, isDissolved } = property
    const namespaceNumber = this.#namespaceNumber(element.namespace)
    const tag = tagOf(element, namespaceNumber)
    const before = this.moved.length
    const isLeftOut = constant !== undefined || isIgnored
    const value = isIgnored ? nothing : this.#value(property.shape)
    const movedInside = this.moved.slice(before).map((_, at) => before + at)
    const plan: ElementPlan = {
      property,
      xmlName: element.localName,
      jsonName: isItem || isDissolved ? undefined : property.name,
      movedTo: place,
      openTag: `<${tag}`,
      closeTag: `</${tag}>`,
      namespaceNumber,
      value,
      moved: place === undefined ? -1 : this.moved.length,
      movedInside,
      isInParent: !isLeftOut && !isDissolved && place === undefined,
    }
    if (place !== undefined) this.moved.push(plan)
    return plan
  }

  movedTo(): MovedObject {
    const root: MutableMoved = new Map()
    this.moved.forEach(({ movedTo = [] }, number) => {
      let into = root
      for (const name of movedTo.slice(0, -1)) {
        const known = into.get(name)
        const next: MutableMoved = known instanceof Map ? known : new Map<string, number>()
        into.set(name, next)
        into = next
      }
      into.set(movedTo.at(-1) ?? '', number)
    })
    return root
  }

  #value(shape: Shape): ValuePlan {
    switch (shape.kind) {
      case 'scalar':
      case 'list':
        return shape
      case 'array':
        return this.#array(shape)
      case 'object':
        return this.#object(shape)
      case 'unmappable':
        throw new TypeError('the shape was not checked')
    }
  }

  #array(shape: ArrayShape): ArrayPlan {
    const known = this.#arrays.get(shape)
    if (known !== undefined) return known
    const plan = { kind: 'array' } as Mutable<ArrayPlan>
    this.#arrays.set(shape, plan)
    plan.item = this.element(shape.item, true)
    return plan
  }

  #object(shape: ObjectShape): ObjectPlan {
    const known = this.#objects.get(shape)
    if (known !== undefined) return known
    const plan = { kind: 'object', shape } as Mutable<ObjectPlan>
    this.#objects.set(shape, plan)
    plan.attributes = shape.attributes.map((property) => this.#attribute(property))
    plan.elements = shape.elements.map((property) => this.element(property, false))
    const { attributes, elements, content } = shape
    plan.cost = attributes.length + elements.length + (content ? costOf(content) : 0)
    const byLocalName = new Map<string, number[]>()
    shape.elements.forEach(({ element }, slot) => {
      byLocalName.set(element.localName, [...(byLocalName.get(element.localName) ?? []), slot])
    })
    plan.byLocalName = byLocalName
    const { name } = shape.type
    plan.typeNamespaceNumber = this.#namespaceNumber(name?.namespace ?? '')
    plan.typeTag = name === undefined ? '' : tagOf(name, plan.typeNamespaceNumber)
    plan.hasVariants = shape.variants.length > 0
    plan.names = namesOf(plan)
    plan.variants = this.#variants(shape)
    return plan
  }

  #variants(shape: ObjectShape): Map<string, ObjectPlan> {
    const plans = new Map<string, ObjectPlan>()
    if (shape.variants.length === 0) return plans
    for (const each of shape.type.isAbstract ? shape.variants : [shape, ...shape.variants]) {
      plans.set(each.type.name?.localName ?? '', this.#object(each))
    }
    return plans
  }

  #attribute(property: AttributeProperty): AttributePlan {
    const { attribute, shape, constant, isIgnored } = property
    const namespaceNumber =
      attribute.namespace === xmlNamespace ? -1 : this.#namespaceNumber(attribute.namespace)
    if (shape.kind === 'unmappable' && !isIgnored) throw new TypeError('the shape was not checked')
    return {
      property,
      xmlName: `@${attribute.localName}`,
      jsonName: constant !== undefined || isIgnored ? undefined : property.name,
      movedTo: undefined,
      tag:
        attribute.namespace === xmlNamespace
          ? `xml:${attribute.localName}`
          : tagOf(attribute, namespaceNumber),
      namespaceNumber,
      value: shape.kind === 'unmappable' ? nothing : shape,
    }
  }

  #namespaceNumber(namespace: string): number {
    if (namespace === '') return -1
    const known = this.namespaces.indexOf(namespace)
    return known < 0 ? this.namespaces.push(namespace) - 1 : known
  }
}

export const xmlNamespace = 'http://www.w3.org/XML/1998/namespace'

/** Stands for the form of what is never read. */
const nothing: ScalarShape = {
  kind: 'scalar',
  type: {
    kind: 'simple',
    name: undefined,
    variety: 'atomic',
    primitive: 'string',
    builtIn: 'string',
    itemType: undefined,
    memberTypes: [],
    facets: { whiteSpace: 'preserve' },
  },
  form: 'text',
  dateFormat: undefined,
}

function tagOf({ localName }: XmlName, namespaceNumber: number): string {
  return namespaceNumber < 0 ? localName : `n${namespaceNumber + 1}:${localName}`
}

function namesOf({ attributes, elements, shape }: ObjectPlan): Set<string> {
  const names = new Set<string>()
  for (const { jsonName } of attributes) if (jsonName !== undefined) names.add(jsonName)
  for (const { jsonName, isInParent } of elements) {
    if (isInParent && jsonName !== undefined) names.add(jsonName)
  }
  if (shape.text !== undefined) names.add('$')
  return names
}
