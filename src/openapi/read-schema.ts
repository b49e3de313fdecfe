import { descriptionLimits } from '../limits/contracts.js'
import { child, isRecord, itemsOf, membersOf, type Node } from './contract-tree.js'
import { DefinitionNames } from './definition-names.js'
import type { Problems } from './openapi-error.js'
import type { JsonSchema } from './openapi-model.js'
import type { References } from './references.js'
import { draft202012, harmlessBesideReference, keywordHandling } from './schema-keywords.js'

type MutableSchema = Record<string, unknown>

/**
 * Turns Schema Objects into draft 2020-12. What a `$ref` points at becomes a definition, once, whatever the number of
 * references to it, so that recursion stays possible.
 */
export class SchemaReader {
  readonly #references: References
  readonly #problems: Problems
  readonly #is30: boolean
  readonly #names = new DefinitionNames()
  readonly #definitions = new Map<string, JsonSchema>()
  readonly #pending: { readonly name: string; readonly node: Node }[] = []
  readonly #read = new Map<string, JsonSchema>()

  constructor(references: References, problems: Problems, version: '3.0' | '3.1') {
    this.#references = references
    this.#problems = problems
    this.#is30 = version === '3.0'
  }

  /** The schema at a place, the same one each time; definitions that it refers to are read by `definitions`. */
  read(node: Node): JsonSchema {
    const key = `${node.file}#${node.pointer}`
    const known = this.#read.get(key)
    if (known !== undefined) return known
    const schema = this.#converted(node)
    this.#read.set(key, schema)
    return schema
  }

  /** Everything that the schemas read so far refer to, and what that refers to. */
  definitions(): ReadonlyMap<string, JsonSchema> {
    for (let next = this.#pending.pop(); next !== undefined; next = this.#pending.pop()) {
      this.#definitions.set(next.name, this.read(next.node))
      if (this.#definitions.size > descriptionLimits.definitionsMax) {
        this.#problems.add(next.node, 'limit', 'definitionsMax')
        break
      }
    }
    return this.#definitions
  }

  /** Where the definition of a name stands. */
  placeOf(name: string): Node | undefined {
    return this.#names.nodeOf(name)
  }

  #converted(node: Node): JsonSchema {
    const { value } = node
    if (typeof value === 'boolean') return value
    if (!isRecord(value)) {
      this.#problems.add(node, 'schema', 'object')
      return true
    }
    if (this.#is30 && '$ref' in value) return this.#reference30(node)
    const schema: MutableSchema = {}
    for (const [keyword, member] of membersOf(node)) this.#keyword(schema, keyword, member)
    if (this.#is30) this.#rewrite30(node, schema)
    return schema
  }

  /** In OpenAPI 3.0 a Reference Object has nothing else (§4.7.23). */
  #reference30(node: Node): JsonSchema {
    const schema: MutableSchema = {}
    for (const [keyword, member] of membersOf(node)) {
      if (keyword === '$ref') this.#reference(schema, member)
      else if (!harmlessBesideReference.has(keyword)) {
        this.#problems.add(member, 'ignoredByStandard', keyword)
      }
    }
    return schema
  }

  #reference(schema: MutableSchema, member: Node): void {
    if (typeof member.value !== 'string') {
      this.#problems.add(member, 'schema', '$ref')
      return
    }
    const target = this.#references.target(member.value, member)
    if (target === undefined) return
    const { name, isNew } = this.#names.nameOf(target)
    if (isNew) this.#pending.push({ name, node: target })
    schema['$ref'] = `#/$defs/${name}`
  }

  #keyword(schema: MutableSchema, keyword: string, member: Node): void {
    if (keyword === '$ref') {
      this.#reference(schema, member)
      return
    }
    switch (keywordHandling.get(keyword)) {
      case 'schema':
        schema[keyword] = this.read(member)
        return
      case 'schemaList':
        schema[keyword] = itemsOf(member).map((item) => this.read(item))
        return
      case 'schemaMap':
        // Names of properties are the agency's own, those that begin with `x-` too.
        schema[keyword] = Object.fromEntries(
          Object.keys(isRecord(member.value) ? member.value : {}).map((name) => [
            name,
            this.read(child(member, name)),
          ]),
        )
        return
      case 'value':
        schema[keyword] = member.value
        return
      case 'nullable':
        if (!this.#is30) this.#problems.add(member, 'unknownKeyword', keyword)
        return
      case 'dialect':
        if (member.value !== draft202012) this.#problems.add(member, 'unsupported', keyword)
        return
      case 'refuse':
        this.#problems.add(member, 'unsupported', keyword)
        return
      case 'drop':
        return
      case undefined:
        this.#problems.add(member, 'unknownKeyword', keyword)
    }
  }

  #rewrite30(node: Node, schema: MutableSchema): void {
    joinBound(schema, 'exclusiveMinimum', 'minimum')
    joinBound(schema, 'exclusiveMaximum', 'maximum')
    if (child(node, 'nullable').value !== true) return
    // §4.7.24.1 of 3.0.3: null joins the type, and an enumeration has to name it.
    if (typeof schema['type'] === 'string') schema['type'] = [schema['type'], 'null']
    else this.#problems.add(node, 'nullableWithoutType')
  }
}

/** A bound and whether it is exclusive become one bound. */
function joinBound(schema: MutableSchema, keyword: string, bound: string): void {
  if (typeof schema[keyword] !== 'boolean') return
  const isExclusive = schema[keyword] && typeof schema[bound] === 'number'
  if (isExclusive) schema[keyword] = schema[bound]
  Reflect.deleteProperty(schema, isExclusive ? bound : keyword)
}
