import { z } from 'zod'
import { reportDays, reportDaysMax } from '../../execution/limits.js'
import { executionStates, isOverdue, stateOf, type Execution } from '../../execution/execution.js'
import { executionStandings } from '../../execution/executions.store.js'
import { domainCode } from '../domains/domain-json.js'
import { pageQuery } from '../paging.js'
import { identifier } from '../registry/fields.js'

const moment = z.iso.datetime()
const momentGiven = z.iso.datetime({ offset: true })

/** An execution as the API gives it. */
export const executionSchema = z
  .object({
    id: z.string().describe('Exchange id of the message that opened it'),
    domain: z.string(),
    caseId: z.string(),
    sender: z.string(),
    senderMember: z.string().optional(),
    recipient: z.string(),
    recipientMember: z.string().optional(),
    state: z.enum(executionStates),
    isOverdue: z.boolean(),
    isDuplicate: z.boolean().describe('Another copy of the same case came to the same recipient'),
    copies: z.int(),
    receivedAt: moment,
    firstDeadline: moment.optional(),
    deadline: moment.optional().describe('From this moment on it is too late'),
    deliveredAt: moment.optional(),
    acceptedAt: moment.optional(),
    registeredAt: moment.optional(),
    forwardedAt: moment.optional(),
    inExecutionAt: moment.optional(),
    answeredAt: moment.optional(),
    archivedAt: moment.optional(),
    refusedAt: moment.optional(),
    endedAt: moment.optional(),
  })
  .meta({ id: 'Execution', description: 'What one recipient has to do about one case' })

export function executionJson(execution: Execution, now: Date): z.infer<typeof executionSchema> {
  const { id, domain, caseId, sender, senderMember, recipient, recipientMember, copies } = execution
  const moments = Object.entries(execution).flatMap(([name, value]: [string, unknown]) =>
    value instanceof Date ? [[name, value.toISOString()] as const] : [],
  )
  return {
    ...{ id, domain, caseId, sender, recipient, copies, isDuplicate: copies > 1 },
    ...(senderMember !== undefined && { senderMember }),
    ...(recipientMember !== undefined && { recipientMember }),
    ...{ state: stateOf(execution), isOverdue: isOverdue(execution, now) },
    receivedAt: execution.receivedAt.toISOString(),
    ...Object.fromEntries(moments),
  }
}

export const executionsQuery = pageQuery.extend({
  state: z.enum(executionStandings).default('open'),
  domain: domainCode.optional(),
  member: identifier.optional().describe('Sender or recipient'),
  caseId: z.uuid().optional(),
})

const figures = {
  sent: z.int(),
  received: z.int().describe('The sum of open, answered, archived and refused'),
  registered: z.int(),
  forwarded: z.int(),
  answered: z.int(),
  answeredLate: z.int(),
  archived: z.int().describe('Without an answer'),
  refused: z.int(),
  open: z.int(),
  overdue: z.int(),
  medianSecondsToRegistration: z.int().optional().describe('Between arrival and registration'),
}

export const reportSchema = z
  .object({
    domain: z.string(),
    from: moment,
    until: moment,
    lines: z.array(z.object({ member: z.string(), ...figures })),
    totals: z.object(figures).describe('Sums of the lines; the median is that of all'),
  })
  .meta({ id: 'ExecutionReport', description: 'Execution in a domain, by authority (R-204)' })

export const reportQuery = z.strictObject({
  domain: domainCode,
  from: momentGiven
    .optional()
    .describe(`What was received from then on; ${reportDays} days before its end without it`),
  until: momentGiven
    .optional()
    .describe(`And before then: now without it; ${reportDaysMax} days at most`),
})
