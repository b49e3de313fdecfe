import type { ElementDeclaration } from '../xsd/schema-model.js'
import { problemsOf } from './check-shape.js'
import { deriveShape, type NameStyle } from './derive-shape.js'
import { editShape } from './edit-shape.js'
import { MappingError, problem, type MappingProblem } from './mapping-problem.js'
import type { Rule } from './refinement.js'
import { changesOf } from './rule-changes.js'
import type { ElementProperty } from './shape.js'

/** The rules for one message, and whether it is one of which something may be left out. */
export interface MessageRules {
  readonly names: NameStyle
  readonly rules: readonly Rule[]
  /** A reply may lose what nobody wants, by rule; a request never. */
  readonly mayIgnore: boolean
}

/**
 * The JSON form of an element with the rules of `mapping.yaml` applied, checked to be one without loss.
 * @throws MappingError with all that is wrong with the schema and with the rules
 */
export function refinedShape(
  element: ElementDeclaration,
  { names, rules, mayIgnore }: MessageRules,
): ElementProperty {
  const problems: MappingProblem[] = []
  let root = deriveShape(element, names)
  const said = new Set<string>()
  for (const rule of rules) {
    for (const change of changesOf(rule, mayIgnore)) {
      const key = `${rule.path} ${change.key}`
      if (said.has(key)) problems.push({ path: rule.path, ...problem('twoRules', change.key) })
      said.add(key)
      const edited = editShape(root, rule.path, change)
      if (typeof edited === 'string') {
        const isNowhere = edited === 'nowhere'
        const text = isNowhere ? problem('noSuchPath', rule.path) : problem('wrongRule', edited)
        problems.push({ path: rule.path, ...text })
      } else root = edited
    }
  }
  problems.push(...problemsOf(root))
  if (problems.length > 0) throw new MappingError(problems)
  return root
}
