import { viewLimits } from '../limits/contracts.js'
import type { MappingProblem } from '../mediation/mapping-problem.js'
import type { JsonSchema } from '../openapi/openapi-model.js'
import type {
  ArrayForm,
  JsonForm,
  MemberForm,
  ObjectForm,
  PlainSchema,
  ScalarType,
} from './json-form.js'
import { isOpen, joinSchemas, listOf } from './merge-schemas.js'
import { viewProblem, type ViewRule } from './view-problem.js'

/** Say nothing of the value that XML would have to say. */
const annotations = new Set([
  ...['title', 'description', 'default', 'deprecated', 'readOnly', 'writeOnly'],
])
/** What a variant may say without bringing fields of its own: the message is held to the JSON Schema. */
const conditions = new Set([...annotations, 'required', 'minProperties', 'maxProperties', 'not'])
const refused = [
  ...['oneOf', 'anyOf', 'discriminator', 'then', 'else', 'dependentSchemas'],
  ...['prefixItems', 'unevaluatedItems'],
]
const scalarTypes: ReadonlySet<unknown> = new Set(['string', 'integer', 'number', 'boolean'])
const nothing: JsonForm = {
  kind: 'object',
  members: [],
  isNullable: false,
  documentation: '',
}

/** Reads JSON Schemas of one description; what XML Schema cannot say is noted with its place. */
export class FormReader {
  readonly problems: MappingProblem[] = []
  readonly #definitions: ReadonlyMap<string, JsonSchema>
  readonly #objects = new Map<string, ObjectForm>()
  /** Definitions that are being read and are no objects: one inside itself has no end. */
  readonly #open: string[] = []
  #members = 0
  #depth = 0

  constructor(definitions: ReadonlyMap<string, JsonSchema>) {
    this.#definitions = definitions
  }

  /** @param path - see `viewProblem` */
  form(schema: JsonSchema, path: string): JsonForm {
    if (this.#depth >= viewLimits.schemaDepthMax) {
      this.problem(path, 'endless', String(viewLimits.schemaDepthMax))
      return nothing
    }
    this.#depth += 1
    const form = this.#form(schema, path)
    this.#depth -= 1
    return form
  }

