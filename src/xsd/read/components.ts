import { xsdLimits } from '../../limits/contracts.js'
import type { XmlElement } from '../../xml/document.js'
import { anySimpleType, anyType, builtInType, xsdNamespace } from '../built-in-types.js'
import {
  keyOf,
  type AttributeUse,
  type ComplexType,
  type ElementDeclaration,
  type ModelGroup,
  type SimpleType,
  type TypeDefinition,
  type XmlName,
} from '../schema-model.js'
import { wellKnownAttribute } from './well-known-attributes.js'
import { readAttribute, readAttributes } from './read-attributes.js'
import { fillComplexType } from './read-complex-type.js'
import { readGlobalElement } from './read-elements.js'
import { readGroup } from './read-particles.js'
import { readSimpleType } from './read-simple-type.js'
import type { AttributeSet, Resolver } from './resolver.js'
import {
  attributeOf,
  expandName,
  partOf,
  partsOf,
  type Problems,
  type SchemaScope,
} from './schema-scope.js'

/** A global component in its schema. */
interface Place {
  readonly scope: SchemaScope
  readonly element: XmlElement
}

/** That `member` may stand for the element `head`, if types and `block` allow it. */
export interface Substitution extends Place {
  readonly member: ElementDeclaration
  readonly head: XmlName
}

type Space = 'type' | 'element' | 'attribute' | 'group' | 'attributeGroup'

const spaces: Readonly<Record<string, Space>> = {
  simpleType: 'type',
  complexType: 'type',
  element: 'element',
  attribute: 'attribute',
  group: 'group',
  attributeGroup: 'attributeGroup',
}

const soapEncoding = 'http://schemas.xmlsoap.org/soap/encoding/'
const noAttributes: AttributeSet = { uses: [], prohibited: new Set(), wildcard: undefined }
/** Types that mean nothing without a document type declaration, which no message has. */
const refusedTypes = new Set(['ENTITY', 'ENTITIES', 'NOTATION'])

/**
 * All components of a set of schemas, each made once, when somebody first refers to it. Complex types get
 * their identity at once and their content later, because they may contain themselves.
 */
export class Components implements Resolver {
  readonly problems: Problems
  readonly elements = new Map<string, ElementDeclaration>()
  readonly types = new Map<string, TypeDefinition>()
  readonly attributes = new Map<string, AttributeUse>()
  readonly substitutions: Substitution[] = []
  /** Complex types in the order in which they were met, with their places. */
  readonly complexTypes = new Map<ComplexType, Place>()
  readonly #places = new Map<string, Place>()
  readonly #groups = new Map<string, ModelGroup | undefined>()
  readonly #attributeGroups = new Map<string, AttributeSet>()
  readonly #completed = new Set<ComplexType>([anyType])
  readonly #open = new Set<ComplexType>()
  readonly #openPlaces = new Set<string>()
  #count = 0

  constructor(scopes: readonly SchemaScope[], problems: Problems) {
    this.problems = problems
    for (const scope of scopes) this.#index(scope)
    for (const [key, place] of this.#places) this.#read(key, place)
    this.#completeAll()
  }

  #index(scope: SchemaScope): void {
    for (const element of partsOf(scope, scope.schema)) {
      const kind = scope.document.localName(element)
      const space = Object.hasOwn(spaces, kind) ? spaces[kind] : undefined
      if (!space) continue
      const localName = attributeOf(scope, element, 'name')
      if (localName === undefined || localName === '') {
        this.problems.add('invalid', scope, element, `xs:${kind}/@name`)
        continue
      }
      const key = `${space} ${keyOf({ namespace: scope.targetNamespace, localName })}`
      if (this.#places.has(key)) this.problems.add('repeated', scope, element, localName)
      else this.#places.set(key, { scope, element })
    }
  }

  /** Reads every global component, referred to or not, so that every mistake is seen. */
  #read(key: string, { scope, element }: Place): void {
    const space = key.slice(0, key.indexOf(' '))
    const component = key.slice(space.length + 1)
    if (space === 'type') this.#typeOf(component)
    else if (space === 'element') this.#elementOf(component)
    else if (space === 'attribute') this.#attributeOf(component)
    else if (space === 'group') this.#groupOf(component, scope, element)
    else this.#attributeGroupOf(component, scope, element)
  }

