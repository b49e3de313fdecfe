import { z } from 'zod'
import { agreementSides, agreementStates, type Agreement } from '../../agreement/agreement.js'
import type { Annex } from '../../agreement/annex.js'
import type { JsonValue } from '../../canonical-json.js'
import { objectKinds } from '../../conformity/requirement.js'
import { pageQuery } from '../paging.js'
import { reasonText } from '../reason-text.js'
import { plainJson } from '../registry/entry-schemas.js'
import { identifier } from '../registry/fields.js'

const moment = z.iso.datetime()
const momentGiven = z.iso.datetime({ offset: true })
const acceptance = z.object({ name: z.string(), at: moment })
const document = z.object({ id: z.uuid(), number: z.string() })

/** An agreement as the API gives it. */
export const agreementSchema = z
  .object({
    id: z.uuid(),
    member: z.string(),
    passedTo: z.string().optional().describe('The participant that the member has merged into'),
    requirementSet: z.int(),
    renews: z.uuid().optional(),
    from: moment,
    until: moment.describe('Just before which it is in force'),
    draftedBy: z.string(),
    draftedAt: moment,
    state: z.enum(agreementStates),
    accepted: z.object({ member: acceptance.optional(), operator: acceptance.optional() }),
    document: document.optional(),
    withdrawnBy: z.string().optional(),
    endedAt: moment.optional(),
  })
  .meta({ id: 'Agreement', description: 'The frame agreement of a participant with the operator' })

export const annexSchema = z
  .object({
    id: z.uuid(),
    agreement: z.uuid(),
    connectionCase: z.uuid(),
    kind: z.enum(objectKinds),
    object: z.string(),
    document,
    concludedAt: moment,
    registeredAt: moment.optional(),
    connectedAt: moment.optional(),
    endedAt: moment.optional().describe('Since when nothing is connected by it any more'),
  })
  .meta({ id: 'AgreementAnnex', description: 'One connected object, under an agreement' })

export const newAgreement = z
  .strictObject({
    member: identifier,
    requirementSet: z
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .describe('Without it: the version in force'),
    renews: z.uuid().optional().describe('The agreement whose place it takes'),
    from: momentGiven
      .optional()
      .describe('Without it: from now on, or from the end of the one that it renews'),
    until: momentGiven,
  })
  .meta({ id: 'NewAgreement' })
export type NewAgreement = z.infer<typeof newAgreement>

/** In whose name somebody accepts. */
export const acceptanceTerms = z
  .strictObject({ side: z.enum(agreementSides) })
  .meta({ id: 'AgreementAcceptance' })

export const withdrawalTerms = z
  .strictObject({ reason: reasonText })
  .meta({ id: 'AgreementWithdrawal' })

export const agreementsQuery = pageQuery.extend({
  member: identifier.optional(),
  state: z.enum(agreementStates).optional(),
})

/** People by their names; their accounts are for the log of acts. */
export function agreementJson({ accepted, ...agreement }: Agreement): JsonValue {
  const { member, operator } = accepted
  return plainJson({
    ...agreement,
    revision: undefined,
    accepted: plainJson({
      member: member && plainJson({ name: member.name, at: member.at }),
      operator: operator && plainJson({ name: operator.name, at: operator.at }),
    }),
  })
}

export function annexJson(annex: Annex): JsonValue {
  return plainJson(annex)
}
