/** What a JSON Schema says of a value, as far as XML Schema can say it, too. */
export type JsonForm = ObjectForm | ReferenceForm | ArrayForm | ScalarForm

interface Common {
  readonly isNullable: boolean
  readonly documentation: string
}

export interface ObjectForm extends Common {
  readonly kind: 'object'
  readonly members: readonly MemberForm[]
}

export interface MemberForm {
  readonly name: string
  readonly isRequired: boolean
  readonly form: JsonForm
}

/** An object that the description defines under a name; it may hold itself. */
export interface ReferenceForm extends Common {
  readonly kind: 'reference'
  readonly definition: string
}

export interface ArrayForm extends Common {
  readonly kind: 'array'
  readonly item: JsonForm
  readonly min: number
  /** `Infinity` for any number. */
  readonly max: number
}

export interface ScalarForm extends Common {
  readonly kind: 'scalar'
  readonly type: ScalarType
  /** Facets, format and enumeration, in JSON Schema's own words. */
  readonly schema: PlainSchema
}

export type ScalarType = 'string' | 'integer' | 'number' | 'boolean'

/** A schema without references and without `allOf`. */
export type PlainSchema = Readonly<Record<string, unknown>>
