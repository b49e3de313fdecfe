import type { JsonValue } from '../json/json-value.js'
import type { ComplexType, SimpleType, XmlName } from '../xsd/schema-model.js'
import type { DateFormat } from './date-format.js'
import type { ProblemText } from './mapping-problem.js'

/**
 * The JSON form of what an XML schema describes: both sides of a mapping in one model, from which the codec and the
 * JSON Schema are made. Immutable once derived; shapes may be recursive, as types are.
 */
export type Shape = ScalarShape | ListShape | ArrayShape | ObjectShape | UnmappableShape

/** How the text of a value stands in JSON; see README, the table of types. */
export type ScalarForm =
  /** A string with the lexical form kept. */
  | 'text'
  | 'boolean'
  /** A number without fraction. */
  | 'integer'
  /** A number without exponent in XML. */
  | 'decimal'
  /** A number; what is none (`INF`, `-INF`, `NaN`) a string. */
  | 'float'
  /** A number; in XML four digits at least. */
  | 'year'
  /** A string: `yyyy-MM-dd`, in XML another notation. */
  | 'date'
  /** A string: `yyyy-MM-ddTHH:mm:ss`, in XML another notation. */
  | 'dateTime'

export interface ScalarShape {
  readonly kind: 'scalar'
  readonly type: SimpleType
  readonly form: ScalarForm
  /** Of forms `date` and `dateTime`. */
  readonly dateFormat: DateFormat | undefined
}

/** An XML Schema list: one text, an array. */
export interface ListShape {
  readonly kind: 'list'
  readonly type: SimpleType
  readonly item: ScalarShape
}

/** An element that is the array itself: its one repeated child are the members. */
export interface ArrayShape {
  readonly kind: 'array'
  /** One member; its name is no property. */
  readonly item: ElementProperty
}

export interface ObjectShape {
  readonly kind: 'object'
  /** Names the shape in JSON Schema; not unique. */
  readonly name: string
  readonly type: ComplexType
  readonly attributes: readonly AttributeProperty[]
  /** Of simple content beside attributes: the property `$`. */
  readonly text: ScalarShape | ListShape | undefined
  /** A content node names one by its index here, its slot. */
  readonly elements: readonly ElementProperty[]
  readonly content: ContentGroup | undefined
  /** Types that may stand here by `xsi:type`; the property `@type` tells which. */
  readonly variants: readonly ObjectShape[]
  /** What the contract allows and JSON cannot hold; a refinement may take it away. */
  readonly problems: readonly ShapeProblem[]
  /** Whether elements that no property is for are left out: a refinement says so of a wildcard. */
  readonly ignoresOthers: boolean
  readonly ignoresOtherAttributes: boolean
}

/** What cannot be carried over without loss. */
export interface UnmappableShape {
  readonly kind: 'unmappable'
  readonly problem: ProblemText
}

/** A problem of an object as a whole: `at` is its place below the object, `/*` for a wildcard. */
export interface ShapeProblem {
  readonly at: string
  readonly problem: ProblemText
}

/** What a refinement may have said of a property. */
export interface Refined {
  /** Not in JSON; this text is always written. */
  readonly constant: string | undefined
  /** Stands for a value that is absent. */
  readonly defaultValue: JsonValue | undefined
  /** Where in the JSON, from its root, the property stands if not in its parent. */
  readonly place: readonly string[] | undefined
  /** Not in JSON, a stated loss. */
  readonly isIgnored: boolean
}

export interface AttributeProperty extends Refined {
  /** In JSON. */
  readonly name: string
  readonly attribute: XmlName
  readonly shape: ScalarShape | ListShape | UnmappableShape
  readonly isRequired: boolean
  /** What XML Schema lets stand for an absent attribute; it stays absent in JSON. */
  readonly schemaDefault: string | undefined
  readonly fixedText: string | undefined
  readonly documentation: string
}

export interface ElementProperty extends Refined {
  /** In JSON. */
  readonly name: string
  readonly element: XmlName
  readonly shape: Shape
  readonly isNillable: boolean
  /** What an empty element stands for. */
  readonly schemaDefault: string | undefined
  readonly fixedText: string | undefined
  readonly documentation: string
  /** Whether it may repeat: always an array then. */
  readonly isArray: boolean
  /** The fewest there may be wherever it may stand. */
  readonly min: number
  readonly max: number
  /** Whether it stands in a choice or in a group that may be left out. */
  readonly isConditional: boolean
  /** Not in JSON, because everything inside stands elsewhere there. */
  readonly isDissolved: boolean
}

/** The order in which elements stand, and which of them may or must be there. */
export type ContentNode = ContentElement | ContentGroup

export interface ContentElement {
  readonly kind: 'element'
  readonly slot: number
  readonly min: number
  readonly max: number
}

/** Each of its nodes once (`all` in any order; the bus writes it in the schema's), or one of them. */
export interface ContentGroup {
  readonly kind: 'sequence' | 'all' | 'choice'
  readonly isOptional: boolean
  readonly nodes: readonly ContentNode[]
  /** Every slot inside. */
  readonly slots: ReadonlySet<number>
}

export const notRefined: Refined = {
  constant: undefined,
  defaultValue: undefined,
  place: undefined,
  isIgnored: false,
}
