import type { z } from 'zod'
import type { BilingualText } from './exchange/fault.js'

/** What a schema demands where a value breaks it. Nothing is quoted that was sent but names. */
export function schemaText(issue: z.core.$ZodIssue): BilingualText {
  switch (issue.code) {
    case 'invalid_type':
      return typeText(issue)
    case 'invalid_value': {
      const values = issue.values.map(String).join(', ')
      return { az: `bunlardan biri olmalıdır: ${values}`, en: `must be one of: ${values}` }
    }
    case 'too_small':
      return sizeText(issue.origin, issue.minimum, 'ən azı', 'at least')
    case 'too_big':
      return sizeText(issue.origin, issue.maximum, 'ən çoxu', 'at most')
    case 'invalid_format':
      return formatText(issue)
    case 'unrecognized_keys': {
      const keys = issue.keys.join(', ')
      return { az: `belə sahə yoxdur: ${keys}`, en: `no such field: ${keys}` }
    }
    case 'custom':
      return customText(issue)
    case 'not_multiple_of':
    case 'invalid_union':
    case 'invalid_key':
    case 'invalid_element':
      return { az: 'qiymət düzgün deyil', en: 'the value is not valid' }
  }
}

/** Of an empty place that it is empty, where the schema was asked to report what it was given (`reportInput`). */
function typeText({ expected, input }: z.core.$ZodIssueInvalidType): BilingualText {
  if (input === null)
    return { az: 'boşdur, doldurulmalıdır', en: 'is empty, and has to be filled in' }
  return {
    az: `növü ${azTypes[expected] ?? expected} olmalıdır`,
    en: `must be of type ${expected}`,
  }
}

const azTypes: Readonly<Record<string, string>> = {
  string: 'mətn',
  object: 'obyekt',
  array: 'siyahı',
  number: 'ədəd',
  int: 'tam ədəd',
}

function sizeText(
  origin: string,
  bound: number | bigint,
  azBound: string,
  enBound: string,
): BilingualText {
  const some = Number(bound) === 1 ? '' : 's'
  switch (origin) {
    case 'string':
      return {
        az: `${azBound} ${bound} simvol olmalıdır`,
        en: `must be ${enBound} ${bound} character${some}`,
      }
    case 'array':
      return {
        az: `${azBound} ${bound} element olmalıdır`,
        en: `must have ${enBound} ${bound} item${some}`,
      }
    default:
      return { az: `${azBound} ${bound} olmalıdır`, en: `must be ${enBound} ${bound}` }
  }
}

function formatText({ format, pattern }: z.core.$ZodIssueInvalidStringFormat): BilingualText {
  const form = format === 'regex' ? String(pattern) : format
  return { az: `bu formada olmalıdır: ${form}`, en: `must have this form: ${form}` }
}

/** What a `refine` of our own says: `{ params: { az, en } }`, or its message. */
function customText({ params, message }: z.core.$ZodIssueCustom): BilingualText {
  const { az, en } = (params ?? {}) as Partial<BilingualText>
  return { az: az ?? message, en: en ?? message }
}
