import { _, Ajv2020, type Code } from 'ajv/dist/2020.js'
import type {
  CodeKeywordDefinition,
  DataValidateFunction,
  Format,
  FuncKeywordDefinition,
} from 'ajv/dist/types/index.js'
import { fullFormats, type FormatName } from 'ajv-formats/dist/formats.js'
import { decimalOf, isMultiple } from '../json/decimal.js'
import { jsonCheckLimits } from '../limits/mediation.js'
import { isRecord } from './contract-tree.js'
import { boundOf, isInt64, type NumbersInHand } from './exact-numbers.js'
import { LinearPattern } from './linear-pattern.js'

/** Formats that are held to; of others a schema only tells (draft 2020-12 §7.2.1). */
const checkedFormats: readonly FormatName[] = [
  ...(['date', 'time', 'date-time', 'duration', 'uuid', 'hostname', 'ipv4', 'ipv6'] as const),
  ...(['uri', 'uri-reference', 'json-pointer', 'int32'] as const),
]

const email = fullFormats.email as RegExp
const base64 = /^[A-Za-z0-9+/]*={0,2}$/
const annotation = true

/**
 * A validator of draft 2020-12 that a hostile message cannot keep busy: patterns are matched in linear time, formats
 * look at texts of bounded length, items are compared by a set.
 * @param numbers - those of each message that no double is
 */
export function makeValidator(allErrors: boolean, numbers: NumbersInHand): Ajv2020 {
  const linear = (pattern: string): LinearPattern => new LinearPattern(pattern)
  linear.code = 'LinearPattern'
  const ajv = new Ajv2020({
    strict: false,
    allErrors,
    messages: false,
    logger: false,
    // The schemas have been held to it when they were read; each validator would compile it for itself.
    meta: false,
    validateSchema: false,
    // The library's type is that of RegExp, of which it calls `test` alone.
    code: { regExp: linear },
  })
  for (const name of checkedFormats) ajv.addFormat(name, bounded(fullFormats[name]))
  ajv.addFormat('email', (text) => text.length <= jsonCheckLimits.emailCharsMax && email.test(text))
  ajv.addFormat('byte', (text) => text.length % 4 === 0 && base64.test(text))
  ajv.addFormat('int64', { type: 'number', validate: isInt64 })
  ajv.removeKeyword('uniqueItems')
  for (const each of [multipleOf(numbers), ...boundKeywords(numbers)]) {
    ajv.removeKeyword(each.keyword as string).addKeyword(each)
  }
  ajv.addKeyword({ keyword: 'uniqueItems', type: 'array', compile: uniqueItems })
  return ajv
}

/** Makes the formats known that schemas use and nobody checks. */
export function tellFormats(ajv: Ajv2020, schema: unknown): void {
  if (Array.isArray(schema)) for (const each of schema) tellFormats(ajv, each)
  if (!isRecord(schema)) return
  const format = schema['format']
  if (typeof format === 'string' && !Object.hasOwn(ajv.formats, format))
    ajv.addFormat(format, annotation)
  for (const each of Object.values(schema)) tellFormats(ajv, each)
}

// Their regular expressions are not linear, or not known to be.
function bounded(format: Format): Format {
  if (format instanceof RegExp) {
    return (text: string) => text.length <= jsonCheckLimits.formatCharsMax && format.test(text)
  }
  if (typeof format !== 'object' || format.type === 'number') return format
  const check = format.validate as (text: string) => boolean
  return (text: string) => text.length <= jsonCheckLimits.formatCharsMax && check(text)
}

/** By decimal digits: 19.99 is a multiple of 0.01, which the quotient of the doubles denies. */
function multipleOf(numbers: NumbersInHand): FuncKeywordDefinition {
  const compile = (divisor: number): DataValidateFunction => {
    const by = boundOf(divisor)
    return (value: number, context) => {
      const odd = numbers.odd?.at(context?.parentData, context?.parentDataProperty)
      return isMultiple(odd ?? decimalOf(String(value)), by, jsonCheckLimits.exactDigitsMax)
    }
  }
  return { keyword: 'multipleOf', type: 'number', compile }
}

/** The library's own keywords for bounds, and for numbers that no double is what they are. */
function boundKeywords(numbers: NumbersInHand): CodeKeywordDefinition[] {
  const keyword = (name: string, breaks: Code, compared: Code): CodeKeywordDefinition => ({
    keyword: name,
    type: 'number',
    schemaType: 'number',
    error: { message: '', params: ({ schemaCode }) => _`{limit: ${schemaCode}}` },
    code(context) {
      const { gen, data, schemaCode, it } = context
      const inHand = gen.scopeValue('obj', { ref: numbers })
      const place = _`${it.parentData}, ${it.parentDataProperty}`
      const exact = _`${inHand}.odd.compare(${data}, ${schemaCode}, ${place}) ${compared} 0`
      context.fail(_`${inHand}.odd === undefined ? ${data} ${breaks} ${schemaCode} : ${exact}`)
    },
  })
  return [
    keyword('maximum', _`>`, _`>`),
    keyword('minimum', _`<`, _`<`),
    keyword('exclusiveMaximum', _`>=`, _`>=`),
    keyword('exclusiveMinimum', _`<=`, _`<=`),
  ]
}

function uniqueItems(isAsked: boolean): (items: readonly unknown[]) => boolean {
  return (items) => !isAsked || new Set(items.map(canonical)).size === items.length
}

/** The same text for equal values (draft 2020-12 §4.2.2). */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (!isRecord(value)) return JSON.stringify(value)
  const names = Object.keys(value).sort()
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`
}
