import { z } from 'zod'
import { isCheckedByProgram } from '../../conformity/check-conformity.js'
import { objectKinds, type RequirementSet } from '../../conformity/requirement.js'
import { reasonText } from '../reason-text.js'
import { requirementsMax } from './limits.js'

const ways = ['automatic', 'document', 'data'] as const
const text = z
  .string()
  .trim()
  .min(1)
  .max(1_000)
  .regex(/^\P{Cc}+$/u)
const bilingual = z.strictObject({ az: text, en: text })
const moment = z.iso.datetime({ offset: true })

const requirementSchema = z
  .object({
    code: z.string(),
    text: z.object({ az: z.string(), en: z.string() }),
    clause: z.string(),
    appliesTo: z.array(z.enum(objectKinds)),
    by: z.enum(ways),
  })
  .meta({ id: 'TechnicalRequirement' })

/** A version of the technical requirements as the API gives it. */
export const requirementSetSchema = z
  .object({
    version: z.int(),
    inForceFrom: z.iso.datetime(),
    recheckUntil: z.iso.datetime().optional(),
    requirements: z.array(requirementSchema),
  })
  .meta({ id: 'RequirementSet', description: 'A version of the technical requirements' })
export type RequirementSetJson = z.infer<typeof requirementSetSchema>

const newRequirement = z
  .strictObject({
    code: z.string().regex(/^TT-[0-9]{2,3}$/),
    text: bilingual,
    clause: text,
    appliesTo: z.array(z.enum(objectKinds)).min(1).max(objectKinds.length),
    by: z.enum(ways),
  })
  .refine(({ by, code }) => by !== 'automatic' || isCheckedByProgram(code), {
    path: ['by'],
    params: {
      az: 'bu kodlu tələbi yoxlayan proqram yoxdur: document və ya data yazın',
      en: 'no program checks a requirement of this code: say document or data',
    },
  })

/** The next version. */
export const newRequirementSet = z
  .strictObject({
    inForceFrom: moment,
    recheckUntil: moment.optional(),
    requirements: z.array(newRequirement).min(1).max(requirementsMax),
    reason: reasonText,
  })
  .superRefine(({ inForceFrom, recheckUntil, requirements }, context) => {
    if (recheckUntil !== undefined && new Date(recheckUntil) < new Date(inForceFrom)) {
      const params = { az: 'inForceFrom-dan əvvəldir', en: 'is before inForceFrom' }
      context.addIssue({ code: 'custom', path: ['recheckUntil'], params })
    }
    const seen = new Set<string>()
    for (const [at, { code }] of requirements.entries()) {
      if (seen.has(code)) {
        const params = { az: 'bu kod iki dəfə var', en: 'has a code that is there twice' }
        context.addIssue({ code: 'custom', path: ['requirements', at, 'code'], params })
      }
      seen.add(code)
    }
  })
  .meta({ id: 'NewRequirementSet' })
export type NewRequirementSetJson = z.infer<typeof newRequirementSet>

export function requirementSetJson(set: RequirementSet): RequirementSetJson {
  const { version, inForceFrom, recheckUntil, requirements } = set
  return {
    version,
    inForceFrom: inForceFrom.toISOString(),
    ...(recheckUntil && { recheckUntil: recheckUntil.toISOString() }),
    requirements: requirements.map((each) => ({ ...each, appliesTo: [...each.appliesTo] })),
  }
}
