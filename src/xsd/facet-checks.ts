import { xsdLimits } from '../limits/contracts.js'
import type { ViolationRule } from '../violation/violation-text.js'
import { Pattern } from './pattern/pattern.js'
import type { Primitive, SimpleType } from './schema-model.js'
import { base64Bytes, hexBytes } from './value/binary.js'
import { comparisonWith, isOrdered } from './value/compare.js'
import { readDecimal } from './value/decimal.js'
import { listItems } from './white-space.js'

/** What is wrong with a text: a rule, and the schema's own word. */
export interface TextFinding {
  readonly rule: ViolationRule
  readonly term?: string | number
}

/** Looks at a normalised text, of which it is known that it has the form of the type. */
export type TextCheck = (text: string) => TextFinding | undefined

/** What a list of expected words may take of a violation. */
export function shortList(words: readonly string[]): string {
  const all = words.join(', ')
  return all.length > xsdLimits.termCharsMax ? `${all.slice(0, xsdLimits.termCharsMax)}…` : all
}

/** Checks of all facets but enumeration, compiled. @throws PatternError */
export function facetChecks(type: SimpleType): TextCheck[] {
  const { facets } = type
  return [
    ...lengthChecks(type),
    ...(facets.patterns ?? []).map(patternCheck),
    ...(isOrdered(type.primitive) && type.variety === 'atomic' ? boundChecks(type) : []),
    ...(type.primitive === 'decimal' ? digitChecks(type) : []),
  ]
}

/** How a length is measured (part 2 §4.3.1): characters, bytes or items; undefined where it is not. */
function measureOf(type: SimpleType): ((text: string) => number) | undefined {
  if (type.variety === 'list') return (text) => listItems(text).length
  if (type.variety === 'union') return undefined
  return measures[type.primitive]
}

const measures: Readonly<Partial<Record<Primitive, (text: string) => number>>> = {
  string: characters,
  anyURI: characters,
  hexBinary: (text) => hexBytes(text) ?? 0,
  base64Binary: (text) => base64Bytes(text) ?? 0,
}

/** Characters, not code units. */
function characters(text: string): number {
  let count = text.length
  for (let at = 0; at < text.length; at++) {
    if ((text.charCodeAt(at) & 0xfc00) === 0xd800) count--
  }
  return count
}

function lengthChecks(type: SimpleType): TextCheck[] {
  const measure = measureOf(type)
  const { length, minLength, maxLength } = type.facets
  if (!measure) return []
  const checks: TextCheck[] = []
  if (length !== undefined) {
    checks.push((text) => (measure(text) === length ? undefined : { rule: 'length', term: length }))
  }
  if (minLength !== undefined) {
    checks.push((text) =>
      measure(text) >= minLength ? undefined : { rule: 'tooShort', term: minLength },
    )
  }
  if (maxLength !== undefined) {
    checks.push((text) =>
      measure(text) <= maxLength ? undefined : { rule: 'tooLong', term: maxLength },
    )
  }
  return checks
}

/** One step of derivation: one of the patterns matches. */
function patternCheck(sources: readonly string[]): TextCheck {
  const patterns = sources.map((source) => new Pattern(source))
  const term = sources.join(' | ')
  const charsMax = Math.min(...patterns.map((pattern) => pattern.charsMax))
  return (text) => {
    if (text.length > charsMax) return { rule: 'tooLong', term: charsMax }
    return patterns.some((pattern) => pattern.matches(text)) ? undefined : { rule: 'pattern', term }
  }
}

const bounds = [
  ['minInclusive', 'tooSmall', (order: number) => order >= 0],
  ['maxInclusive', 'tooLarge', (order: number) => order <= 0],
  ['minExclusive', 'above', (order: number) => order > 0],
  ['maxExclusive', 'below', (order: number) => order < 0],
] as const

function boundChecks({ primitive, facets }: SimpleType): TextCheck[] {
  return bounds.flatMap(([facet, rule, holds]) => {
    const bound = facets[facet]
    const compare = bound === undefined ? undefined : comparisonWith(primitive, bound)
    if (!compare || bound === undefined) return []
    const check: TextCheck = (text) => {
      const order = compare(text)
      // Without an order the value is not known to be within.
      return order !== undefined && holds(order) ? undefined : { rule, term: bound }
    }
    return [check]
  })
}

function digitChecks({ builtIn, facets }: SimpleType): TextCheck[] {
  const { totalDigits, fractionDigits } = facets
  const checks: TextCheck[] = []
  if (totalDigits !== undefined) {
    checks.push((text) => {
      const { whole, fraction } = readDecimal(text)
      const digits = whole.length + fraction.length
      return digits <= totalDigits ? undefined : { rule: 'digits', term: totalDigits }
    })
  }
  if (fractionDigits !== undefined && fractionDigits > 0) {
    checks.push((text) =>
      readDecimal(text).fraction.length <= fractionDigits
        ? undefined
        : { rule: 'fraction', term: fractionDigits },
    )
  } else if (fractionDigits === 0 && builtIn === 'decimal') {
    // The form of an integer has no fraction anyway.
    checks.push((text) =>
      readDecimal(text).fraction === '' ? undefined : { rule: 'fraction', term: 0 },
    )
  }
  return checks
}
