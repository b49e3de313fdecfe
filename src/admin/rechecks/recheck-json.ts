import { z } from 'zod'
import type { JsonValue } from '../../canonical-json.js'
import { objectKinds } from '../../conformity/requirement.js'
import { documentKinds } from '../../document/document-kind.js'
import { changeTextCharsMax } from '../../recheck/limits.js'
import {
  isLive,
  recheckCauses,
  recheckScopes,
  recheckStateLabels,
  recheckStates,
  type DeclaredChange,
  type Recheck,
} from '../../recheck/recheck.js'
import { remarkTerms } from '../connection-cases/case-inputs.js'
import { pageQuery } from '../paging.js'
import { reasonText } from '../reason-text.js'
import { plainJson } from '../registry/entry-schemas.js'
import { identifier, text } from '../registry/fields.js'

const moment = z.iso.datetime()
const momentGiven = z.iso.datetime({ offset: true })
const bilingual = z.object({ az: z.string(), en: z.string() })
const kinds = ['address', 'contract', 'algorithm'] as const

/** A recheck as the API gives it. */
export const recheckSchema = z
  .object({
    id: z.string(),
    kind: z.enum(objectKinds),
    object: z.string(),
    member: z.string(),
    domain: z.string(),
    connectionCase: z.string(),
    cause: z.enum(recheckCauses),
    scope: z.enum(recheckScopes),
    requirementSet: z.int(),
    reason: z.string().optional(),
    change: z
      .object({
        kind: z.enum(kinds),
        address: z.string().optional(),
        contract: z.string().optional(),
        description: z.string().optional(),
      })
      .optional(),
    openedAt: moment,
    openedBy: z.object({ name: z.string(), role: z.string().optional() }),
    until: moment.optional().meta({ description: 'Requests pass until then' }),
    overdue: z.boolean(),
    state: z.enum(recheckStates),
    label: bilingual,
    stateSince: moment,
    documents: z.array(
      z.object({
        id: z.string(),
        number: z.string(),
        kind: z.enum(documentKinds),
        digest: z.string(),
      }),
    ),
  })
  .meta({ id: 'Recheck', description: 'A check of what is connected already' })

export const recheckId = z.uuid()

export const complaintTerms = z
  .strictObject({ object: identifier, reason: reasonText, until: momentGiven.optional() })
  .meta({ id: 'RecheckComplaint' })

const declared = { object: identifier, reason: reasonText }

export const changeTerms = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('address'), ...declared, address: text }),
    z.strictObject({
      ...{ kind: z.literal('contract'), ...declared, until: momentGiven.optional() },
      contract: z.string().length(43).describe('Digest of the registered contract'),
    }),
    z.strictObject({
      ...{ kind: z.literal('algorithm'), ...declared, until: momentGiven.optional() },
      description: z
        .string()
        .min(1)
        .max(changeTextCharsMax)
        .refine((said) => said.trim() !== '' && said.isWellFormed() && !said.includes('\0'), {
          params: { az: 'mətn yazılmalıdır', en: 'must say something' },
        }),
    }),
  ])
  .meta({ id: 'DeclaredChange' })

export const opinionTerms = remarkTerms
  .extend({ isPositive: z.boolean() })
  .meta({ id: 'RecheckOpinion' })

export const rechecksQuery = pageQuery.extend({
  object: identifier.optional(),
  member: identifier.optional(),
  state: z.enum(recheckStates).optional(),
  cause: z.enum(recheckCauses).optional(),
  overdue: z.literal('true').optional(),
})

export function changeOf(body: z.infer<typeof changeTerms>): DeclaredChange {
  switch (body.kind) {
    case 'address':
      return { kind: body.kind, address: body.address }
    case 'contract':
      return { kind: body.kind, contract: body.contract }
    case 'algorithm':
      return { kind: body.kind, description: body.description }
  }
}

export function recheckJson(recheck: Recheck, now: Date): JsonValue {
  const { id, kind, object, member, domain, connectionCase, cause, scope, requirementSet } = recheck
  const { reason, change, openedAt, openedBy, until, state, stateSince, documents } = recheck
  return plainJson({
    ...{ id, kind, object, member, domain, connectionCase, cause, scope, requirementSet },
    ...{ reason, change, openedAt, until, state, stateSince, documents },
    openedBy: { name: openedBy.actor, role: openedBy.role },
    label: recheckStateLabels[state],
    overdue: isLive(recheck) && until !== undefined && until <= now,
  })
}
