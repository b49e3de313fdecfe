import type { XmlElement } from '../../xml/document.js'
import { checkText, normaliseText } from '../check-text.js'
import type { Facets, SimpleType } from '../schema-model.js'
import { comparisonWith, isOrdered } from '../value/compare.js'
import { partsOf, type Problems, type SchemaScope } from './schema-scope.js'
import type { InMaking } from './resolver.js'

const counted = ['length', 'minLength', 'maxLength', 'totalDigits', 'fractionDigits'] as const
const bounding = ['minInclusive', 'maxInclusive', 'minExclusive', 'maxExclusive'] as const
const spaces = ['preserve', 'replace', 'collapse'] as const

/** Reads the facets of a restriction and joins them with those in force. */
export function readFacets(
  problems: Problems,
  scope: SchemaScope,
  restriction: XmlElement,
  base: SimpleType,
): Facets {
  return new FacetReader(problems, scope, restriction, base).read()
}

class FacetReader {
  readonly #facets: InMaking<Facets>
  readonly #own = new Set<string>()
  readonly #patterns: string[] = []
  readonly #values: string[] = []

  constructor(
    readonly problems: Problems,
    readonly scope: SchemaScope,
    readonly restriction: XmlElement,
    readonly base: SimpleType,
  ) {
    this.#facets = { ...base.facets }
  }

  read(): Facets {
    const { document } = this.scope
    for (const element of partsOf(this.scope, this.restriction)) {
      const name = document.localName(element)
      if (name === 'simpleType' || name.startsWith('attribute') || name === 'anyAttribute') continue
      this.#readOne(element, name, document.attribute(element, '', 'value'))
    }
    if (this.#patterns.length > 0) {
      this.#facets.patterns = [...(this.base.facets.patterns ?? []), this.#patterns]
    }
    if (this.#values.length > 0) this.#facets.enumeration = this.#values
    this.#checkTogether()
    return this.#facets
  }

  #readOne(element: XmlElement, name: string, value: string | undefined): void {
    if (value === undefined || !this.#applies(name)) {
      this.problems.add('invalid', this.scope, element, `xs:${name}`)
      return
    }
    if (name === 'pattern') {
      this.#patterns.push(value)
      return
    }
    if (name === 'enumeration') {
      this.#addValue(element, value)
      return
    }
    if (this.#own.has(name)) this.problems.add('repeated', this.scope, element, `xs:${name}`)
    this.#own.add(name)
    if (name === 'whiteSpace') this.#setSpace(element, value.trim())
    for (const facet of counted) if (facet === name) this.#setCount(element, facet, value.trim())
    for (const facet of bounding) if (facet === name) this.#setBound(element, facet, value)
  }

  /** Which facets a type has (part 2 §4.1.5). */
  #applies(name: string): boolean {
    const { variety, primitive } = this.base
    if (name === 'pattern') return true
    if (name === 'enumeration') return primitive !== 'boolean'
    if (variety === 'union') return false
    if (name === 'whiteSpace') return true
    const hasLength =
      variety === 'list' ||
      ['string', 'anyURI', 'hexBinary', 'base64Binary', 'QName', 'NOTATION'].includes(primitive)
    if (name.toLowerCase().endsWith('length')) return hasLength
    if (name.endsWith('Digits')) return primitive === 'decimal' && variety === 'atomic'
    return isOrdered(primitive) && variety === 'atomic'
  }

  #addValue(element: XmlElement, value: string): void {
    if (this.base.primitive === 'QName') {
      this.problems.add('unsupported', this.scope, element, 'xs:enumeration: xs:QName')
    } else if (checkText(this.base, value)) {
      this.problems.add('value', this.scope, element, value)
    } else {
      this.#values.push(value)
    }
  }

  #setSpace(element: XmlElement, value: string): void {
    const found = spaces.find((each) => each === value)
    const before = spaces.indexOf(this.base.facets.whiteSpace)
    if (found && spaces.indexOf(found) >= before) this.#facets.whiteSpace = found
    else this.problems.add('invalid', this.scope, element, `xs:whiteSpace ${value}`)
  }

  #setCount(element: XmlElement, facet: (typeof counted)[number], value: string): void {
    const count = /^\+?[0-9]{1,15}$/.test(value) ? Number(value) : undefined
    const before = this.base.facets[facet]
    const loosens =
      count !== undefined &&
      before !== undefined &&
      (facet === 'length'
        ? count !== before
        : facet === 'minLength'
          ? count < before
          : count > before)
    if (count === undefined || loosens || (facet === 'totalDigits' && count === 0)) {
      this.problems.add('invalid', this.scope, element, `xs:${facet} ${value}`)
    } else {
      this.#facets[facet] = count
    }
  }

  #setBound(element: XmlElement, facet: (typeof bounding)[number], value: string): void {
    const found = checkText(this.base, value)
    const isSame = this.base.facets[facet] === value.trim()
    // An exclusive bound may be the bound of the base again, which no value has.
    if (found && !isSame && !(facet.endsWith('Exclusive') && isBoundRule(found.rule))) {
      this.problems.add('value', this.scope, element, `xs:${facet} ${value}`)
    } else {
      this.#facets[facet] = normaliseText(this.base, value)
    }
  }

  #checkTogether(): void {
    const { length, minLength, maxLength, totalDigits, fractionDigits } = this.#facets
    const isEmpty =
      (minLength ?? 0) > (maxLength ?? Infinity) ||
      (length !== undefined && (length < (minLength ?? 0) || length > (maxLength ?? Infinity))) ||
      (fractionDigits ?? 0) > (totalDigits ?? Infinity) ||
      (this.#own.has('minInclusive') && this.#own.has('minExclusive')) ||
      (this.#own.has('maxInclusive') && this.#own.has('maxExclusive')) ||
      this.#crosses('minInclusive', 'maxInclusive', false) ||
      this.#crosses('minInclusive', 'maxExclusive', true) ||
      this.#crosses('minExclusive', 'maxInclusive', true) ||
      this.#crosses('minExclusive', 'maxExclusive', false)
    if (isEmpty)
      this.problems.add('invalid', this.scope, this.restriction, [...this.#own].join(', '))
  }

  /** Whether the lower bound is above the upper one, or the same where that leaves no value. */
  #crosses(
    lower: (typeof bounding)[number],
    upper: (typeof bounding)[number],
    orEqual: boolean,
  ): boolean {
    const from = this.#facets[lower]
    const to = this.#facets[upper]
    if (from === undefined || to === undefined) return false
    if (!this.#own.has(lower) && !this.#own.has(upper)) return false
    const order = comparisonWith(this.base.primitive, to)?.(from) ?? 0
    return order > 0 || (orEqual && order === 0)
  }
}

function isBoundRule(rule: string): boolean {
  return rule === 'above' || rule === 'below'
}