  /** Complex types lead to further ones; a map shows what is added while it is walked. */
  #completeAll(): void {
    for (const [type, { scope, element }] of this.complexTypes) this.complete(scope, element, type)
  }

  counts(scope: SchemaScope, at: XmlElement): void {
    if (++this.#count !== xsdLimits.componentsMax) return
    this.problems.add('tooLarge', scope, at, String(xsdLimits.componentsMax))
    this.problems.check()
  }

  type(scope: SchemaScope, at: XmlElement, qualified: string): TypeDefinition {
    const name = expandName(scope, at, qualified)
    const found = name && this.#namedType(scope, at, name)
    if (found) return found
    this.#missing(scope, at, name, qualified)
    return anyType
  }

  #namedType(scope: SchemaScope, at: XmlElement, name: XmlName): TypeDefinition | undefined {
    if (name.namespace !== xsdNamespace) return this.#typeOf(keyOf(name))
    if (name.localName === 'anyType') return anyType
    if (refusedTypes.has(name.localName)) {
      this.problems.add('unsupported', scope, at, `xs:${name.localName}`)
    }
    return builtInType(name.localName)
  }

  simpleType(scope: SchemaScope, at: XmlElement, qualified: string): SimpleType {
    const type = this.type(scope, at, qualified)
    if (type.kind === 'simple') return type
    if (type !== anyType || qualified.endsWith('anyType')) {
      this.problems.add('invalid', scope, at, `xs:complexType ${qualified}`)
    }
    return anySimpleType
  }

  anonymousSimple(scope: SchemaScope, element: XmlElement): SimpleType {
    return readSimpleType(this, scope, element, undefined)
  }

  anonymousComplex(scope: SchemaScope, element: XmlElement): ComplexType {
    return this.#identity(scope, element, undefined)
  }

  #identity(scope: SchemaScope, element: XmlElement, name: XmlName | undefined): ComplexType {
    const type: ComplexType = {
      kind: 'complex',
      name,
      isAbstract: false,
      base: undefined,
      derivation: undefined,
      derived: [],
      attributes: [],
      anyAttribute: undefined,
      content: { kind: 'empty' },
    }
    this.complexTypes.set(type, { scope, element })
    return type
  }

  complete(scope: SchemaScope, at: XmlElement, type: ComplexType): void {
    if (this.#completed.has(type)) return
    if (this.#open.has(type)) {
      this.problems.add('circular', scope, at, type.name?.localName ?? 'xs:complexType')
      return
    }
    if (this.#isTooDeep(this.#open.size, scope, at)) return
    this.#open.add(type)
    const place = this.complexTypes.get(type)
    if (place) fillComplexType(this, place.scope, place.element, type)
    this.#open.delete(type)
    this.#completed.add(type)
  }

  /** Each component waits for the one that it builds on; a chain without end would take the whole stack. */
  #isTooDeep(depth: number, scope: SchemaScope, at: XmlElement): boolean {
    if (depth < xsdLimits.nestingMax) return false
    this.problems.add('tooLarge', scope, at, String(xsdLimits.nestingMax))
    return true
  }

  #typeOf(key: string): TypeDefinition | undefined {
    const known = this.types.get(key)
    const place = this.#places.get(`type ${key}`)
    if (known || !place) return known
    const { scope, element } = place
    const name = nameOf(place)
    const isComplex = scope.document.localName(element) === 'complexType'
    const type = isComplex
      ? this.#identity(scope, element, name)
      : this.#once(place, () => readSimpleType(this, scope, element, name))
    if (type) this.types.set(key, type)
    return type ?? anySimpleType
  }

  /** Runs `read` unless it is running already, which is a component that contains itself. */
  #once<Component>({ scope, element }: Place, read: () => Component): Component | undefined {
    if (this.#openPlaces.has(placeKey(scope, element))) {
      this.problems.add('circular', scope, element, attributeOf(scope, element, 'name') ?? '')
      return undefined
    }
    if (this.#isTooDeep(this.#openPlaces.size, scope, element)) return undefined
    this.#openPlaces.add(placeKey(scope, element))
    const made = read()
    this.#openPlaces.delete(placeKey(scope, element))
    return made
  }

  element(scope: SchemaScope, at: XmlElement, qualified: string): ElementDeclaration | undefined {
    const name = expandName(scope, at, qualified)
    const found = name && this.#elementOf(keyOf(name))
    if (!found) this.#missing(scope, at, name, qualified)
    return found
  }

  #elementOf(key: string): ElementDeclaration | undefined {
    const known = this.elements.get(key)
    const place = this.#places.get(`element ${key}`)
    if (known || !place) return known
    const { scope, element } = place
    const made = this.#once(place, () => readGlobalElement(this, scope, element))
    const head = attributeOf(scope, element, 'substitutionGroup')
    if (!made) return undefined
    this.elements.set(key, made)
    if (head === undefined) return made
    const name = expandName(scope, element, head)
    if (name && this.#places.has(`element ${keyOf(name)}`)) {
      this.substitutions.push({ scope, element, member: made, head: name })
    } else {
      this.#missing(scope, element, name, head)
    }
    return made
  }

  attribute(scope: SchemaScope, at: XmlElement, qualified: string): AttributeUse | undefined {
    const name = expandName(scope, at, qualified)
    const found = name && (wellKnownAttribute(name) ?? this.#attributeOf(keyOf(name)))
    if (!found) this.#missing(scope, at, name, qualified)
    return found
  }

  #attributeOf(key: string): AttributeUse | undefined {
    const known = this.attributes.get(key)
    const place = this.#places.get(`attribute ${key}`)
    if (known || !place) return known
    const made = readAttribute(this, place.scope, place.element, true)
    if (made) this.attributes.set(key, made)
    return made
  }

  group(scope: SchemaScope, at: XmlElement, qualified: string): ModelGroup | undefined {
    const name = expandName(scope, at, qualified)
    const key = name && keyOf(name)
    const place = key === undefined ? undefined : this.#places.get(`group ${key}`)
    if (key !== undefined && place) return this.#groupOf(key, place.scope, place.element)
    this.#missing(scope, at, name, qualified)
    return undefined
  }

  #groupOf(key: string, scope: SchemaScope, element: XmlElement): ModelGroup | undefined {
    if (this.#groups.has(key)) return this.#groups.get(key)
    const inside = partOf(scope, element, 'all', 'choice', 'sequence')
    if (inside === undefined) {
      this.problems.add('invalid', scope, element, 'xs:group')
      return undefined
    }
    const made = this.#once({ scope, element }, () => readGroup(this, scope, inside, 0))
    this.#groups.set(key, made)
    return made
  }

  attributeGroup(scope: SchemaScope, at: XmlElement, qualified: string): AttributeSet {
    const name = expandName(scope, at, qualified)
    const key = name && keyOf(name)
    const place = key === undefined ? undefined : this.#places.get(`attributeGroup ${key}`)
    if (key !== undefined && place) return this.#attributeGroupOf(key, place.scope, place.element)
    this.#missing(scope, at, name, qualified)
    return noAttributes
  }

  #attributeGroupOf(key: string, scope: SchemaScope, element: XmlElement): AttributeSet {
    const known = this.#attributeGroups.get(key)
    if (known) return known
    const made = this.#once({ scope, element }, () => readAttributes(this, scope, element))
    if (made) this.#attributeGroups.set(key, made)
    return made ?? noAttributes
  }

  #missing(scope: SchemaScope, at: XmlElement, name: XmlName | undefined, qualified: string): void {
    if (name?.namespace === soapEncoding) {
      this.problems.add('unsupported', scope, at, `SOAP encoding (rpc/encoded): ${qualified}`)
    } else {
      this.problems.add('unresolved', scope, at, name ? keyOf(name) : qualified)
    }
  }
}

function placeKey({ file, targetNamespace }: SchemaScope, element: XmlElement): string {
  return `${file} ${String(element)} ${targetNamespace}`
}

function nameOf({ scope, element }: Place): XmlName {
  return {
    namespace: scope.targetNamespace,
    localName: attributeOf(scope, element, 'name') ?? '',
  }
}
