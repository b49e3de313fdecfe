import type {
  AttributeUse,
  ComplexType,
  ElementDeclaration,
  Particle,
  SimpleType,
} from '../../xsd/schema-model.js'
import { FieldList, isBounded, type Field, type Part } from './field.js'

/** The fields of an element and all that is inside; a type that holds itself is gone into once. */
export function fieldsOfElement(part: Part, declaration: ElementDeclaration): Field[] {
  const walk = new Walk(part)
  walk.element(declaration, '', 1, 1)
  return walk.list.fields
}

class Walk {
  readonly list = new FieldList()
  readonly #part: Part
  readonly #inside = new Set<ComplexType>()

  constructor(part: Part) {
    this.#part = part
  }

  element(declaration: ElementDeclaration, prefix: string, min: number, max: number): void {
    if (declaration.isAbstract) {
      for (const each of declaration.substitutes) this.element(each, prefix, 0, max)
      return
    }
    const { type, isNillable } = declaration
    const path = `${prefix}/${declaration.name.localName}`
    const occurs = { part: this.#part, path, min, max, isNullable: isNillable }
    if (type.kind === 'simple') {
      this.list.add({ ...occurs, ...ofSimple(type) })
    } else if (this.list.add({ ...occurs, ...ofComplex(type) })) this.#inType(type, path)
    for (const each of declaration.substitutes) this.element(each, prefix, 0, max)
  }

  #inType(type: ComplexType, path: string): void {
    if (this.#inside.has(type)) return
    this.#inside.add(type)
    for (const attribute of type.attributes) this.#attribute(attribute, path)
    if (type.content.kind === 'elements') this.#particle(type.content.particle, path, 1, 1)
    this.#inside.delete(type)
  }

  #attribute({ name, type, isRequired }: AttributeUse, path: string): void {
    this.list.add({
      ...{ part: this.#part, path: `${path}/@${name.localName}` },
      ...{ min: isRequired ? 1 : 0, max: 1, isNullable: false },
      ...ofSimple(type),
    })
  }

  #particle({ min, max, term }: Particle, path: string, outerMin: number, outerMax: number): void {
    const least = min * outerMin
    const most = max === 0 || outerMax === 0 ? 0 : max * outerMax
    if (most === 0) return
    if (term.kind === 'element') {
      this.element(term, path, least, most)
    } else if (term.kind === 'any') {
      const occurs = { part: this.#part, path: `${path}/*`, min: least, max: most }
      this.list.add({ ...occurs, isNullable: false, ...anything })
    } else {
      const inner = term.kind === 'choice' && term.particles.length > 1 ? 0 : least
      for (const particle of term.particles) this.#particle(particle, path, inner, most)
    }
  }
}

type Nature = Omit<Field, 'part' | 'path' | 'min' | 'max' | 'isNullable'>

const plain: Nature = {
  type: 'object',
  isText: false,
  lengthMax: undefined,
  enumeration: undefined,
  minimum: undefined,
  maximum: undefined,
  pattern: undefined,
  isAnything: false,
}

const anything: Nature = { ...plain, type: 'any', isAnything: true }

function ofComplex({ name, content }: ComplexType): Nature {
  if (content.kind === 'simple') return ofSimple(content.type)
  const isAnyType = name?.localName === 'anyType' && name.namespace.endsWith('/XMLSchema')
  return isAnyType ? anything : plain
}

const texts: ReadonlySet<string> = new Set(['string', 'anyURI', 'base64Binary', 'hexBinary', 'any'])

function ofSimple({ variety, primitive, builtIn, facets }: SimpleType): Nature {
  const pattern = facets.patterns?.flat().join(' & ')
  const patternBounds = pattern !== undefined && isBounded(pattern) ? pattern.length : undefined
  return {
    type: variety === 'atomic' ? builtIn : variety,
    isText: variety === 'atomic' ? texts.has(primitive) : true,
    lengthMax: facets.maxLength ?? facets.length ?? longest(facets.enumeration) ?? patternBounds,
    enumeration: facets.enumeration,
    minimum: facets.minInclusive ?? facets.minExclusive,
    maximum: facets.maxInclusive ?? facets.maxExclusive,
    pattern,
    isAnything: variety === 'atomic' && primitive === 'any',
  }
}

function longest(values: readonly string[] | undefined): number | undefined {
  return values && Math.max(...values.map(({ length }) => length))
}
