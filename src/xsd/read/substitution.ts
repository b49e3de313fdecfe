import { xsdLimits } from '../../limits/contracts.js'
import { anyType } from '../built-in-types.js'
import {
  keyOf,
  type ComplexType,
  type Derivation,
  type ElementDeclaration,
  type TypeDefinition,
} from '../schema-model.js'
import type { Components, Substitution } from './components.js'
import type { InMaking } from './resolver.js'

/** Fills in who may stand for whom: types by `xsi:type`, elements by substitution groups. */
export function fillSubstitutes(components: Components): void {
  for (const type of components.types.values()) if (type.kind === 'complex') fillDerived(type)
  const members = new Map<string, Substitution[]>()
  for (const each of components.substitutions) {
    const key = keyOf(each.head)
    const known = members.get(key)
    if (known) known.push(each)
    else members.set(key, [each])
  }
  for (const [key] of members) {
    const head = components.elements.get(key)
    if (!head || head.blocks?.includes('substitution') === true) continue
    const found = new Set<ElementDeclaration>()
    gather(components, head, key, members, found, new Set(), 0)
    ;(head as InMaking<ElementDeclaration>).substitutes = [...found].filter(
      (member) => !member.isAbstract,
    )
  }
}

/** Adds a type to all that it is derived from, up to the first that blocks the way of derivation. */
function fillDerived(type: ComplexType): void {
  if (type.isAbstract) return
  const ways = new Set<Derivation>()
  const seen = new Set<ComplexType>([type])
  for (let at = type; at.base && !seen.has(at.base); at = at.base) {
    seen.add(at.base)
    if (at.derivation) ways.add(at.derivation)
    const isBlocked = at.base.blocks?.some((way) => ways.has(way)) === true
    if (!isBlocked) (at.base as InMaking<ComplexType>).derived = [...at.base.derived, type]
  }
}

function gather(
  components: Components,
  head: ElementDeclaration,
  key: string,
  members: ReadonlyMap<string, readonly Substitution[]>,
  found: Set<ElementDeclaration>,
  seen: Set<string>,
  depth: number,
): void {
  if (seen.has(key) || depth > xsdLimits.nestingMax) return
  seen.add(key)
  for (const { member, scope, element } of members.get(key) ?? []) {
    if (depth === xsdLimits.nestingMax) {
      components.problems.add('tooLarge', scope, element, String(depth))
      return
    }
    const ways = waysFrom(member.type, head.type)
    if (!ways) {
      components.problems.add('invalid', scope, element, 'xs:element/@substitutionGroup')
    } else if (
      !ways.some((way) => head.blocks?.includes(way) === true || blocksOf(head.type, way))
    ) {
      found.add(member)
    }
    gather(components, head, keyOf(member.name), members, found, seen, depth + 1)
  }
}

function blocksOf(type: TypeDefinition, way: Derivation): boolean {
  return type.kind === 'complex' && type.blocks?.includes(way) === true
}

/** The ways of derivation from one type to another; undefined where it is not derived. */
export function waysFrom(
  derived: TypeDefinition,
  base: TypeDefinition,
): readonly Derivation[] | undefined {
  const ways: Derivation[] = []
  let at: TypeDefinition | undefined = derived
  for (let steps = 0; at && steps < 1_000; steps++) {
    if (at === base) return ways
    if (at.kind === 'complex' && at.derivation === 'extension') ways.push('extension')
    else ways.push('restriction')
    if (base.kind === 'simple' && base.memberTypes.includes(at as never)) return ways
    at = at.kind === 'complex' ? (at.base ?? simpleBaseOf(at)) : at.base
  }
  return base === anyType ? ways : undefined
}

/** The simple type that a complex type extends. */
function simpleBaseOf({ base, content }: ComplexType): TypeDefinition | undefined {
  return base === undefined && content.kind === 'simple' ? content.type : undefined
}
