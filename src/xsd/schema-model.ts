/**
 * XML Schema 1.0 as it is after it has been read: references are resolved, groups are in place, derivation
 * is carried out. Immutable once `readSchemas` has returned it; types may be recursive.
 */

/** An expanded name; an empty namespace is none. */
export interface XmlName {
  readonly namespace: string
  readonly localName: string
}

/** All components of a set of schema documents. Keys are `{namespace}localName`. */
export interface SchemaSet {
  readonly elements: ReadonlyMap<string, ElementDeclaration>
  readonly types: ReadonlyMap<string, TypeDefinition>
  /** Global attribute declarations, for which an `anyAttribute` looks. */
  readonly attributes?: ReadonlyMap<string, AttributeUse>
}

/** A way of derivation that `block` or `final` names. */
export type Derivation = 'extension' | 'restriction' | 'substitution' | 'list' | 'union'

/** `{namespace}localName`, the key of a component. */
export function keyOf({ namespace, localName }: XmlName): string {
  return `{${namespace}}${localName}`
}

export interface ElementDeclaration {
  readonly kind: 'element'
  /** The namespace is empty for an unqualified local element. */
  readonly name: XmlName
  readonly type: TypeDefinition
  readonly isNillable: boolean
  /** An abstract element never stands in a message itself: one of its substitutes does. */
  readonly isAbstract: boolean
  readonly defaultValue: string | undefined
  readonly fixedValue: string | undefined
  /** Every element that may stand in its place (substitution group), itself not among them, none abstract. */
  readonly substitutes: readonly ElementDeclaration[]
  /** Derivations that `xsi:type` may not use in its place. */
  readonly blocks?: readonly Derivation[]
  /** Text of `xs:documentation`, empty where there is none. */
  readonly documentation: string
  /** What the schema says of the element's form in JSON, where it says something; see `JsonHint`. */
  readonly hint: JsonHint | undefined
}

export type TypeDefinition = SimpleType | ComplexType

export type Primitive =
  | 'string'
  | 'boolean'
  | 'decimal'
  | 'float'
  | 'double'
  | 'duration'
  | 'dateTime'
  | 'time'
  | 'date'
  | 'gYearMonth'
  | 'gYear'
  | 'gMonthDay'
  | 'gDay'
  | 'gMonth'
  | 'hexBinary'
  | 'base64Binary'
  | 'anyURI'
  | 'QName'
  | 'NOTATION'
  /** `xs:anySimpleType`: any text. */
  | 'any'

export interface SimpleType {
  readonly kind: 'simple'
  /** Undefined for an anonymous type. */
  readonly name: XmlName | undefined
  readonly variety: 'atomic' | 'list' | 'union'
  /** What it restricts; undefined for `xs:anySimpleType`, and for what is built by hand. */
  readonly base?: SimpleType
  readonly finals?: readonly Derivation[]
  /** Of an atomic type; `any` for the others. */
  readonly primitive: Primitive
  /** The nearest built-in type that it is derived from, e.g. `int`, `token`, `date`. */
  readonly builtIn: string
  /** Of a list. */
  readonly itemType: SimpleType | undefined
  /** Of a union, in order. */
  readonly memberTypes: readonly SimpleType[]
  /** In force, those of all base types joined. */
  readonly facets: Facets
}

export interface Facets {
  readonly whiteSpace: 'preserve' | 'replace' | 'collapse'
  readonly length?: number
  readonly minLength?: number
  readonly maxLength?: number
  /** One list a derivation step: a value matches one pattern of each list. XML Schema's own notation. */
  readonly patterns?: readonly (readonly string[])[]
  /** Lexical forms as the schema gives them. */
  readonly enumeration?: readonly string[]
  readonly minInclusive?: string
  readonly maxInclusive?: string
  readonly minExclusive?: string
  readonly maxExclusive?: string
  readonly totalDigits?: number
  readonly fractionDigits?: number
}

export interface ComplexType {
  readonly kind: 'complex'
  readonly name: XmlName | undefined
  readonly isAbstract: boolean
  /** The complex type that it is derived from; undefined where that is `xs:anyType` or a simple type. */
  readonly base: ComplexType | undefined
  readonly derivation: 'extension' | 'restriction' | undefined
  /** Every type that may stand in its place by `xsi:type`, itself not among them, none abstract. */
  readonly derived: readonly ComplexType[]
  readonly blocks?: readonly Derivation[]
  readonly finals?: readonly Derivation[]
  readonly attributes: readonly AttributeUse[]
  readonly anyAttribute: Wildcard | undefined
  readonly content: Content
}

export type Content =
  | { readonly kind: 'empty' }
  | { readonly kind: 'simple'; readonly type: SimpleType }
  | { readonly kind: 'elements'; readonly isMixed: boolean; readonly particle: Particle }

export interface AttributeUse {
  readonly name: XmlName
  readonly type: SimpleType
  readonly isRequired: boolean
  readonly defaultValue: string | undefined
  readonly fixedValue: string | undefined
  readonly hint: JsonHint | undefined
}

export interface Particle {
  readonly min: number
  /** `Infinity` for unbounded. */
  readonly max: number
  readonly term: Term
}

export type Term = ElementDeclaration | ModelGroup | Wildcard

export interface ModelGroup {
  readonly kind: 'sequence' | 'choice' | 'all'
  readonly particles: readonly Particle[]
}

export interface Wildcard {
  readonly kind: 'any'
  /** `any`, every namespace but these (`not`; the empty one among them), or one of these. */
  readonly namespaces:
    { readonly not: readonly string[] } | { readonly of: readonly string[] } | 'any'
  readonly process: 'strict' | 'lax' | 'skip'
}

/**
 * What a schema that the bus wrote for a JSON contract says of an element's or attribute's form in JSON: an
 * attribute of namespace `jsonNamespace` on its declaration, for which other readers do not care.
 */
export interface JsonHint {
  /** Name of the property, where it is no XML name. */
  readonly name?: string
  /** The JSON type of a value that its XML type does not say. */
  readonly type?: 'string' | 'number' | 'boolean'
  /** `wrapper`: the element's one repeated child is the array. `item`: it is a member of an array and has no property. */
  readonly array?: 'wrapper' | 'item'
}

/** Attributes `name`, `type`, `array` of this namespace make up a `JsonHint`. */
export const jsonNamespace = 'urn:sluice:json:1'
