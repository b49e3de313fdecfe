import type { JsonSchema } from '../openapi/openapi-model.js'
import type { PlainSchema } from './json-form.js'

type Join = (a: unknown, b: unknown) => unknown

const larger: Join = (a, b) => Math.max(Number(a), Number(b))
const smaller: Join = (a, b) => Math.min(Number(a), Number(b))
const bothSchemas: Join = (a, b) => ({ allOf: [a, b] })
const firstOne: Join = (a) => a

/** How two schemas say one keyword together. What is not here, the later one says. */
const joins: Readonly<Record<string, Join>> = {
  type: (a, b) => commonTypes(listOf(a), listOf(b)),
  enum: (a, b) => {
    const others = new Set(listOf(b).map((each) => JSON.stringify(each)))
    return listOf(a).filter((each) => others.has(JSON.stringify(each)))
  },
  required: (a, b) => [...new Set([...listOf(a), ...listOf(b)])],
  properties: joinProperties,
  items: bothSchemas,
  then: bothSchemas,
  else: bothSchemas,
  additionalProperties: (a, b) => (a === false || b === false ? false : isOpen(a) ? b : a),
  minimum: larger,
  exclusiveMinimum: larger,
  minLength: larger,
  minItems: larger,
  maximum: smaller,
  exclusiveMaximum: smaller,
  maxLength: smaller,
  maxItems: smaller,
  // A schema in XML may say less: the message is held to the JSON Schema, too.
  pattern: firstOne,
  format: firstOne,
  multipleOf: firstOne,
}

/** What two schemas say that both hold for a value. */
export function joinSchemas(a: PlainSchema, b: PlainSchema): PlainSchema {
  const joined: Record<string, unknown> = { ...a }
  for (const [keyword, said] of Object.entries(b)) {
    const join = keyword in a ? joins[keyword] : undefined
    joined[keyword] = join === undefined ? said : join(a[keyword], said)
  }
  return joined
}

function joinProperties(a: unknown, b: unknown): Record<string, JsonSchema> {
  const joined = new Map(Object.entries(a as Record<string, JsonSchema>))
  for (const [name, schema] of Object.entries(b as Record<string, JsonSchema>)) {
    const known = joined.get(name)
    joined.set(name, known === undefined ? schema : { allOf: [known, schema] })
  }
  return Object.fromEntries(joined)
}

function commonTypes(a: readonly unknown[], b: readonly unknown[]): unknown[] {
  const common = a.filter((type) => b.includes(type))
  // Every integer is a number.
  const isInteger = (one: readonly unknown[], other: readonly unknown[]): boolean =>
    one.includes('integer') && other.includes('number') && !common.includes('integer')
  return isInteger(a, b) || isInteger(b, a) ? [...common, 'integer'] : common
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}

/** Whether a schema lets everything pass. */
export function isOpen(schema: unknown): boolean {
  return (
    schema === undefined ||
    schema === true ||
    (typeof schema === 'object' && schema !== null && Object.keys(schema).length === 0)
  )
}
