import { z } from 'zod'
import { rulesTextCharsMax, rulesTitleCharsMax } from '../../agreement/limits.js'
import type { RulesOfUse } from '../../agreement/rules-of-use.js'
import type { JsonValue } from '../../canonical-json.js'
import { numberText } from '../number-text.js'
import { plainJson } from '../registry/entry-schemas.js'
import { identifier } from '../registry/fields.js'

const moment = z.iso.datetime()
const bilingual = z.object({ az: z.string(), en: z.string() })

export const rulesVersion = numberText(1, 1_000_000)

export const rulesSchema = z
  .object({
    version: z.int(),
    title: bilingual,
    text: bilingual,
    inForceFrom: moment,
    publishedBy: z.string(),
    publishedAt: moment,
  })
  .meta({ id: 'RulesOfUse', description: 'A version of the rules of use' })

/** Of a list: its texts are read one by one. */
export const rulesListedSchema = rulesSchema
  .omit({ text: true })
  .meta({ id: 'ListedRulesOfUse', description: 'A version of the rules of use, without its text' })

const said = (charsMax: number) =>
  z
    .string()
    .min(1)
    .max(charsMax)
    .refine((text) => text.trim() !== '' && text.isWellFormed(), {
      params: { az: 'mətn yazılmalıdır', en: 'must be a text' },
    })
const given = (charsMax: number) => z.strictObject({ az: said(charsMax), en: said(charsMax) })

export const newRules = z
  .strictObject({
    title: given(rulesTitleCharsMax),
    text: given(rulesTextCharsMax),
    inForceFrom: z.iso
      .datetime({ offset: true })
      .optional()
      .describe('Without it: from now on; never in the past'),
  })
  .meta({ id: 'NewRulesOfUse' })
export type NewRules = z.infer<typeof newRules>

export const acknowledgementTerms = z
  .strictObject({ member: identifier })
  .meta({ id: 'NewRulesAcknowledgement' })

export const acknowledgementSchema = z
  .object({
    member: z.string(),
    by: z.string().optional(),
    at: moment.optional().describe('Absent while the participant has not acknowledged the rules'),
  })
  .meta({ id: 'RulesAcknowledgement', description: 'How a participant stands to the rules of use' })

export function rulesJson(rules: RulesOfUse): JsonValue {
  return plainJson(rules)
}

export function rulesListedJson(rules: RulesOfUse): JsonValue {
  return plainJson({ ...rules, text: undefined })
}
