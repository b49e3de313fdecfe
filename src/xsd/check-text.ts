import { facetChecks, shortList, type TextCheck, type TextFinding } from './facet-checks.js'
import type { Primitive, SimpleType } from './schema-model.js'
import { base64Bytes, hexBytes } from './value/binary.js'
import { keyOfValue } from './value/compare.js'
import { isDecimal, isInteger } from './value/decimal.js'
import { readDuration } from './value/duration.js'
import { isFloat } from './value/float.js'
import { isNameOf, isUriText } from './value/name.js'
import { readTemporal } from './value/temporal.js'
import { listItems, normaliseSpace } from './white-space.js'

/**
 * What is wrong with a text as a value of a simple type, white space normalised as the type says;
 * undefined where nothing is. The finding quotes the schema, never the text. Whether the prefix of a QName
 * is declared is for whoever knows where it stands.
 */
export function checkText(type: SimpleType, text: string): TextFinding | undefined {
  return textChecker(type).check(text)
}

/** The text with white space normalised as the type says (part 2 §4.3.6); of a union, as its member says. */
export function normaliseText(type: SimpleType, text: string): string {
  return textChecker(type).normalise(text)
}

/** A text that equal values of the type share, and no others. The text is a valid value. */
export function valueKey(type: SimpleType, text: string): string {
  return textChecker(type).key(text)
}

/** A simple type, compiled. */
export interface TextChecker {
  /** Of a text as it stands in the message. */
  check(text: string): TextFinding | undefined
  normalise(text: string): string
  /** Of a valid text. */
  key(text: string): string
}

const checkers = new WeakMap<SimpleType, TextChecker>()

/** The compiled type, compiled once. @throws PatternError where it has a pattern that is not accepted */
export function textChecker(type: SimpleType): TextChecker {
  const known = checkers.get(type)
  if (known) return known
  const made =
    type.variety === 'union'
      ? unionChecker(type)
      : type.variety === 'list' && type.itemType
        ? listChecker(type, type.itemType)
        : atomicChecker(type)
  checkers.set(type, made)
  return made
}

function firstFinding(checks: readonly TextCheck[], text: string): TextFinding | undefined {
  for (const check of checks) {
    const found = check(text)
    if (found) return found
  }
  return undefined
}

function atomicChecker(type: SimpleType): TextChecker {
  const { builtIn, primitive } = type
  const { whiteSpace } = type.facets
  const hasForm = formOf(type)
  const wrong: TextFinding = { rule: 'type', term: builtIn }
  const key = (text: string): string =>
    `${primitive} ${keyOfValue(primitive, normaliseSpace(text, whiteSpace))}`
  const checks = [...facetChecks(type), ...enumerationCheck(type, key)]
  return {
    check(text) {
      const value = normaliseSpace(text, whiteSpace)
      return hasForm(value) ? firstFinding(checks, value) : wrong
    },
    normalise: (text) => normaliseSpace(text, whiteSpace),
    key,
  }
}

type TextForm = (text: string) => boolean

const anyText: TextForm = () => true
const isQName: TextForm = (text) => isNameOf('QName', text)
const isBoolean: TextForm = (text) =>
  text === 'true' || text === 'false' || text === '1' || text === '0'

/** Lexical spaces of primitive types; those of dates and times come from `readTemporal`. */
const forms: Readonly<Partial<Record<Primitive, TextForm>>> = {
  any: anyText,
  boolean: isBoolean,
  float: isFloat,
  double: isFloat,
  hexBinary: (text) => hexBytes(text) !== undefined,
  base64Binary: (text) => base64Bytes(text) !== undefined,
  anyURI: isUriText,
  QName: isQName,
  NOTATION: isQName,
  duration: (text) => readDuration(text) !== undefined,
}

/** Whether a normalised text is in the lexical space of the built-in type. */
function formOf({ primitive, builtIn }: SimpleType): TextForm {
  if (primitive === 'string') return (text) => isNameOf(builtIn, text)
  if (primitive === 'decimal') return builtIn === 'decimal' ? isDecimal : isInteger
  return forms[primitive] ?? ((text) => readTemporal(primitive, text) !== undefined)
}

function enumerationCheck(type: SimpleType, key: (text: string) => string): TextCheck[] {
  const { enumeration } = type.facets
  if (!enumeration) return []
  const allowed = new Set(enumeration.map(key))
  const term = shortList(enumeration)
  return [(text) => (allowed.has(key(text)) ? undefined : { rule: 'enumeration', term })]
}

function listChecker(type: SimpleType, itemType: SimpleType): TextChecker {
  const items = textChecker(itemType)
  const key = (text: string): string =>
    listItems(normaliseSpace(text, 'collapse'))
      .map((item) => items.key(item))
      .join(' ')
  const checks = [...facetChecks(type), ...enumerationCheck(type, key)]
  return {
    check(text) {
      const value = normaliseSpace(text, 'collapse')
      for (const item of listItems(value)) {
        const found = items.check(item)
        if (found) return found
      }
      return firstFinding(checks, value)
    },
    normalise: (text) => normaliseSpace(text, 'collapse'),
    key,
  }
}

/** The first member type that takes the text is the one that it has (part 2 §2.5.1.3). */
function unionChecker(type: SimpleType): TextChecker {
  const members = type.memberTypes.map(textChecker)
  const wrong: TextFinding = {
    rule: 'type',
    term: shortList(type.memberTypes.map((member) => member.name?.localName ?? member.builtIn)),
  }
  const memberOf = (text: string): TextChecker | undefined =>
    members.find((member) => member.check(text) === undefined)
  const key = (text: string): string => memberOf(text)?.key(text) ?? text
  const checks = [...facetChecks(type), ...enumerationCheck(type, key)]
  return {
    check(text) {
      const member = memberOf(text)
      return member ? firstFinding(checks, member.normalise(text)) : wrong
    },
    normalise: (text) => memberOf(text)?.normalise(text) ?? text,
    key,
  }
}
