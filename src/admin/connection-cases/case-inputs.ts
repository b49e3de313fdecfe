import { z } from 'zod'
import { caseStates } from '../../connection/case-state.js'
import { approvers } from '../../connection/domain-profile.js'
import {
  caseTextCharsMax,
  evidenceFilesMax,
  evidenceNameCharsMax,
  missingNamedMax,
} from '../../connection/limits.js'
import { applicationLimits } from '../../conformity/limits.js'
import { objectKinds } from '../../conformity/requirement.js'
import { domainCode } from '../domains/domain-json.js'
import { pageQuery } from '../paging.js'
import { reasonText } from '../reason-text.js'
import { identifier } from '../registry/fields.js'
import { archivable } from '../registry/registry-entries.js'

/** What officers and participants say in a case. */

const words = { az: 'mətn yazılmalıdır, idarəedici simvolsuz', en: 'must say something' }

/** A text of a document: of several lines, but with nothing that no paper has. */
const text = z
  .string()
  .min(1)
  .max(caseTextCharsMax)
  .refine((said) => said.trim() !== '' && said.isWellFormed() && !/[^\P{Cc}\n\r\t]/u.test(said), {
    params: words,
  })
const line = (charsMax: number) =>
  z
    .string()
    .min(1)
    .max(charsMax)
    .refine((said) => said.trim() !== '' && said.isWellFormed() && !/\p{Cc}/u.test(said), {
      params: words,
    })

export const caseId = z.uuid()

/** Members of the application that change; `null` takes one away. */
export const applicationChange = z
  .record(z.string().max(100), z.json())
  .refine((change) => Object.keys(change).length > 0, {
    params: { az: 'dəyişiklik yoxdur', en: 'changes nothing' },
  })
  .meta({ id: 'ApplicationChange' })

const remark = text.optional()

export const remarkTerms = z.strictObject({ remark }).meta({ id: 'CaseRemark' })

export const missingTerms = z
  .strictObject({
    missing: z
      .array(
        z.strictObject({
          pointer: line(evidenceNameCharsMax)
            .optional()
            .describe('JSON Pointer into the application'),
          az: line(caseTextCharsMax),
          en: line(caseTextCharsMax).optional(),
        }),
      )
      .min(1)
      .max(missingNamedMax),
    remark,
  })
  .meta({ id: 'MissingData' })

export const judgement = z
  .strictObject({
    code: line(100),
    result: z.enum(['pass', 'fail', 'warning', 'not-applicable']),
    reason: reasonText,
  })
  .meta({ id: 'LineJudgement' })

export const demandTerms = z
  .strictObject({ justification: text, until: z.iso.datetime({ offset: true }).optional() })
  .meta({ id: 'JustifiedDemand' })

export const improvementTerms = z
  .strictObject({
    text,
    evidence: z
      .array(
        z.strictObject({
          name: line(evidenceNameCharsMax),
          sha256: z
            .string()
            .regex(/^[0-9a-f]{64}$/)
            .describe('Of the file, which the bus does not keep'),
        }),
      )
      .max(evidenceFilesMax)
      .default([]),
  })
  .meta({ id: 'Improvement' })

export const refusalOfCase = z.strictObject({ grounds: text }).meta({ id: 'ConnectionRefusal' })

export const securityOpinionTerms = z
  .strictObject({ isPositive: z.boolean(), text })
  .meta({ id: 'SecurityOpinion' })

/** Why a case is put away, which its participant reads. */
export const archivingTerms = z.strictObject({ reason: reasonText }).meta({ id: 'CaseArchiving' })

/** What no opinion rests on, and is put right before the registration. */
export const correctionTerms = z
  .strictObject({
    certificateRequest: z
      .string()
      .min(1)
      .max(applicationLimits.pemCharsMax)
      .optional()
      .describe('Of a system: another request, or a certificate of an accepted authority'),
    duplicateReasons: z
      .array(z.strictObject({ code: line(applicationLimits.codeCharsMax), reason: text }))
      .min(1)
      .max(applicationLimits.listedMax)
      .optional()
      .describe('Of a resource: why it holds what another one holds by now'),
    text: text.describe('Why it is put right'),
  })
  .refine(
    ({ certificateRequest, duplicateReasons }) =>
      certificateRequest !== undefined || duplicateReasons !== undefined,
    { params: { az: 'dəyişiklik yoxdur', en: 'changes nothing' } },
  )
  .meta({ id: 'CaseCorrection' })

export const profileTerms = z
  .strictObject({ approver: z.enum(approvers), securityOpinion: z.boolean(), reason: reasonText })
  .meta({ id: 'ConnectionProfileTerms' })

export const casesQuery = pageQuery.extend({
  state: z.enum(caseStates).optional(),
  kind: z.enum(objectKinds).optional(),
  member: identifier.optional(),
  domain: domainCode.optional(),
  objectId: identifier.optional(),
  ...archivable,
})

export const durationsQuery = z.strictObject({
  domain: domainCode.optional(),
  kind: z.enum(objectKinds).optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
})
