import { isRecord, type PlainRecord } from './contract-tree.js'
import type { JsonSchema } from './openapi-model.js'
import { definitionName } from './schema-cycles.js'

const lists = ['allOf', 'anyOf', 'oneOf']
const singles = ['not', 'items', 'additionalProperties']

/** Keywords that OpenAPI 3.0.3 §4.7.24 has too, with the same meaning. */
const shared = new Set([
  ...['title', 'description', 'default', 'format', 'enum', 'multipleOf', 'maximum', 'minimum'],
  ...['maxLength', 'minLength', 'pattern', 'maxItems', 'minItems', 'uniqueItems', 'maxProperties'],
  ...[
    'minProperties',
    'required',
    'readOnly',
    'writeOnly',
    'deprecated',
    'discriminator',
    'example',
  ],
])

/**
 * A schema of draft 2020-12 in the words of OpenAPI 3.0.3, the version that most tools read. `#/$defs/Name` becomes
 * `#/components/schemas/Name`.
 * @throws RangeError for a keyword that 3.0 has no word for
 */
export function schemaOf30(schema: JsonSchema): PlainRecord {
  if (schema === true) return {}
  if (schema === false) return { not: {} }
  const written: Record<string, unknown> = {}
  for (const [keyword, value] of Object.entries(schema)) writeKeyword(written, keyword, value)
  if (!('$ref' in written) || Object.keys(written).length === 1) return written
  // §4.7.23: nothing stands beside a reference.
  const { $ref, allOf, ...rest } = written
  return { ...rest, allOf: [{ $ref }, ...(Array.isArray(allOf) ? (allOf as unknown[]) : [])] }
}

function writeKeyword(written: Record<string, unknown>, keyword: string, value: unknown): void {
  if (shared.has(keyword)) written[keyword] = value
  else if (lists.includes(keyword)) {
    written[keyword] = (value as readonly JsonSchema[]).map(schemaOf30)
  } else if (singles.includes(keyword)) {
    written[keyword] = typeof value === 'boolean' ? value : schemaOf30(value as JsonSchema)
  } else if (keyword === 'properties' && isRecord(value)) {
    written[keyword] = Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, schemaOf30(each as JsonSchema)]),
    )
  } else writeChanged(written, keyword, value)
}

function writeChanged(written: Record<string, unknown>, keyword: string, value: unknown): void {
  switch (keyword) {
    case '$ref':
      written[keyword] = `#/components/schemas/${definitionName(String(value))}`
      return
    case 'const':
      written['enum'] = [value]
      return
    case 'type':
      writeType(written, value)
      return
    case 'exclusiveMinimum':
      Object.assign(written, { minimum: value, exclusiveMinimum: true })
      return
    case 'exclusiveMaximum':
      Object.assign(written, { maximum: value, exclusiveMaximum: true })
      return
    case 'contentEncoding':
      if (value !== 'base64') break
      written['format'] = 'byte'
      return
  }
  throw new RangeError(`OpenAPI 3.0 has no keyword ${keyword}`)
}

function writeType(written: Record<string, unknown>, type: unknown): void {
  const types: unknown[] = Array.isArray(type) ? type : [type]
  const [only, ...others] = types.filter((each) => each !== 'null')
  if (typeof only !== 'string' || others.length > 0) {
    throw new RangeError('OpenAPI 3.0 has one type a schema')
  }
  written['type'] = only
  if (types.includes('null')) written['nullable'] = true
}
