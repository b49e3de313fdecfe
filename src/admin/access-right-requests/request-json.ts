import { z } from 'zod'
import type { JsonValue } from '../../canonical-json.js'
import { exchangeModes } from '../../registry/service.js'
import { pageQuery } from '../paging.js'
import { plainJson } from '../registry/entry-schemas.js'
import { identifier, newAccessRight } from '../registry/fields.js'
import { reasonText } from '../reason-text.js'
import { groundCharsMax } from './limits.js'
import { requestStates, type AccessRightRequest } from './request.js'

const moment = z.iso.datetime()
const momentGiven = z.iso.datetime({ offset: true })
const { legalBasis, purpose, omit, dailyQuota } = newAccessRight.shape
const quota = dailyQuota.unwrap().unwrap()
const modes = z.array(z.enum(exchangeModes)).min(1).max(exchangeModes.length)

/** A request as the API gives it. */
export const requestSchema = z
  .object({
    id: z.uuid(),
    consumer: z.string(),
    provider: z.string(),
    service: z.string(),
    legalBasis: z.string(),
    purpose: z.string(),
    modes: z.array(z.string()),
    omit: z.array(z.string()),
    from: moment,
    until: moment.optional(),
    dailyQuota: z.int().optional(),
    askedBy: z.string(),
    askedAt: moment,
    state: z.enum(requestStates),
    ground: z.object({ az: z.string().optional(), en: z.string().optional() }).optional(),
    decidedBy: z.string().optional(),
    decidedAt: moment.optional(),
    accessRight: z.string().optional(),
  })
  .meta({ id: 'AccessRightRequest', description: 'What a participant asks of another' })

export function requestJson(request: AccessRightRequest): JsonValue {
  return plainJson({ ...request, revision: undefined })
}

/** What is asked for; legal basis and purpose are mandatory. */
export const newRequest = z
  .strictObject({
    consumer: identifier,
    service: identifier,
    legalBasis,
    purpose,
    modes,
    omit: omit.optional(),
    from: momentGiven.optional().describe('Without it: from now on'),
    until: momentGiven.optional(),
    dailyQuota: quota.optional(),
  })
  .meta({ id: 'NewAccessRightRequest' })
export type NewRequest = z.infer<typeof newRequest>

/** What of it a provider grants: less than was asked for, and never more. */
export const grantTerms = z
  .strictObject({
    omit: omit.optional().describe('Left out beside what the request leaves out'),
    until: momentGiven.optional(),
    dailyQuota: quota.optional(),
    modes: modes.optional(),
    reason: reasonText.optional(),
  })
  .meta({ id: 'GrantTerms' })
export type GrantTerms = z.infer<typeof grantTerms>

const groundText = z
  .string()
  .max(groundCharsMax)
  .refine((text) => text.trim() !== '' && text.isWellFormed(), {
    params: { az: 'əsas yazılmalıdır', en: 'must give the ground' },
  })

/** Why it is refused: the coordinator reads it. */
export const refusalTerms = z
  .strictObject({
    ground: z
      .strictObject({ az: groundText.optional(), en: groundText.optional() })
      .refine(({ az, en }) => az !== undefined || en !== undefined, {
        params: {
          az: 'dillərin birində əsas göstərilməlidir',
          en: 'must give the ground in one of the languages',
        },
      }),
  })
  .meta({ id: 'RefusalTerms' })
export type RefusalTerms = z.infer<typeof refusalTerms>

export const refusalsQuery = pageQuery.extend({
  consumer: identifier.optional(),
  provider: identifier.optional(),
})
export const requestsQuery = refusalsQuery.extend({ state: z.enum(requestStates).optional() })