  #form(schema: JsonSchema, path: string): JsonForm {
    const definition = this.#definitionOf(schema)
    if (definition === undefined) return this.#plainForm(this.#merged(schema, path), path)
    const target = this.#merged(this.#definitions.get(definition) ?? true, path)
    if (kindOf(target) !== 'object') return this.#definedForm(definition, target, path)
    return {
      kind: 'reference',
      definition,
      isNullable: listOf(target['type']).includes('null'),
      documentation: documentationOf(schema),
    }
  }

  /** The object that a definition describes; its null is for whoever refers to it. */
  definition(name: string): ObjectForm {
    const known = this.#objects.get(name)
    if (known !== undefined) return known
    const path = `#/$defs/${name}`
    const target = this.#merged(this.#definitions.get(name) ?? true, path)
    const form = this.#object(target, path)
    this.#objects.set(name, form)
    return form
  }

  /** Notes what is wrong. */
  problem(path: string, rule: ViewRule, term?: string): void {
    if (this.problems.length < viewLimits.problemsMax) {
      this.problems.push(viewProblem(path, rule, term))
    }
  }

  #definedForm(definition: string, target: PlainSchema, path: string): JsonForm {
    if (this.#open.includes(definition)) {
      this.problem(path, 'endless', definition)
      return nothing
    }
    this.#open.push(definition)
    const form = this.#plainForm(target, path)
    this.#open.pop()
    return form
  }

  /** The definition that a schema stands for, if it says no more than its name. */
  #definitionOf(schema: JsonSchema): string | undefined {
    if (typeof schema === 'boolean') return undefined
    const said = Object.keys(schema).filter((keyword) => !annotations.has(keyword))
    if (said.length !== 1) return undefined
    const { $ref, allOf } = schema
    if (typeof $ref === 'string') return nameIn($ref)
    const [only, ...others] = Array.isArray(allOf) ? (allOf as JsonSchema[]) : []
    return only === undefined || others.length > 0 ? undefined : this.#definitionOf(only)
  }

  /** The schema with everything in it that it refers to or is made of. */
  #merged(schema: JsonSchema, path: string, depth = 0): PlainSchema {
    if (schema === true) return {}
    if (schema === false || depth > viewLimits.schemaDepthMax) {
      this.problem(path, schema === false ? 'contradiction' : 'endless', 'false')
      return {}
    }
    const { $ref, allOf, ...own } = schema
    let merged: PlainSchema = {}
    const parts: JsonSchema[] = []
    if (typeof $ref === 'string') parts.push(this.#definitions.get(nameIn($ref)) ?? true)
    if (Array.isArray(allOf)) parts.push(...(allOf as JsonSchema[]))
    for (const part of parts) merged = joinSchemas(merged, this.#merged(part, path, depth + 1))
    return parts.length === 0 ? own : joinSchemas(merged, own)
  }

  #plainForm(schema: PlainSchema, path: string): JsonForm {
    const other = this.#orNull(schema)
    if (other !== undefined) {
      const form = this.form(other, path)
      return { ...form, isNullable: true, documentation: documentationOf(schema) }
    }
    for (const keyword of refused) {
      if (keyword in schema && !isCondition(keyword, schema)) {
        this.problem(path, 'combination', keyword)
        return nothing
      }
    }
    const kind = kindOf(schema)
    if (kind === 'object') return this.#object(schema, path)
    if (kind === 'array') return this.#array(schema, path)
    if (kind === undefined) {
      const { type } = schema
      if (type === undefined) this.problem(path, 'freeForm', 'type')
      else if (listOf(type).length === 0) this.problem(path, 'contradiction', 'type')
      else this.problem(path, 'types', listOf(type).join(', '))
      return nothing
    }
    return {
      kind: 'scalar',
      type: kind,
      schema,
      isNullable: isNullable(schema),
      documentation: documentationOf(schema),
    }
  }

  /** Of `anyOf: [X, {type: null}]`, the way of OpenAPI 3.1 to say nullable: X. */
  #orNull(schema: PlainSchema): JsonSchema | undefined {
    const { oneOf, anyOf = oneOf, ...own } = schema
    if (!Array.isArray(anyOf) || anyOf.length !== 2) return undefined
    if (Object.keys(own).some((keyword) => keyword !== 'oneOf' && !annotations.has(keyword))) {
      return undefined
    }
    const variants = anyOf as JsonSchema[]
    const others = variants.filter((each) => typeof each === 'boolean' || each['type'] !== 'null')
    return others.length === 1 ? others[0] : undefined
  }

  #array(schema: PlainSchema, path: string): ArrayForm {
    const { items, minItems = 0, maxItems = Infinity } = schema
    if (isOpen(items)) this.problem(path, 'freeForm', 'items')
    const item = isOpen(items) ? nothing : this.form(items as JsonSchema, `${path}[]`)
    return {
      kind: 'array',
      item,
      min: Number(minItems),
      max: Number(maxItems),
      isNullable: isNullable(schema),
      documentation: documentationOf(schema),
    }
  }

  #object(schema: PlainSchema, path: string): ObjectForm {
    const { properties = {}, required, additionalProperties, patternProperties } = schema
    const members = Object.entries(properties as Record<string, JsonSchema>)
    // Where nothing is said the bus takes a contract's members for all there are; see src/openapi.
    const isMap = additionalProperties !== undefined && additionalProperties !== false
    if (isMap) this.problem(path, 'map', 'additionalProperties')
    if (patternProperties !== undefined) this.problem(path, 'map', 'patternProperties')
    if (members.length === 0 && additionalProperties !== false && !isMap) {
      this.problem(path, 'freeForm', 'properties')
    }
    const names = new Set(required === undefined ? [] : listOf(required))
    return {
      kind: 'object',
      members: members.map(([name, member]) => this.#member(name, member, names.has(name), path)),
      isNullable: isNullable(schema),
      documentation: documentationOf(schema),
    }
  }

  #member(name: string, schema: JsonSchema, isRequired: boolean, path: string): MemberForm {
    this.#members += 1
    if (this.#members > viewLimits.membersMax) {
      if (this.#members === viewLimits.membersMax + 1) {
        this.problem(path, 'tooMuch', String(viewLimits.membersMax))
      }
      return { name, isRequired, form: nothing }
    }
    const isOneWay =
      typeof schema !== 'boolean' && (schema['readOnly'] === true || schema['writeOnly'] === true)
    // OpenAPI 3.0.3 §4.7.24: required in one direction only, and the type is of both.
    return { name, isRequired: isRequired && !isOneWay, form: this.form(schema, `${path}/${name}`) }
  }
}

