import type { JsonSchema } from '../openapi/openapi-model.js'
import { plainOf, valueSchema, type SchemaForm } from './scalar-schema.js'
import { scalarOf } from './scalar-value.js'
import type { AttributeProperty, ElementProperty, ObjectShape, Shape } from './shape.js'

/**
 * The JSON Schema of a refined shape, with its definitions under `$defs`.
 * @throws TypeError for a shape that `checkShape` has not passed
 */
export function jsonSchemaOf(root: ElementProperty): JsonSchema {
  const schemas = new JsonSchemas('2020-12', '#/$defs/')
  const schema = schemas.of(root)
  if (typeof schema === 'boolean' || schemas.definitions.size === 0) return schema
  return { ...schema, $defs: Object.fromEntries(schemas.definitions) }
}

/** An object's part: itself, itself where others may stand in its place, or one of these others. */
type Role = 'plain' | 'base' | 'variant'

interface Members {
  readonly properties: Record<string, JsonSchema>
  readonly required: string[]
}

/** JSON Schemas of the messages of one service; what named types are is shared between them. */
export class JsonSchemas {
  /** By name, of letters, digits, `.`, `-` and `_` (OpenAPI's component names). */
  readonly definitions = new Map<string, JsonSchema>()
  readonly #form: SchemaForm
  readonly #references: string
  readonly #names = new Map<ObjectShape, Map<Role, string>>()

  /** @param references - what `$ref` begins with: `#/$defs/`, `#/components/schemas/` */
  constructor(form: SchemaForm, references: string) {
    this.#form = form
    this.#references = references
  }

  /** Of a message. */
  of(root: ElementProperty): JsonSchema {
    const { shape, documentation } = root
    const moved = new Map<string, MovedSchema>()
    collectMoved(root, true, moved, new Set())
    const isPlainObject = shape.kind === 'object' && shape.variants.length === 0
    if (!isPlainObject || moved.size === 0) return this.#element(root)
    // Moved properties are the message's own, so it cannot share a definition.
    const members = this.#members(shape)
    this.#addMoved(moved, members)
    return described(objectOf(members), documentation)
  }

  #element(property: ElementProperty): JsonSchema {
    const { isArray, isConditional, min, max, documentation } = property
    const one = this.#nullable(property, this.#value(property.shape))
    if (!isArray) return described(this.#withValues(one, property), documentation)
    const array = {
      type: 'array',
      items: one,
      ...(min > 0 && !isConditional && { minItems: min }),
      ...(max !== Infinity && { maxItems: max }),
    }
    return described(array, documentation)
  }

  #value(shape: Shape): JsonSchema {
    switch (shape.kind) {
      case 'scalar':
      case 'list':
        return valueSchema(shape, this.#form)
      case 'array': {
        const { item } = shape
        return {
          type: 'array',
          items: this.#nullable(item, this.#value(item.shape)),
          ...(item.min > 0 && { minItems: item.min }),
          ...(item.max !== Infinity && { maxItems: item.max }),
        }
      }
      case 'object':
        return this.#object(shape)
      case 'unmappable':
        throw new TypeError('the shape was not checked')
    }
  }

