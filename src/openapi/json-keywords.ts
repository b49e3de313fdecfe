import { Ajv2020 } from 'ajv/dist/2020.js'
import type { Format } from 'ajv'
import { fullFormats, type FormatName } from 'ajv-formats/dist/formats.js'
import { jsonCheckLimits } from '../limits.js'
import { isRecord } from './contract-tree.js'
import { LinearPattern } from './linear-pattern.js'

/** Formats that are held to; of others a schema only tells (draft 2020-12 §7.2.1). */
const checkedFormats: readonly FormatName[] = [
  ...(['date', 'time', 'date-time', 'duration', 'uuid', 'hostname', 'ipv4', 'ipv6'] as const),
  ...(['uri', 'uri-reference', 'json-pointer', 'int32', 'int64'] as const),
]

const email = fullFormats.email as RegExp
const base64 = /^[A-Za-z0-9+/]*={0,2}$/
const annotation = true

/**
 * A validator of draft 2020-12 that a hostile message cannot keep busy: patterns are matched in linear time, formats
 * look at texts of bounded length, items are compared by a set.
 */
export function makeValidator(allErrors: boolean): Ajv2020 {
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
  ajv.removeKeyword('multipleOf').removeKeyword('uniqueItems')
  ajv.addKeyword({ keyword: 'multipleOf', type: 'number', compile: multipleOf })
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
function multipleOf(divisor: number): (value: number) => boolean {
  const [divisorDigits, divisorScale] = decimalOf(divisor)
  return (value) => {
    const [digits, scale] = decimalOf(value)
    const shared = Math.max(scale, divisorScale)
    const whole = digits * 10n ** BigInt(shared - scale)
    return whole % (divisorDigits * 10n ** BigInt(shared - divisorScale)) === 0n
  }
}

/** The number is the digits divided by ten to the power of the scale. A double has at most 324 zeros. */
function decimalOf(value: number): [digits: bigint, scale: number] {
  const [mantissa = '0', exponent = '0'] = String(value).split('e')
  const [whole = '0', fraction = ''] = mantissa.split('.')
  const scale = fraction.length - Number(exponent)
  const digits = BigInt(whole + fraction)
  return scale >= 0 ? [digits, scale] : [digits * 10n ** BigInt(-scale), 0]
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
