import type { z } from 'zod'
import { schemaText } from '../schema-text.js'
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
  const { az, en } = schemaText(issue)
  return { pointer: short(pointer), detail: { az: short(az), en: short(en) } }
}

function short(text: string): string {
  return text.length <= problemDetailCharsMax
    ? text
    : `${text.slice(0, problemDetailCharsMax - 1).toWellFormed()}…`
}
