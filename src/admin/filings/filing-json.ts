import { z } from 'zod'
import { idPageQuery, lineText, memberText } from '../administrators/texts.js'
import { identifier } from '../registry/fields.js'
import { Tagged } from '../tagged.js'
import {
  faultOutcomes,
  filingStates,
  proposalOutcomes,
  type Filing,
  type FilingEvent,
  type WholeFiling,
} from './filing.js'
import { filingTextCharsMax, filingTitleCharsMax } from './limits.js'

const moment = z.iso.datetime()

/** A fault report or a proposal as the API gives it. */
export const filingSchema = z
  .object({
    id: z.uuid(),
    number: z.string().describe('NM-2026/0001, TK-2026/0001: without gaps in a year'),
    member: z.string(),
    about: z.string().optional(),
    title: z.string(),
    text: z.string(),
    state: z.enum(filingStates),
    outcome: z.enum([...faultOutcomes, ...proposalOutcomes]).optional(),
    answer: z.string().optional(),
    filedBy: z.string(),
    filedAt: moment,
    endedAt: moment.optional(),
    history: z
      .array(
        z.object({
          at: moment,
          state: z.enum(filingStates),
          by: z.string(),
          note: z.string().optional(),
        }),
      )
      .optional()
      .describe('Not in lists'),
  })
  .meta({ id: 'Filing', description: 'What a participant filed, and what became of it' })
export type FilingJson = z.infer<typeof filingSchema>

export function filingJson(filing: Filing, history?: readonly FilingEvent[]): FilingJson {
  const { id, number, member, about, title, body, state, filedBy, filedAt } = filing
  const { outcome, answer, endedAt } = filing
  return {
    ...{ id, number, member, title, text: body, state, filedBy, filedAt: filedAt.toISOString() },
    ...(about !== undefined && { about }),
    ...(outcome !== undefined && { outcome: outcome as FilingJson['outcome'] }),
    ...(answer !== undefined && { answer }),
    ...(endedAt && { endedAt: endedAt.toISOString() }),
    ...(history && { history: history.map(eventJson) }),
  }
}

/** With its history, and its revision for who would change it. */
export function taggedFiling({ filing, history }: WholeFiling): Tagged<FilingJson> {
  return new Tagged(filingJson(filing, history), filing.revision)
}

function eventJson({ at, state, actor, note }: FilingEvent): {
  at: string
  state: FilingEvent['state']
  by: string
  note?: string
} {
  return { at: at.toISOString(), state, by: actor, ...(note !== undefined && { note }) }
}

const text = z
  .string()
  .max(filingTextCharsMax)
  .refine((given) => given.trim() !== '' && given.isWellFormed() && !given.includes('\u0000'), {
    params: { az: 'mətn yazılmalıdır', en: 'must have a text' },
  })

export const newFiling = z
  .strictObject({
    member: memberText,
    about: identifier
      .refine((given) => given.isWellFormed())
      .optional()
      .describe('System or service that it is about'),
    title: lineText(filingTitleCharsMax),
    text,
  })
  .meta({ id: 'NewFiling' })
export type NewFilingBody = z.infer<typeof newFiling>

export const acceptance = z.strictObject({ note: text.optional() }).meta({ id: 'FilingAcceptance' })
export type Acceptance = z.infer<typeof acceptance>

export const faultAnswer = z
  .strictObject({ outcome: z.enum(faultOutcomes), answer: text })
  .meta({ id: 'FaultReportAnswer' })
export const proposalAnswer = z
  .strictObject({ outcome: z.enum(proposalOutcomes), answer: text })
  .meta({ id: 'ProposalAnswer' })

export interface AnswerTerms {
  readonly outcome: string
  readonly answer: string
}

export const filingsQuery = idPageQuery.extend({
  state: z.enum(filingStates).optional(),
  member: identifier.optional(),
})
export type FilingsQuery = z.infer<typeof filingsQuery>
