import type { XmlElement } from '../../xml/document.js'
import type {
  AttributeUse,
  ComplexType,
  ElementDeclaration,
  ModelGroup,
  SimpleType,
  TypeDefinition,
  Wildcard,
} from '../schema-model.js'
import type { Problems, SchemaScope } from './schema-scope.js'

/** A component while it is made: nobody else has it yet. */
export type InMaking<Component> = { -readonly [Field in keyof Component]: Component[Field] }

/** Attributes of a type or of an attribute group. */
export interface AttributeSet {
  readonly uses: readonly AttributeUse[]
  /** Keys of `use="prohibited"`, which mean something in a restriction. */
  readonly prohibited: ReadonlySet<string>
  readonly wildcard: Wildcard | undefined
}

/**
 * Finds components for those who read parts of a schema. What is not there is a problem noted, and
 * something harmless in its place, so that reading goes on to the next problem.
 */
export interface Resolver {
  readonly problems: Problems
  /** A complex type may not be complete yet: it is an identity to refer to. */
  type(scope: SchemaScope, at: XmlElement, qualified: string): TypeDefinition
  simpleType(scope: SchemaScope, at: XmlElement, qualified: string): SimpleType
  /** A `simpleType` element without name. */
  anonymousSimple(scope: SchemaScope, element: XmlElement): SimpleType
  /** A `complexType` element without name, to be completed later. */
  anonymousComplex(scope: SchemaScope, element: XmlElement): ComplexType
  /** Completes a type for one that derives from it. */
  complete(scope: SchemaScope, at: XmlElement, type: ComplexType): void
  element(scope: SchemaScope, at: XmlElement, qualified: string): ElementDeclaration | undefined
  attribute(scope: SchemaScope, at: XmlElement, qualified: string): AttributeUse | undefined
  group(scope: SchemaScope, at: XmlElement, qualified: string): ModelGroup | undefined
  attributeGroup(scope: SchemaScope, at: XmlElement, qualified: string): AttributeSet
  /** Counts a component against the limit. */
  counts(scope: SchemaScope, at: XmlElement): void
}
