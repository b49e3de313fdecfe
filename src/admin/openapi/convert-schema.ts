import { createHash } from 'node:crypto'
import type { z } from 'zod'
import { inputSchemaOf, outputSchemaOf, type JsonSchema } from './json-schema.js'

interface Converted {
  readonly schema: JsonSchema
  readonly components: Record<string, JsonSchema>
}

type SchemaType = 'input' | 'output'

/** What every route declares, problems above all, is converted once. */
const converted: Readonly<Record<SchemaType, WeakMap<object, Converted>>> = {
  input: new WeakMap(),
  output: new WeakMap(),
}

type Converter = (schema: unknown, as: { readonly schemaType: SchemaType }) => Converted

/** What converts the schemas of one document: the components of each are told once. */
export function schemaConverter(): Converter {
  const told = new Set<Converted>()
  return (schema, { schemaType }) => {
    const whole = convertSchema(schema as z.ZodType, schemaType)
    if (told.has(whole)) return { schema: whole.schema, components: {} }
    told.add(whole)
    return whole
  }
}

/**
 * A zod schema as OpenAPI 3.1 has it: schemas with an id (`.meta({ id: 'Domain' })`) become components under it. One that
 * is taken in another form than it is given has two.
 */
function convertSchema(type: z.ZodType, schemaType: SchemaType): Converted {
  const known = converted[schemaType].get(type)
  if (known) return known
  const made = convert(type, schemaType)
  converted[schemaType].set(type, made)
  return made
}

function convert(type: z.ZodType, schemaType: SchemaType): Converted {
  if (schemaType === 'output') {
    const given = outputSchemaOf(type)
    return parted(given, (name) => ownName(given, name))
  }
  const taken = inputSchemaOf(type)
  if (!taken.$defs) return { schema: taken, components: {} }
  // What is only taken may become anything inside.
  const given = outputSchemaOf(type, 'any')
  const isSame = (name: string): boolean =>
    JSON.stringify(taken.$defs?.[name]) === JSON.stringify(given.$defs?.[name])
  return parted(taken, (name) => `${ownName(taken, name)}${isSame(name) ? '' : 'Input'}`)
}

/** A schema that refers to itself has a name whether it was given one or not, and another one in each whole. */
function ownName({ $defs }: JsonSchema, name: string): string {
  if (!name.startsWith('__')) return name
  const digest = createHash('sha256').update(JSON.stringify($defs?.[name]))
  return `Inner${digest.digest('hex').slice(0, 8)}`
}

function parted(whole: JsonSchema, nameOf: (name: string) => string): Converted {
  const { $defs = {}, ...schema } = renamed(whole, nameOf) as JsonSchema
  const components = Object.fromEntries(
    Object.entries($defs).map(([name, definition]) => [nameOf(name), definition]),
  )
  return { schema, components }
}

const own = '#/$defs/'

function renamed(value: unknown, nameOf: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, nameOf))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      key === '$ref' && typeof member === 'string' && member.startsWith(own)
        ? `#/components/schemas/${nameOf(member.slice(own.length))}`
        : renamed(member, nameOf),
    ]),
  )
}
