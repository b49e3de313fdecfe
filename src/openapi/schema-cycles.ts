import { isRecord, type PlainRecord } from './contract-tree.js'
import type { JsonSchema } from './openapi-model.js'

/** Keywords whose schemas look at the same value as the schema that they stand in. */
const inPlaceLists = ['allOf', 'anyOf', 'oneOf']
const inPlace = ['not', 'if', 'then', 'else']

/** The name that `$ref` text of a description read by us refers to. */
export function definitionName(reference: string): string {
  return reference.slice('#/$defs/'.length)
}

/**
 * A definition that comes back to itself without going into the value: whoever checked a message by it would never
 * end.
 * @returns its name, or undefined where there is none
 */
export function endlessDefinition(
  definitions: ReadonlyMap<string, JsonSchema>,
): string | undefined {
  const done = new Set<string>()
  for (const start of definitions.keys()) {
    const found = endlessFrom(start, definitions, done)
    if (found !== undefined) return found
  }
  return undefined
}

/** Depth first, without the stack of the process: a chain may be as long as a file. */
function endlessFrom(
  start: string,
  definitions: ReadonlyMap<string, JsonSchema>,
  done: Set<string>,
): string | undefined {
  const open = new Set<string>()
  const stack: { readonly name: string; readonly rest: string[] }[] = []
  const enter = (name: string): void => {
    open.add(name)
    stack.push({ name, rest: referencesInPlace(definitions.get(name) ?? true) })
  }
  if (!done.has(start)) enter(start)
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const next = top.rest.pop()
    if (next === undefined) {
      stack.pop()
      open.delete(top.name)
      done.add(top.name)
    } else if (open.has(next)) return next
    else if (!done.has(next)) enter(next)
  }
  return undefined
}

function referencesInPlace(schema: unknown): string[] {
  if (!isRecord(schema)) return []
  const own = typeof schema['$ref'] === 'string' ? [definitionName(schema['$ref'])] : []
  return [...own, ...schemasInPlace(schema).flatMap(referencesInPlace)]
}

/** The schemas inside a schema that look at the same value. */
export function schemasInPlace(schema: PlainRecord): unknown[] {
  const dependent = schema['dependentSchemas']
  return [
    ...inPlaceLists.flatMap((keyword): unknown[] => {
      const list = schema[keyword]
      return Array.isArray(list) ? list : []
    }),
    ...inPlace.filter((keyword) => keyword in schema).map((keyword) => schema[keyword]),
    ...(isRecord(dependent) ? Object.values(dependent) : []),
  ]
}
