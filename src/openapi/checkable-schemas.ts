import { isRecord, type PlainRecord } from './contract-tree.js'
import { LinearPattern } from './linear-pattern.js'
import { Problems, type Place } from './openapi-error.js'
import type { JsonSchema } from './openapi-model.js'
import { PatternError } from './pattern-steps.js'
import { definitionName, schemasInPlace } from './schema-cycles.js'

/** Their values are messages, not schemas. */
const notSchemas = new Set(['enum', 'const', 'default', 'required', 'dependentRequired'])
/** Beside `properties` and `items` these look at the same members once more. */
const secondLooks = ['contains', 'propertyNames', 'unevaluatedItems', 'unevaluatedProperties']

/**
 * Refuses what a message could be made to cost without bound: patterns that have no linear matching, comparisons with
 * objects, and recursion through more than one variant, which doubles the work with each level of a message.
 * @throws OpenApiError
 */
export function checkCheckable(definitions: Readonly<Record<string, JsonSchema>>): void {
  const problems = new Problems()
  const reach = reachOf(definitions)
  for (const [name, schema] of Object.entries(definitions)) {
    const place = { file: '', pointer: `/$defs/${name.replace('+open', '')}` }
    for (const each of schemasIn(schema)) {
      checkPatterns(each, place, problems)
      checkComparisons(each, place, problems)
      const back = (inner: unknown): boolean => reaches(inner, name, reach)
      if (waysInto(each).filter(back).length > 1) problems.add(place, 'branching', name)
    }
  }
  problems.throwIfAny()
}

/** A schema with all that are inside it, references not followed. */
function* schemasIn(schema: unknown): Generator<PlainRecord> {
  if (Array.isArray(schema)) for (const each of schema) yield* schemasIn(each)
  if (!isRecord(schema)) return
  yield schema
  for (const [keyword, value] of Object.entries(schema)) {
    if (!notSchemas.has(keyword)) yield* schemasIn(value)
  }
}

function checkPatterns(schema: PlainRecord, place: Place, problems: Problems): void {
  const { pattern, patternProperties } = schema
  const patterns = isRecord(patternProperties) ? Object.keys(patternProperties) : []
  if (typeof pattern === 'string') patterns.push(pattern)
  for (const each of patterns) {
    try {
      new LinearPattern(each)
    } catch (error) {
      if (!(error instanceof PatternError)) throw error
      problems.add(place, 'pattern', `${each} (${error.message})`)
    }
  }
}

function checkComparisons(schema: PlainRecord, place: Place, problems: Problems): void {
  const { enum: values, const: value } = schema
  const compared: unknown[] = Array.isArray(values) ? [...(values as unknown[]), value] : [value]
  // `properties` may have a member of this name, which is a schema.
  const isSchema = isRecord(value) && !Array.isArray(values) && !('type' in schema)
  if (isSchema) return
  if (compared.some((each) => typeof each === 'object' && each !== null)) {
    problems.add(place, 'unsupported', Array.isArray(values) ? 'enum' : 'const')
  }
}

/** The parts of a schema, each of which looks at the whole value or at all its members. */
function waysInto(schema: PlainRecord): unknown[] {
  const { patternProperties, $ref } = schema
  const first = ['properties', 'additionalProperties', 'items', 'prefixItems']
  return [
    ...schemasInPlace(schema),
    ...(isRecord(patternProperties) ? Object.values(patternProperties) : []),
    ...secondLooks.map((keyword) => schema[keyword]),
    first.map((keyword) => schema[keyword]),
    typeof $ref === 'string' ? { $ref } : undefined,
  ]
}

function reaches(part: unknown, name: string, reach: ReadonlyMap<string, Set<string>>): boolean {
  return referencesIn(part).some((each) => each === name || reach.get(each)?.has(name) === true)
}

/** To which definitions each one leads. */
function reachOf(
  definitions: Readonly<Record<string, JsonSchema>>,
): ReadonlyMap<string, Set<string>> {
  const direct = new Map(
    Object.entries(definitions).map(([name, schema]) => [name, referencesIn(schema)] as const),
  )
  return new Map(
    [...direct.keys()].map((name) => {
      const reached = new Set<string>()
      const stack = [...(direct.get(name) ?? [])]
      for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
        if (reached.has(next)) continue
        reached.add(next)
        stack.push(...(direct.get(next) ?? []))
      }
      return [name, reached] as const
    }),
  )
}

function referencesIn(schema: unknown): string[] {
  const found: string[] = []
  for (const each of schemasIn(schema)) {
    if (typeof each['$ref'] === 'string') found.push(definitionName(each['$ref']))
  }
  return [...new Set(found)]
}