  #object(shape: ObjectShape): JsonSchema {
    if (shape.variants.length === 0) return this.#reference(shape, 'plain')
    const variants = shape.variants.map((variant) => this.#reference(variant, 'variant'))
    const own = shape.type.isAbstract ? [] : [this.#reference(shape, 'base')]
    return { anyOf: [...own, ...variants] }
  }

  #reference(shape: ObjectShape, role: Role): JsonSchema {
    const known = this.#names.get(shape)?.get(role)
    if (known !== undefined) return { $ref: this.#references + known }
    const name = this.#newName(shape, role)
    this.#names.set(shape, (this.#names.get(shape) ?? new Map<Role, string>()).set(role, name))
    // Before what is inside, which may refer to it.
    this.definitions.set(name, true)
    const members = this.#members(shape)
    if (role !== 'plain') {
      members.properties['@type'] = { type: 'string', enum: [shape.type.name?.localName ?? ''] }
      if (role === 'variant') members.required.push('@type')
    }
    this.definitions.set(name, objectOf(members))
    return { $ref: this.#references + name }
  }

  #newName({ name }: ObjectShape, role: Role): string {
    const wish = name.replace(/[^A-Za-z0-9._-]/g, '_') + (role === 'variant' ? '.variant' : '')
    let unique = wish
    for (let number = 2; this.definitions.has(unique); number++) unique = `${wish}.${number}`
    return unique
  }

  #members({ attributes, text, elements }: ObjectShape): Members {
    const members: Members = { properties: nothing(), required: [] }
    for (const attribute of attributes) this.#attribute(attribute, members)
    if (text !== undefined) {
      members.properties['$'] = valueSchema(text, this.#form)
      members.required.push('$')
    }
    for (const element of elements) {
      const { name, constant, isIgnored, isDissolved, place } = element
      if (constant !== undefined || isIgnored || isDissolved || place !== undefined) continue
      members.properties[name] = this.#element(element)
      if (isRequired(element)) members.required.push(name)
    }
    return members
  }

  #attribute(attribute: AttributeProperty, members: Members): void {
    const { name, shape, constant, isIgnored, defaultValue, schemaDefault, isRequired } = attribute
    if (constant !== undefined || isIgnored) return
    if (shape.kind === 'unmappable') throw new TypeError('the shape was not checked')
    const schema = valueSchema(shape, this.#form)
    const standsFor =
      defaultValue ??
      (schemaDefault === undefined || shape.kind === 'list'
        ? undefined
        : scalarOf(shape, schemaDefault))
    members.properties[name] = withDefault(schema, plainOf(standsFor))
    if (isRequired && defaultValue === undefined) members.required.push(name)
  }

  #nullable(property: ElementProperty, schema: JsonSchema): JsonSchema {
    if (!property.isNillable || typeof schema === 'boolean') return schema
    const nulls = [nullSchema(this.#form), ...this.#nilObject(property)]
    if (nulls.length > 1 || typeof schema['type'] !== 'string') {
      return { anyOf: [schema, ...nulls] }
    }
    const values = schema['enum']
    const allowed = Array.isArray(values) ? { enum: [...(values as unknown[]), null] } : {}
    return this.#form === '2020-12'
      ? { ...schema, type: [schema['type'], 'null'], ...allowed }
      : { ...schema, nullable: true, ...allowed }
  }

  /** Nil beside attributes, or of another type than the declared one. */
  #nilObject({ shape }: ElementProperty): JsonSchema[] {
    if (shape.kind !== 'object') return []
    const own = shape.attributes.length === 0 ? [] : [shape]
    return [...own, ...shape.variants].map((each) => {
      const members = this.#members({ ...each, elements: [], text: undefined })
      if (each !== shape) {
        members.properties['@type'] = { type: 'string', enum: [each.type.name?.localName ?? ''] }
        members.required.push('@type')
      }
      members.properties['$'] = nullSchema(this.#form)
      members.required.push('$')
      return objectOf(members)
    })
  }

  /** The one value that it may have, and what stands for it if it is absent. */
  #withValues(schema: JsonSchema, { shape, fixedText, defaultValue }: ElementProperty): JsonSchema {
    if (shape.kind !== 'scalar' || typeof schema === 'boolean') return schema
    const isExact = shape.form === 'integer' || shape.type.primitive === 'string'
    const fixed =
      fixedText === undefined || !isExact ? undefined : plainOf(scalarOf(shape, fixedText))
    const one = fixed === undefined ? schema : { ...schema, enum: [fixed] }
    return withDefault(one, plainOf(defaultValue))
  }

  #addMoved(moved: ReadonlyMap<string, MovedSchema>, { properties, required }: Members): void {
    for (const [name, { property, isAlways, inside }] of moved) {
      if (property !== undefined) {
        properties[name] = this.#element(property)
        if (isAlways) required.push(name)
        continue
      }
      const members: Members = { properties: nothing(), required: [] }
      this.#addMoved(inside, members)
      properties[name] = objectOf(members)
      if (members.required.length > 0) required.push(name)
    }
  }
}

/** A property at the place where a rule moved it, or an object of such. */
interface MovedSchema {
  readonly property: ElementProperty | undefined
  readonly isAlways: boolean
  readonly inside: Map<string, MovedSchema>
}

function collectMoved(
  property: ElementProperty,
  isAlways: boolean,
  into: Map<string, MovedSchema>,
  seen: Set<Shape>,
): void {
  const { shape, place, isArray } = property
  if (place !== undefined) {
    let at = into
    for (const name of place.slice(0, -1)) {
      const next = at.get(name) ?? {
        property: undefined,
        isAlways,
        inside: new Map<string, MovedSchema>(),
      }
      at.set(name, next)
      at = next.inside
    }
    at.set(place.at(-1) ?? '', { property, isAlways, inside: new Map() })
  }
  if (shape.kind !== 'object' || isArray || seen.has(shape)) return
  seen.add(shape)
  for (const inner of shape.elements) {
    collectMoved(inner, isAlways && isRequired(inner), into, seen)
  }
}

function isRequired({ min, isConditional, defaultValue }: ElementProperty): boolean {
  return min > 0 && !isConditional && defaultValue === undefined
}

function nullSchema(form: SchemaForm): JsonSchema {
  return form === '2020-12' ? { type: 'null' } : { type: 'object', nullable: true, enum: [null] }
}

function objectOf({ properties, required }: Members): JsonSchema {
  return {
    type: 'object',
    properties,
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  }
}

/** `__proto__` is a name like any other. */
function nothing(): Record<string, JsonSchema> {
  return Object.create(null) as Record<string, JsonSchema>
}

function withDefault(schema: JsonSchema, value: unknown): JsonSchema {
  return value === undefined || typeof schema === 'boolean' ? schema : { ...schema, default: value }
}

/** Beside a `$ref` OpenAPI 3.0 allows nothing, so a description needs something around it. */
function described(schema: JsonSchema, documentation: string): JsonSchema {
  if (documentation === '' || typeof schema === 'boolean') return schema
  return '$ref' in schema
    ? { allOf: [schema], description: documentation }
    : { ...schema, description: documentation }
}
