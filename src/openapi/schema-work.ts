import { isRecord, type PlainRecord } from './contract-tree.js'
import type { JsonSchema } from './openapi-model.js'
import { definitionName, schemasInPlace } from './schema-cycles.js'

/** Beside `properties` and `items` these look at the same members once more. */
const secondLooks = ['contains', 'propertyNames', 'unevaluatedItems', 'unevaluatedProperties']

/** The parts of a schema, each of which looks at the whole value or at all its members. */
export function waysInto(schema: PlainRecord): unknown[] {
  const { $ref } = schema
  return [
    ...schemasInPlace(schema),
    ...membersIn(schema['patternProperties']),
    ...secondLooks.map((keyword) => schema[keyword]),
    ...(typeof $ref === 'string' ? [{ $ref }] : []),
  ]
}

/** The schemas of members, of which each member has one. */
export function memberSchemas(schema: PlainRecord): unknown[] {
  const tuple = schema['prefixItems']
  return [
    ...membersIn(schema['properties']),
    schema['additionalProperties'],
    schema['items'],
    ...(Array.isArray(tuple) ? (tuple as unknown[]) : []),
  ]
}

/**
 * How often one value of a message may be looked at, by definition: variants inside variants multiply. Of a
 * recursion, which has one way only, one round is counted.
 */
export class SchemaWork {
  readonly #definitions: Readonly<Record<string, JsonSchema>>
  readonly #known = new Map<string, number>()

  constructor(definitions: Readonly<Record<string, JsonSchema>>) {
    this.#definitions = definitions
  }

  of(name: string): number {
    const known = this.#known.get(name)
    if (known !== undefined) return known
    this.#known.set(name, 0)
    const work = this.#ofSchema(this.#definitions[name])
    this.#known.set(name, work)
    return work
  }

  #ofSchema(schema: unknown): number {
    if (!isRecord(schema)) return 0
    const { $ref } = schema
    if (typeof $ref === 'string' && Object.keys(schema).length === 1) {
      return this.of(definitionName($ref))
    }
    const once = memberSchemas(schema).map((each) => this.#ofSchema(each))
    const more = waysInto(schema).map((each) => this.#ofSchema(each))
    const most = once.reduce((one, other) => Math.max(one, other), 0)
    return Math.max(
      1,
      more.reduce((sum, each) => sum + each, most),
    )
  }
}

function membersIn(map: unknown): unknown[] {
  return isRecord(map) ? Object.values(map) : []
}
