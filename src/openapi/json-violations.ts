import type { ErrorObject } from 'ajv'
import { jsonCheckLimits } from '../limits/mediation.js'
import type { ViolationRule } from '../violation/violation-text.js'
import { violation, type Violation } from '../violation/violation.js'
import { isRecord, type PlainRecord } from './contract-tree.js'

/** Rules by the keyword that was broken, and which of its parameters is the contract's word. */
const rules: ReadonlyMap<string, readonly [rule: ViolationRule, parameter?: string]> = new Map([
  ['enum', ['enumeration', 'allowedValues']],
  ['const', ['fixed', 'allowedValue']],
  ['pattern', ['pattern', 'pattern']],
  ['format', ['type', 'format']],
  ['minLength', ['tooShort', 'limit']],
  ['maxLength', ['tooLong', 'limit']],
  ['minItems', ['tooFew', 'limit']],
  ['maxItems', ['tooMany', 'limit']],
  ['contains', ['tooFew', 'minContains']],
  ['minProperties', ['tooFew', 'limit']],
  ['maxProperties', ['tooMany', 'limit']],
  ['minimum', ['tooSmall', 'limit']],
  ['maximum', ['tooLarge', 'limit']],
  ['exclusiveMinimum', ['above', 'limit']],
  ['exclusiveMaximum', ['below', 'limit']],
  ['multipleOf', ['multipleOf']],
  ['uniqueItems', ['unique']],
  ['items', ['tooMany', 'limit']],
  ['unevaluatedItems', ['tooMany', 'len']],
  ['false schema', ['unknown']],
])

const choices = new Set(['oneOf', 'anyOf', 'not', 'if'])

/**
 * What a validator found, in the bus's words. Of a choice that fits nothing it is told first, then what each variant
 * misses.
 * @param root - where the value stands in the message, empty for the payload itself
 */
export function violationsOf(
  errors: readonly ErrorObject[],
  value: unknown,
  root: string,
): Violation[] {
  const isChoice = ({ keyword }: ErrorObject): boolean => choices.has(keyword)
  const ordered = [...errors.filter(isChoice), ...errors.filter((error) => !isChoice(error))]
  const found = new Map<string, Violation>()
  for (const error of ordered) {
    if (found.size === jsonCheckLimits.violationsMax) break
    const each = violationOf(error, value, root)
    found.set(`${each.path} ${each.text.en}`, each)
  }
  return [...found.values()]
}

function violationOf(error: ErrorObject, value: unknown, root: string): Violation {
  const { keyword, instancePath } = error
  const params = error.params as PlainRecord
  const { path, target } = placeOf(instancePath, value, root)
  const at = (name: unknown): string => shortened(`${path}/${String(name)}`)
  switch (keyword) {
    case 'required':
    case 'dependentRequired':
      return violation(at(params['missingProperty']), 'missing', String(params['missingProperty']))
    case 'additionalProperties':
      return violation(at(params['additionalProperty']), 'unknown')
    case 'unevaluatedProperties':
      return violation(at(params['unevaluatedProperty']), 'unknown')
    case 'propertyNames':
      return violation(at(params['propertyName']), 'unknown')
    case 'type':
      return target === null
        ? violation(path, 'null')
        : violation(path, 'type', termOf(params['type']))
    default: {
      if (choices.has(keyword)) return violation(path, 'choice')
      const [rule, parameter] = rules.get(keyword) ?? (['choice'] as const)
      const term = parameter === undefined ? termOf(error.schema) : termOf(params[parameter])
      return violation(path, rule, term)
    }
  }
}

/** `/iller/1/kapital` is `/iller[2]/kapital`: which part is an index is known by the value alone. */
function placeOf(
  pointer: string,
  value: unknown,
  root: string,
): { readonly path: string; readonly target: unknown } {
  let path = root
  let target = value
  for (const token of pointer.split('/').slice(1)) {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~')
    if (Array.isArray(target)) {
      path += `[${Number(name) + 1}]`
      target = target[Number(name)] as unknown
    } else {
      path += `/${name}`
      target = isRecord(target) ? target[name] : undefined
    }
  }
  return { path: shortened(path.startsWith('[') ? `/${path}` : path), target }
}

function shortened(path: string): string {
  const max = jsonCheckLimits.pathCharsMax
  return path.length > max ? `${path.slice(0, max).toWellFormed()}…` : path
}

function termOf(term: unknown): string {
  const text = Array.isArray(term) ? term.slice(0, 20).map(termOf).join(', ') : plainTerm(term)
  return text.length > 300 ? `${text.slice(0, 300).toWellFormed()}…` : text
}

function plainTerm(term: unknown): string {
  if (term === undefined) return '–'
  return typeof term === 'string' ? term : JSON.stringify(term)
}
