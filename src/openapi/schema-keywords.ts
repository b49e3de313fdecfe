/** What is done with a keyword of a schema: `value` is taken as it stands, `drop` says nothing of a message. */
export type KeywordHandling =
  'schema' | 'schemaList' | 'schemaMap' | 'value' | 'drop' | 'refuse' | 'dialect' | 'nullable'

/** Keywords of OpenAPI 3.0.3 §4.7.24, and of JSON Schema draft 2020-12 with those of the OpenAPI 3.1 dialect. */
const handling = {
  schema: [
    ['not', 'items', 'additionalProperties'],
    ['if', 'then', 'else', 'contains', 'propertyNames'],
    ['unevaluatedItems', 'unevaluatedProperties'],
  ],
  schemaList: [['allOf', 'anyOf', 'oneOf', 'prefixItems']],
  schemaMap: [['properties', 'patternProperties', 'dependentSchemas']],
  value: [
    ['type', 'enum', 'const', 'format', 'title', 'description', 'default', 'deprecated'],
    ['readOnly', 'writeOnly', 'multipleOf', 'maximum', 'minimum', 'pattern', 'discriminator'],
    ['exclusiveMaximum', 'exclusiveMinimum', 'maxLength', 'minLength', 'maxItems', 'minItems'],
    ['uniqueItems', 'maxProperties', 'minProperties', 'required', 'dependentRequired'],
    ['minContains', 'maxContains', 'contentEncoding', 'contentMediaType'],
  ],
  // Definitions are read where something refers to them.
  drop: [['example', 'examples', 'xml', 'externalDocs', '$comment', '$defs', 'definitions']],
  refuse: [
    ['$id', '$anchor', '$dynamicRef', '$dynamicAnchor', '$recursiveRef', '$recursiveAnchor'],
    ['$vocabulary', 'contentSchema', 'dependencies', 'additionalItems', 'id'],
  ],
  dialect: [['$schema']],
  nullable: [['nullable']],
} as const satisfies Record<KeywordHandling, readonly (readonly string[])[]>

/** By keyword; one that is not here is not known. */
export const keywordHandling: ReadonlyMap<string, KeywordHandling> = new Map(
  Object.entries(handling).flatMap(([kind, lists]) =>
    lists.flat().map((keyword) => [keyword, kind as KeywordHandling] as const),
  ),
)

/** Beside a `$ref` of OpenAPI 3.0 these say nothing of a message, so that it does no harm that they are passed over. */
export const harmlessBesideReference: ReadonlySet<string> = new Set([
  ...['description', 'title', 'example', 'deprecated', 'externalDocs', 'xml', 'default'],
])

export const draft202012 = 'https://json-schema.org/draft/2020-12/schema'
