import type { z } from 'zod'
import type { BilingualText } from '../exchange/fault.js'
import { problemDetailCharsMax } from './limits.js'
import type { ProblemPlace } from './problem.js'

/**
 * Where and how a value breaks its schema. The texts say what is demanded, and quote nothing that was sent but names.
 * @param name - of the parameter, where the value is one
 */
export function placeOfIssue(
  issue: z.core.$ZodIssue,
  isBody: boolean,
  name: string | undefined,
): ProblemPlace {
  const path = issue.path.map(String)
  const pointer = isBody
    ? path.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
    : [...(name === undefined ? [] : [name]), ...path].join('.')
  const { az, en } = textOf(issue)
  return { pointer: short(pointer), detail: { az: short(az), en: short(en) } }
}

function short(text: string): string {
  return text.length <= problemDetailCharsMax
    ? text
    : `${text.slice(0, problemDetailCharsMax - 1).toWellFormed()}…`
}

function textOf(issue: z.core.$ZodIssue): BilingualText {
  switch (issue.code) {
    case 'invalid_type':
      return { az: `növü ${issue.expected} olmalıdır`, en: `must be of type ${issue.expected}` }
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

const units: Readonly<Record<string, BilingualText>> = {
  string: { az: ' simvol', en: ' characters' },
  array: { az: ' element', en: ' items' },
}

function sizeText(
  origin: string,
  bound: number | bigint,
  azBound: string,
  enBound: string,
): BilingualText {
  const unit = units[origin] ?? { az: '', en: '' }
  return {
    az: `${azBound} ${bound}${unit.az} olmalıdır`,
    en: `must be ${enBound} ${bound}${unit.en}`,
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