function nameIn(reference: string): string {
  return reference.replace('#/$defs/', '')
}

/** What brings no fields is a condition, to which the message is held all the same. */
function isCondition(keyword: string, schema: PlainSchema): boolean {
  const variants = schema[keyword]
  if (keyword === 'then' || keyword === 'else') return bringsNothing(variants, schema)
  if (keyword !== 'oneOf' && keyword !== 'anyOf') return false
  return (variants as JsonSchema[]).every(
    (each) => typeof each === 'object' && Object.keys(each).every((key) => conditions.has(key)),
  )
}

/** Whether a schema says no more than what others, beside which it stands, have fields for. */
function bringsNothing(schema: unknown, beside: PlainSchema): boolean {
  if (typeof schema !== 'object' || schema === null) return typeof schema === 'boolean'
  const { allOf, properties, ...said } = schema as PlainSchema
  const known = (beside['properties'] ?? {}) as PlainSchema
  return (
    Object.keys(said).every((keyword) => conditions.has(keyword)) &&
    Object.keys(properties ?? {}).every((name) => Object.hasOwn(known, name)) &&
    (!Array.isArray(allOf) || allOf.every((each) => bringsNothing(each, beside)))
  )
}

/** What kind of value a schema describes; undefined where it is none, or any of several. */
function kindOf(schema: PlainSchema): 'object' | 'array' | ScalarType | undefined {
  const said = schema['type'] === undefined ? typesOfValues(schema) : listOf(schema['type'])
  const types = said.filter((type) => type !== 'null')
  if (types.length === 0 && schema['type'] === undefined) return kindByKeywords(schema)
  if (types.length === 2 && types.includes('integer') && types.includes('number')) return 'number'
  const [type, ...others] = types
  if (others.length > 0) return undefined
  if (type === 'object' || type === 'array') return type
  return scalarTypes.has(type) ? (type as ScalarType) : undefined
}

function kindByKeywords(schema: PlainSchema): 'object' | 'array' | 'string' | undefined {
  if ('properties' in schema || 'required' in schema) return 'object'
  if ('items' in schema) return 'array'
  return 'pattern' in schema || 'maxLength' in schema || 'format' in schema ? 'string' : undefined
}

function valuesOf({ enum: values, const: constant }: PlainSchema): readonly unknown[] {
  if (Array.isArray(values)) return values
  return constant === undefined ? [] : [constant]
}

function typesOfValues(schema: PlainSchema): unknown[] {
  const types = valuesOf(schema).map((value) => (value === null ? 'null' : jsonTypeOf(value)))
  return [...new Set(types)]
}

function jsonTypeOf(value: unknown): string {
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return Array.isArray(value) ? 'array' : typeof value
}

function isNullable(schema: PlainSchema): boolean {
  if (schema['type'] === undefined) return valuesOf(schema).includes(null)
  return listOf(schema['type']).includes('null')
}

function documentationOf(schema: JsonSchema | PlainSchema): string {
  if (typeof schema === 'boolean') return ''
  const { description, title } = schema as PlainSchema
  const text = typeof description === 'string' ? description : title
  return typeof text === 'string' ? text.slice(0, viewLimits.documentationCharsMax) : ''
}
