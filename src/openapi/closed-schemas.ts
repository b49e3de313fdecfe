import { isRecord, type PlainRecord } from './contract-tree.js'
import type { JsonSchema } from './openapi-model.js'
import { definitionName, schemasInPlace } from './schema-cycles.js'

export type Direction = 'request' | 'reply'

const listsInPlace = ['allOf', 'anyOf', 'oneOf']
const singlesInPlace = ['then', 'else']
/** Say when something holds, or that it holds of some item; what else there may be is for others to say. */
const conditions = ['not', 'if', 'contains']
const children = ['items', 'additionalProperties', 'propertyNames', 'unevaluatedItems']
const childMaps = ['properties', 'patternProperties']

/** No name of a definition has it. */
const openMark = '+open'

/**
 * Schemas as messages are held to them: a member that the contract does not name is refused, unless
 * the contract says `additionalProperties`. JSON Schema alone would take it, and what nobody has agreed on would go
 * from agency to agency. A schema without any named property stays as it is. In requests read-only members are not
 * required, in replies write-only ones.
 *
 * A definition is there twice: closed where it describes a value alone, open where it describes a value together with
 * other schemas (`allOf`), which are then closed together.
 */
export class ClosedSchemas {
  readonly #definitions: ReadonlyMap<string, JsonSchema>
  readonly #direction: Direction
  readonly #made = new Map<string, JsonSchema>()
  readonly #pending: string[] = []

  constructor(definitions: ReadonlyMap<string, JsonSchema>, direction: Direction) {
    this.#definitions = definitions
    this.#direction = direction
  }

  /** A schema of a value of its own. */
  closed(schema: unknown): JsonSchema {
    if (!isRecord(schema)) return schema as boolean
    if (typeof schema['$ref'] === 'string' && Object.keys(schema).length === 1) {
      return { $ref: this.#reference(definitionName(schema['$ref']), '') }
    }
    const made: Record<string, unknown> = this.#inside(schema)
    const isAlone = schema['$ref'] === undefined && schemasInPlace(schema).length === 0
    const isOpen = !('additionalProperties' in schema) && !('unevaluatedProperties' in schema)
    if (isOpen && this.#namesProperties(schema, new Set())) {
      made[isAlone ? 'additionalProperties' : 'unevaluatedProperties'] = false
    }
    return made
  }

  /** What the schemas asked for so far refer to. */
  definitions(): Readonly<Record<string, JsonSchema>> {
    for (let name = this.#pending.pop(); name !== undefined; name = this.#pending.pop()) {
      const isOpen = name.endsWith(openMark)
      const schema = this.#definitions.get(isOpen ? name.slice(0, -openMark.length) : name) ?? false
      this.#made.set(name, isOpen ? this.#open(schema) : this.closed(schema))
    }
    return Object.fromEntries(this.#made)
  }

  /** A schema of a value that other schemas describe too. */
  #open(schema: unknown): JsonSchema {
    return isRecord(schema) ? this.#inside(schema) : (schema as boolean)
  }

  #inside(schema: PlainRecord): Record<string, unknown> {
    const made: Record<string, unknown> = { ...schema }
    if (typeof schema['$ref'] === 'string') {
      made['$ref'] = this.#reference(definitionName(schema['$ref']), openMark)
    }
    for (const keyword of listsInPlace) {
      const list = schema[keyword]
      if (Array.isArray(list)) made[keyword] = list.map((each: unknown) => this.#open(each))
    }
    for (const keyword of singlesInPlace) {
      if (keyword in schema) made[keyword] = this.#open(schema[keyword])
    }
    for (const keyword of conditions) {
      if (keyword in schema) made[keyword] = this.#condition(schema[keyword])
    }
    for (const keyword of children) {
      if (keyword in schema) made[keyword] = this.closed(schema[keyword])
    }
    for (const keyword of childMaps) mapInto(made, keyword, (each) => this.closed(each))
    mapInto(made, 'dependentSchemas', (each) => this.#open(each))
    const tuple = schema['prefixItems']
    if (Array.isArray(tuple)) made['prefixItems'] = tuple.map((each) => this.closed(each))
    if (Array.isArray(schema['required'])) made['required'] = this.#required(schema)
    return made
  }

  /** A schema by which a value is looked at and no more: nothing in it is closed. */
  #condition(schema: unknown): JsonSchema {
    if (!isRecord(schema)) return schema as boolean
    const made: Record<string, unknown> = { ...schema }
    if (typeof schema['$ref'] === 'string') {
      made['$ref'] = this.#reference(definitionName(schema['$ref']), openMark)
    }
    for (const keyword of [...singlesInPlace, ...conditions, ...children]) {
      if (keyword in schema) made[keyword] = this.#condition(schema[keyword])
    }
    for (const keyword of [...listsInPlace, 'prefixItems']) {
      const list = schema[keyword]
      if (Array.isArray(list)) made[keyword] = list.map((each: unknown) => this.#condition(each))
    }
    for (const keyword of [...childMaps, 'dependentSchemas']) {
      mapInto(made, keyword, (each) => this.#condition(each))
    }
    return made
  }

  #required(schema: PlainRecord): unknown[] {
    const names = schema['required'] as unknown[]
    const properties = schema['properties']
    if (!isRecord(properties)) return names
    const exempt = this.#direction === 'request' ? 'readOnly' : 'writeOnly'
    return names.filter((name) => !this.#says(properties[name as string], exempt))
  }

  #says(schema: unknown, keyword: string): boolean {
    let at = schema
    for (let hops = 0; hops < 16 && isRecord(at); hops++) {
      if (at[keyword] === true) return true
      if (typeof at['$ref'] !== 'string') return false
      at = this.#definitions.get(definitionName(at['$ref']))
    }
    return false
  }

  #reference(name: string, mark: string): string {
    const marked = name + mark
    if (!this.#made.has(marked)) {
      this.#made.set(marked, true)
      this.#pending.push(marked)
    }
    return `#/$defs/${marked}`
  }

  #namesProperties(schema: unknown, seen: Set<unknown>): boolean {
    if (!isRecord(schema) || seen.has(schema)) return false
    seen.add(schema)
    if ('properties' in schema || 'patternProperties' in schema) return true
    const reference = schema['$ref']
    const target =
      typeof reference === 'string' ? this.#definitions.get(definitionName(reference)) : undefined
    return [target, ...schemasInPlace(schema)].some((each) => this.#namesProperties(each, seen))
  }
}

function mapInto(
  schema: Record<string, unknown>,
  keyword: string,
  change: (each: unknown) => JsonSchema,
): void {
  const map = schema[keyword]
  if (!isRecord(map)) return
  schema[keyword] = Object.fromEntries(
    Object.entries(map).map(([name, each]) => [name, change(each)]),
  )
}
