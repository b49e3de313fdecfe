import { describe, expect, it } from '@jest/globals'
import { elementOf, messageSchema, typeSchema } from '../../test/support/scenario-schemas.js'
import { checkShape } from './check-shape.js'
import { deriveShape } from './derive-shape.js'
import { JsonSchemas, jsonSchemaOf } from './json-schema.js'
import { refinedShape } from './refine-shape.js'
import { readRefinement } from './refinement.js'
import { schemaPattern } from './schema-pattern.js'

const schemaOf = (schema: string) => jsonSchemaOf(checkShape(deriveShape(elementOf(schema, 'M'))))

const simple = (base: string, facets: string, more = ''): string =>
  `<xs:element name="M"><xs:complexType><xs:sequence><xs:element name="a"${more}><xs:annotation><xs:documentation>Ad</xs:documentation></xs:annotation>` +
  `<xs:simpleType><xs:restriction base="xs:${base}">${facets}</xs:restriction></xs:simpleType></xs:element></xs:sequence></xs:complexType></xs:element>`

describe('the JSON Schema of a shape', () => {
  it.each([
    [
      simple('string', '<xs:pattern value="[0-9A-HJ-NP-Z]{7}"/>'),
      { type: 'string', pattern: '^(?:[0-9A-HJ-NP-Z]{7})$' },
    ],
    [
      simple('string', '<xs:minLength value="1"/><xs:maxLength value="5"/>'),
      { type: 'string', minLength: 1, maxLength: 5 },
    ],
    [
      simple('string', '<xs:enumeration value="A"/><xs:enumeration value="B"/>'),
      { type: 'string', enum: ['A', 'B'] },
    ],
    [
      simple('string', '<xs:enumeration value="A"/>', ' nillable="true"'),
      { type: ['string', 'null'], enum: ['A', null] },
    ],
    [
      simple('int', '<xs:minInclusive value="1"/><xs:maxExclusive value="13"/>'),
      { type: 'integer', minimum: 1, maximum: 12 },
    ],
    [simple('integer', '<xs:totalDigits value="3"/>'), { type: 'integer' }],
    [simple('base64Binary', ''), { type: 'string', contentEncoding: 'base64' }],
    [
      simple('string', '<xs:maxLength value="5"/>', ' maxOccurs="3"'),
      { type: 'array', minItems: 1, maxItems: 3, items: { type: 'string', maxLength: 5 } },
    ],
  ])('%s', (schema, expected) => {
    const found = schemaOf(schema) as { properties: unknown; $defs?: Record<string, unknown> }
    const object = (found.$defs?.['M'] ?? found) as { properties: Record<string, unknown> }
    expect(object.properties['a']).toEqual({ ...expected, description: 'Ad' })
  })

  it('has definitions for what messages share, and names that OpenAPI takes', () => {
    const schemas = new JsonSchemas('openapi-3.0', '#/components/schemas/')
    const schema =
      typeSchema('Şəxs', 'ad: string', 'usaqlar: Şəxs*') + messageSchema('M', 'a: Şəxs', 'b: Şəxs?')
    const root = schemas.of(checkShape(deriveShape(elementOf(schema, 'M'))))
    expect(root).toEqual({ $ref: '#/components/schemas/M' })
    expect(Object.fromEntries(schemas.definitions)).toEqual({
      M: {
        type: 'object',
        properties: {
          a: { $ref: '#/components/schemas/__xs' },
          b: { $ref: '#/components/schemas/__xs' },
        },
        required: ['a'],
        additionalProperties: false,
      },
      __xs: {
        type: 'object',
        properties: {
          ad: { type: 'string' },
          usaqlar: { type: 'array', items: { $ref: '#/components/schemas/__xs' } },
        },
        required: ['ad'],
        additionalProperties: false,
      },
    })
  })

  it('shows what a refinement makes of it', () => {
    const schema =
      typeSchema('T', 'k: int', 'v: string?') + messageSchema('M', 'n: string', 't: T', 'd: string')
    const { names, request: rules } = readRefinement(
      Buffer.from(`mapping: 1
request:
  - { path: /n, constant: SV }
  - { path: /t/k, move: /x/k }
  - { path: /t/v, move: /v }
  - { path: /d, format: dd.MM.yyyy, default: 2013-02-28 }`),
    )
    expect(
      jsonSchemaOf(refinedShape(elementOf(schema, 'M'), { names, rules, mayIgnore: false })),
    ).toEqual({
      type: 'object',
      properties: {
        d: { type: 'string', format: 'date', default: '2013-02-28' },
        x: {
          type: 'object',
          properties: { k: { type: 'integer', minimum: -2147483648, maximum: 2147483647 } },
          required: ['k'],
          additionalProperties: false,
        },
        v: { type: 'string' },
      },
      required: ['x'],
      additionalProperties: false,
    })
  })
})

describe('patterns', () => {
  it.each([
    [['[0-9]{7}'], '^(?:[0-9]{7})$'],
    [['A|B', 'C'], '^(?:A|B|C)$'],
    [['\\d{2}\\.\\d+'], '^(?:\\d{2}\\.\\d+)$'],
    [['a$b^c/'], '^(?:a\\$b\\^c\\/)$'],
    [['(a|b)?.\\-[\\-x]'], '^(?:(?:a|b)?[^\\n\\r]-[\\-x])$'],
  ])('%j is %s', (patterns, expected) => {
    expect(schemaPattern(patterns)).toBe(expected)
    expect(() => new RegExp(expected, 'u')).not.toThrow()
  })

  it.each([
    ['\\p{L}+'],
    ['\\w'],
    ['\\i\\c*'],
    ['[a-z-[aeiou]]'],
    ['(a+)+'],
    ['(a{2,}){3}'],
    ['(?:a)'],
    ['[\u{1f600}]'],
    ['a{1'],
    ['['],
    ['\\'],
  ])('%s is left out', (pattern) => {
    expect(schemaPattern([pattern])).toBeUndefined()
  })
})
