import { builtInType } from '../../src/xsd/built-in-types.js'
import type {
  AttributeUse,
  ComplexType,
  ElementDeclaration,
  Facets,
  ModelGroup,
  Particle,
  SimpleType,
  Term,
  TypeDefinition,
} from '../../src/xsd/schema-model.js'

/** Schema components without a schema document: what a test of the model needs, and nothing else. */

export const namespace = 'urn:example:az'

export function builtIn(name: string): SimpleType {
  const type = builtInType(name)
  if (!type) throw new Error(`no built-in type ${name}`)
  return type
}

export function restricted(base: string, facets: Partial<Facets>): SimpleType {
  const type = builtIn(base)
  return { ...type, name: undefined, base: type, facets: { ...type.facets, ...facets } }
}

export function listOf(itemType: SimpleType): SimpleType {
  return {
    ...builtIn('anySimpleType'),
    name: undefined,
    variety: 'list',
    itemType,
    facets: { whiteSpace: 'collapse' },
  }
}

export function unionOf(...memberTypes: SimpleType[]): SimpleType {
  return { ...builtIn('anySimpleType'), name: undefined, variety: 'union', memberTypes }
}

export function element(
  localName: string,
  type: TypeDefinition | string,
  more: Partial<ElementDeclaration> = {},
): ElementDeclaration {
  return {
    kind: 'element',
    name: { namespace, localName },
    type: typeof type === 'string' ? builtIn(type) : type,
    isNillable: false,
    isAbstract: false,
    defaultValue: undefined,
    fixedValue: undefined,
    substitutes: [],
    documentation: '',
    hint: undefined,
    ...more,
  }
}

/** Once, unless said otherwise. */
export function times(term: Term, min = 1, max = 1): Particle {
  return { term, min, max }
}

export function group(
  kind: ModelGroup['kind'],
  ...members: readonly (Term | Particle)[]
): ModelGroup {
  return {
    kind,
    particles: members.map((each) => ('term' in each ? each : times(each))),
  }
}

export function attribute(
  localName: string,
  type: SimpleType | string = 'string',
  more: Partial<AttributeUse> = {},
): AttributeUse {
  return {
    name: { namespace: '', localName },
    type: typeof type === 'string' ? builtIn(type) : type,
    isRequired: false,
    defaultValue: undefined,
    fixedValue: undefined,
    hint: undefined,
    ...more,
  }
}

export function complex(
  content: ModelGroup | Particle | SimpleType | undefined,
  more: Partial<ComplexType> = {},
): ComplexType {
  return {
    kind: 'complex',
    name: undefined,
    isAbstract: false,
    base: undefined,
    derivation: undefined,
    derived: [],
    attributes: [],
    anyAttribute: undefined,
    content:
      content === undefined
        ? { kind: 'empty' }
        : 'term' in content
          ? { kind: 'elements', isMixed: false, particle: content }
          : content.kind === 'simple'
            ? { kind: 'simple', type: content }
            : { kind: 'elements', isMixed: false, particle: times(content) },
    ...more,
  }
}

/** A type whose content is a sequence. */
export function sequence(...members: readonly (Term | Particle)[]): ComplexType {
  return complex(group('sequence', ...members))
}
