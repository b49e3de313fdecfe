import type { MessageContract } from '../../openapi/message-contract.js'
import type {
  JsonSchema,
  OpenApiDescription,
  OpenApiOperation,
} from '../../openapi/openapi-model.js'
import { FieldList, isBounded, type Field, type Part } from './field.js'

type Definitions = OpenApiDescription['definitions']
type PlainSchema = Readonly<Record<string, unknown>>

/** The fields of an operation's request and replies; paths begin with the operation's id. */
export function fieldsOfOperation(operation: OpenApiOperation, definitions: Definitions): Field[] {
  const list = new FieldList()
  const { operationId, parameters, requestBody, responses } = operation
  for (const { name, schema, isRequired } of parameters) {
    const walk = new Walk('request', definitions, list)
    walk.schema(schema, `${operationId} /${name}`, isRequired ? 1 : 0)
  }
  for (const schema of requestBody?.content.values() ?? []) {
    const walk = new Walk('request', definitions, list)
    walk.schema(schema, `${operationId} `, requestBody?.isRequired === true ? 1 : 0)
  }
  for (const [status, { content }] of responses) {
    const isGood = status.startsWith('2') || status === 'default'
    for (const schema of content.values()) {
      const walk = new Walk(isGood ? 'reply' : 'fault', definitions, list)
      walk.schema(schema, `${operationId} `, 1)
    }
  }
  return list.fields
}

/** The same of a contract about messages alone; paths begin with `/`. */
export function fieldsOfMessages({ definitions, reply, request }: MessageContract): Field[] {
  const list = new FieldList()
  new Walk('request', definitions, list).schema(request, '', 1)
  if (reply !== undefined) new Walk('reply', definitions, list).schema(reply, '', 1)
  return list.fields
}

class Walk {
  readonly #part: Part
  readonly #definitions: Definitions
  readonly #list: FieldList
  readonly #inside = new Set<string>()

  constructor(part: Part, definitions: Definitions, list: FieldList) {
    this.#part = part
    this.#definitions = definitions
    this.#list = list
  }

  schema(schema: JsonSchema, path: string, min: number, max = 1): void {
    if (typeof schema === 'boolean') {
      if (schema) this.#add(path, min, max, {})
      return
    }
    const { $ref: reference } = schema
    if (typeof reference === 'string') {
      this.#reference(reference, path, min, max)
      return
    }
    const variants = [...listIn(schema.oneOf), ...listIn(schema.anyOf)]
    for (const variant of variants) this.schema(variant, path, 0, max)
    for (const part of listIn(schema.allOf)) this.schema(part, path, min, max)
    const isOnlyJoined = schema.type === undefined && schema.properties === undefined
    if (isOnlyJoined && (variants.length > 0 || schema.allOf !== undefined)) return
    this.#typed(schema, path, min, max)
  }

  #reference(reference: string, path: string, min: number, max: number): void {
    const name = reference.slice(reference.lastIndexOf('/') + 1)
    const target = this.#definitions.get(decodeURIComponent(name))
    if (target === undefined || this.#inside.has(name)) return
    this.#inside.add(name)
    this.schema(target, path, min, max)
    this.#inside.delete(name)
  }

  #typed(schema: PlainSchema, path: string, min: number, max: number): void {
    const { items, maxItems, minItems, properties, required } = schema
    if (typesOf(schema).includes('array')) {
      const most = typeof maxItems === 'number' ? maxItems : Infinity
      const least = typeof minItems === 'number' ? minItems * min : 0
      this.schema(isSchema(items) ? items : {}, path, least, most)
      return
    }
    if (!this.#add(path, min, max, schema)) return
    const names = Array.isArray(required) ? (required as unknown[]) : []
    if (typeof properties !== 'object' || properties === null) return
    for (const [name, inner] of Object.entries(properties as Record<string, unknown>)) {
      if (isSchema(inner)) this.schema(inner, `${path}/${name}`, names.includes(name) ? 1 : 0)
    }
  }

  #add(path: string, min: number, max: number, schema: PlainSchema): boolean {
    const types = typesOf(schema)
    const [type = schema.properties === undefined ? 'any' : 'object'] = types.filter(
      (each) => each !== 'null',
    )
    const { format, pattern, maxLength, enum: values } = schema
    const enumeration = Array.isArray(values) ? values.map(String) : undefined
    const bounded = typeof pattern === 'string' && isBounded(pattern) ? pattern.length : undefined
    const lengthMax = typeof maxLength === 'number' ? maxLength : bounded
    return this.#list.add({
      ...{ part: this.#part, path, min, max, pattern: textIn(pattern), enumeration },
      type: typeof format === 'string' ? `${type}:${format}` : type,
      isNullable: types.includes('null'),
      isText: type === 'string' && (format === undefined || format === 'byte'),
      lengthMax: lengthMax ?? (enumeration && Math.max(...enumeration.map((each) => each.length))),
      minimum: textIn(schema.minimum ?? schema.exclusiveMinimum),
      maximum: textIn(schema.maximum ?? schema.exclusiveMaximum),
      isAnything: type === 'any' && enumeration === undefined && schema.const === undefined,
    })
  }
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'boolean' || (typeof value === 'object' && value !== null)
}

function listIn(value: unknown): JsonSchema[] {
  return Array.isArray(value) ? value.filter(isSchema) : []
}

function typesOf({ type }: PlainSchema): string[] {
  if (typeof type === 'string') return [type]
  return Array.isArray(type) ? type.filter((each) => typeof each === 'string') : []
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}
