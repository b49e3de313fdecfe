import type { JsonSchema } from '../openapi/openapi-model.js'
import { JsonNumber, type JsonValue } from '../json/json-value.js'
import type { Facets, SimpleType } from '../xsd/schema-model.js'
import { scalarOf } from './scalar-value.js'
import { schemaPattern } from './schema-pattern.js'
import type { ListShape, ScalarShape } from './shape.js'

/** What a schema may be written for: JSON Schema 2020-12 (OpenAPI 3.1 too), or OpenAPI 3.0. */
export type SchemaForm = '2020-12' | 'openapi-3.0'

type Keywords = Record<string, unknown>

/** The JSON Schema of a value; every value of the XML type that has a JSON form satisfies it. */
export function valueSchema(shape: ScalarShape | ListShape, form: SchemaForm): JsonSchema {
  if (shape.kind === 'scalar') return scalarSchema(shape, form)
  const { length, minLength = length, maxLength = length } = shape.type.facets
  return {
    type: 'array',
    items: scalarSchema(shape.item, form),
    ...(minLength !== undefined && { minItems: minLength }),
    ...(maxLength !== undefined && { maxItems: maxLength }),
  }
}

function scalarSchema(shape: ScalarShape, form: SchemaForm): JsonSchema {
  const { type } = shape
  switch (shape.form) {
    case 'boolean':
      return { type: 'boolean' }
    case 'integer':
      return { type: 'integer', ...integerBounds(type.facets), ...numbersAllowed(shape) }
    case 'year':
      return { type: 'integer' }
    case 'decimal':
      return { type: 'number', ...numberBounds(type.facets) }
    case 'float':
      return {
        anyOf: [
          { type: 'number', ...numberBounds(type.facets) },
          { type: 'string', enum: ['INF', '-INF', 'NaN'] },
        ],
      }
    case 'date':
      return { type: 'string', format: 'date' }
    case 'dateTime':
      return { type: 'string', pattern: forms.localDateTime }
    case 'text':
      return type.variety === 'atomic' ? textSchema(type, form) : { type: 'string' }
  }
}

function textSchema(type: SimpleType, form: SchemaForm): JsonSchema {
  const { primitive, facets } = type
  if (primitive === 'string' || primitive === 'anyURI') {
    return { type: 'string', ...lengths(facets), ...textsAllowed(facets), ...patterns(facets) }
  }
  if (primitive === 'base64Binary') {
    return form === '2020-12'
      ? { type: 'string', contentEncoding: 'base64' }
      : { type: 'string', format: 'byte' }
  }
  const pattern = patternOf(type)
  return { type: 'string', ...(pattern !== undefined && { pattern }) }
}

const zone = '(?:Z|[+-][0-9]{2}:[0-9]{2})?'
const year = '-?[0-9]{4,}'
const time = '[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]+)?'

/** How values look that JSON has as text. Not `format`: a date of XML Schema may have a zone, a time may have none. */
const forms = {
  date: `^${year}-[0-9]{2}-[0-9]{2}${zone}$`,
  dateTime: `^${year}-[0-9]{2}-[0-9]{2}T${time}${zone}$`,
  localDateTime: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}$',
  time: `^${time}${zone}$`,
  gYear: `^${year}${zone}$`,
  gYearMonth: `^${year}-[0-9]{2}${zone}$`,
  decimal: '^[+-]?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)$',
  hexBinary: '^(?:[0-9A-Fa-f]{2})*$',
} as const

function patternOf({ primitive }: SimpleType): string | undefined {
  return Object.entries(forms).find(([name]) => name === primitive)?.[1]
}

function lengths({ length, minLength = length, maxLength = length }: Facets): Keywords {
  return {
    ...(minLength !== undefined && { minLength }),
    ...(maxLength !== undefined && { maxLength }),
  }
}

function textsAllowed({ enumeration }: Facets): Keywords {
  return enumeration === undefined ? {} : { enum: [...enumeration] }
}

/** A value matches one pattern of each step of derivation. */
function patterns({ patterns: steps = [] }: Facets): Keywords {
  const translated = steps.map(schemaPattern).filter((pattern) => pattern !== undefined)
  const [only, ...others] = translated
  if (only === undefined) return {}
  return others.length === 0
    ? { pattern: only }
    : { allOf: translated.map((pattern) => ({ pattern })) }
}

function numbersAllowed(shape: ScalarShape): Keywords {
  const values = (shape.type.facets.enumeration ?? []).map((text) =>
    plainOf(scalarOf(shape, text.trim())),
  )
  return values.length === 0 || values.includes(undefined) ? {} : { enum: values }
}

function integerBounds(facets: Facets): Keywords {
  const { minInclusive, maxInclusive, minExclusive, maxExclusive } = facets
  // Those of a base type are still there beside narrower ones.
  const low = Math.max(exact(minInclusive) ?? -Infinity, stepped(minExclusive, 1) ?? -Infinity)
  const high = Math.min(exact(maxInclusive) ?? Infinity, stepped(maxExclusive, -1) ?? Infinity)
  return {
    ...(low !== -Infinity && { minimum: low }),
    ...(high !== Infinity && { maximum: high }),
  }
}

function stepped(text: string | undefined, by: number): number | undefined {
  const bound = exact(text)
  return bound === undefined ? undefined : bound + by
}

function numberBounds({ minInclusive, maxInclusive }: Facets): Keywords {
  const low = exact(minInclusive)
  const high = exact(maxInclusive)
  return {
    ...(low !== undefined && { minimum: low }),
    ...(high !== undefined && { maximum: high }),
  }
}

/** A bound that a double holds exactly: another one would shut out what is allowed. */
function exact(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : undefined
}

/** A value as a schema's keyword has it. */
export function plainOf(value: JsonValue | undefined): string | number | boolean | undefined {
  if (value instanceof JsonNumber) return exact(value.text)
  return typeof value === 'string' || typeof value === 'boolean' ? value : undefined
}
