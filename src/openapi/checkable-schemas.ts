import { isRecord, type PlainRecord } from './contract-tree.js'
import { LinearPattern } from './linear-pattern.js'
import { Problems, type Place } from './openapi-error.js'
import type { JsonSchema } from './openapi-model.js'
import { PatternError } from './pattern-steps.js'
import { definitionName } from './schema-cycles.js'
import { memberSchemas, SchemaWork, waysInto } from './schema-work.js'
import { jsonCheckLimits } from '../limits/mediation.js'

/** Their values are messages, not schemas. */
const notSchemas = new Set(['enum', 'const', 'default', 'required', 'dependentRequired'])
/**
 * Refuses what a message could be made to cost without bound: patterns that have no linear matching, comparisons with
 * objects, and variants that multiply: within one another, or by a recursion, which doubles the work with each level.
 * @throws OpenApiError
 */
export function checkCheckable(definitions: Readonly<Record<string, JsonSchema>>): void {
  const problems = new Problems()
  const reach = reachOf(definitions)
  const work = new SchemaWork(definitions)
  for (const [name, schema] of Object.entries(definitions)) {
    const place = { file: '', pointer: `/$defs/${name.replace('+open', '')}` }
    if (work.of(name) > jsonCheckLimits.looksMax) problems.add(place, 'branching', name)
    for (const each of schemasIn(schema)) {
      checkPatterns(each, place, problems)
      checkComparisons(each, place, problems)
      const back = (inner: unknown): boolean => reaches(inner, name, reach)
      const ways = [...waysInto(each), memberSchemas(each)]
      if (ways.filter(back).length > 1) problems.add(place, 'branching', name)
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
