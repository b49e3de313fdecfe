import {
  keyOf,
  type ElementDeclaration,
  type TypeDefinition,
  type Wildcard,
} from '../schema-model.js'
import { allows } from '../wildcards.js'
import { AmbiguousContent } from './content-error.js'
import type { Place } from './places.js'

/** The name for which two of these places compete that are not the same particle; undefined where there is none. */
export function conflictIn(places: readonly Place[]): string | undefined {
  const byKey = new Map<string, string>()
  const wildcards: { term: Wildcard; origin: string }[] = []
  for (const { term, origin } of places) {
    if (term.kind === 'any') {
      if (wildcards.some((each) => each.origin !== origin && overlaps(each.term, term)))
        return 'xs:any'
      wildcards.push({ term, origin })
      continue
    }
    for (const { name } of [term, ...term.substitutes]) {
      const known = byKey.get(keyOf(name))
      if (known !== undefined && known !== origin) return name.localName
      byKey.set(keyOf(name), origin)
    }
  }
  if (wildcards.length === 0) return undefined
  for (const { term } of places) {
    if (term.kind === 'any') continue
    for (const { name } of [term, ...term.substitutes]) {
      if (wildcards.some((each) => allows(each.term, name.namespace)))
        return `xs:any, ${name.localName}`
    }
  }
  return undefined
}

function overlaps(a: Wildcard, b: Wildcard): boolean {
  const [first, second] = [a.namespaces, b.namespaces]
  if (first !== 'any' && 'of' in first) return first.of.some((each) => allows(b, each))
  if (second !== 'any' && 'of' in second) return second.of.some((each) => allows(a, each))
  // Both leave out but a few of endlessly many.
  return true
}

/** Elements of one name have one type in a content model (part 1 §3.8.6). @throws AmbiguousContent */
export function checkConsistent(places: readonly Place[]): void {
  const types = new Map<string, TypeDefinition>()
  const check = ({ name, type }: ElementDeclaration): void => {
    const known = types.get(keyOf(name))
    if (known !== undefined && known !== type) throw new AmbiguousContent(name.localName)
    types.set(keyOf(name), type)
  }
  for (const { term } of places) {
    if (term.kind === 'element') for (const each of [term, ...term.substitutes]) check(each)
  }
}
