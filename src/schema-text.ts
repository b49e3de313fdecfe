import type { z } from 'zod'
import type { BilingualText } from './exchange/fault.js'

/** What a schema demands where a value breaks it. Nothing is quoted that was sent but names. */
export function schemaText(issue: z.core.$ZodIssue): BilingualText {
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
