import { z } from 'zod'
import type { JsonValue } from '../../canonical-json.js'
import { judgedProtocol, type CaseCheck } from '../../connection/case-check.js'
import type { CaseNote } from '../../connection/case-note.store.js'
import { caseStates, caseTable, type CaseState } from '../../connection/case-state.js'
import type { CaseStep, ConnectionCase } from '../../connection/connection-case.js'
import { approvers, type DomainProfile } from '../../connection/domain-profile.js'
import { checkResults, objectKinds } from '../../conformity/requirement.js'
import { documentKinds } from '../../document/document-kind.js'
import { plainJson } from '../registry/entry-schemas.js'

const moment = z.iso.datetime()
const bilingual = z.object({ az: z.string(), en: z.string() })
const person = z.object({ name: z.string(), role: z.string().optional() })
const labelled = z.object({ state: z.enum(caseStates), label: bilingual })

const document = z.object({
  id: z.string(),
  number: z.string(),
  kind: z.enum(documentKinds),
  digest: z.string().meta({ description: 'SHA-256 of its data' }),
})

const head = {
  id: z.string(),
  kind: z.enum(objectKinds),
  member: z.string(),
  domain: z.string(),
  objectId: z.string(),
  name: bilingual,
  state: z.enum(caseStates),
  label: bilingual,
  stateSince: moment,
  openedAt: moment,
  openedBy: z.string(),
  archived: z
    .object({ at: moment, by: person, reason: z.string() })
    .optional()
    .meta({ description: 'Put away, beside whatever state it is in' }),
}

/** A case in a list. */
export const caseHeadSchema = z
  .object(head)
  .meta({ id: 'ConnectionCaseHead', description: 'An object on its way to the bus' })

/** A case with its history: every state, who brought it there, when, and for how long. */
export const caseSchema = z
  .object({
    ...head,
    application: z.record(z.string(), z.unknown()),
    steps: z.array(
      labelled.extend({
        number: z.int(),
        at: moment,
        by: person,
        note: z.string().optional(),
        documents: z.array(document),
        days: z.number().meta({ description: 'In this state, until now where it is the last' }),
      }),
    ),
    notes: z.array(
      z.object({
        id: z.string(),
        at: moment,
        by: person,
        kind: z.enum(['improvement', 'security-opinion', 'correction', 'succession']),
        text: z.string().optional(),
        doneBy: z.enum(['owner', 'agency']).optional(),
        evidence: z.array(z.object({ name: z.string(), sha256: z.string() })).optional(),
        isPositive: z.boolean().optional(),
        fields: z
          .array(z.string())
          .optional()
          .meta({ description: 'What was put right, as JSON Pointers into the application' }),
        from: z.string().optional().meta({ description: 'The participant that has merged' }),
        into: z.string().optional(),
        document: document.optional(),
      }),
    ),
    next: z.array(labelled).meta({ description: 'What may follow' }),
    approver: z.enum(approvers),
    securityOpinion: z.boolean().meta({ description: 'Whether the domain asks for one' }),
  })
  .meta({ id: 'ConnectionCase', description: 'An object on its way to the bus, with its history' })

const decision = z.object({
  code: z.string(),
  result: z.enum(checkResults),
  reason: z.string(),
  at: moment,
  by: person,
})

/** A check, with its protocol as officers judged it; what a node found stays in `found` where they decided otherwise. */
export const checkSchema = z
  .object({
    id: z.string(),
    requirementSet: z.int(),
    requestedAt: moment,
    requestedBy: person,
    state: z.enum(['waiting', 'ended']),
    trouble: z.string().optional(),
    startedAt: moment.optional(),
    endedAt: moment.optional(),
    lines: z.array(
      z.object({
        code: z.string(),
        result: z.enum(checkResults),
        found: z.enum(checkResults),
        finding: bilingual,
        remedy: bilingual.optional(),
        tookMs: z.number().optional(),
        officer: z.object({ name: z.string(), reason: z.string() }).optional(),
      }),
    ),
    decisions: z.array(decision),
  })
  .meta({ id: 'ConformityCheck', description: 'A conformity check of a connection case' })

export const checksSchema = z.object({ items: z.array(checkSchema) })

export const profileSchema = z
  .object({ domain: z.string(), approver: z.enum(approvers), securityOpinion: z.boolean() })
  .meta({ id: 'ConnectionProfile', description: 'Who admits in a domain' })

export const durationsSchema = z.object({
  items: z.array(labelled.extend({ stays: z.int(), medianDays: z.number() })),
})

export function caseHeadJson(connectionCase: ConnectionCase): JsonValue {
  return plainJson(headOf(connectionCase))
}

/** What is known of a case beside itself. */
export interface CaseParts {
  readonly steps: readonly CaseStep[]
  readonly notes: readonly CaseNote[]
  readonly profile: DomainProfile
  readonly now: Date
}

export function caseJson(
  connectionCase: ConnectionCase,
  { steps, notes, profile, now }: CaseParts,
): JsonValue {
  const { application, state } = connectionCase
  const { approver, securityOpinion } = profile
  return plainJson({
    ...headOf(connectionCase),
    ...{ application, approver, securityOpinion },
    steps: steps.map((step, index) => ({
      ...{ number: step.number, ...labelOf(step.state), at: step.at, by: personOf(step.by) },
      ...{ note: step.note, documents: step.documents },
      days: daysBetween(step.at, steps[index + 1]?.at ?? now),
    })),
    notes: notes.map(({ id, at, by, content, document }) => ({
      ...{ id, at, by: personOf(by), ...content, document },
    })),
    // Beside its state: no step follows.
    next: connectionCase.archived ? [] : caseTable[state].next.map(labelOf),
  })
}

export function checkJson(check: CaseCheck): JsonValue {
  const { id, requirementSet, requestedAt, requestedBy, trouble, protocol, decisions } = check
  const found = new Map(protocol?.lines.map(({ code, result }) => [code, result]))
  return plainJson({
    ...{ id, requirementSet, requestedAt, requestedBy: personOf(requestedBy), trouble },
    ...{ state: protocol ? 'ended' : 'waiting' },
    ...{ startedAt: protocol?.startedAt, endedAt: protocol?.endedAt },
    lines: (judgedProtocol(check)?.lines ?? []).map((line) => ({
      ...line,
      found: found.get(line.code),
    })),
    decisions: decisions.map(({ code, result, reason, at, by }) => ({
      ...{ code, result, reason, at, by: personOf(by) },
    })),
  })
}

export function profileJson({ domain, approver, securityOpinion }: DomainProfile): JsonValue {
  return { domain, approver, securityOpinion }
}

export function labelOf(state: CaseState): {
  state: CaseState
  label: { az: string; en: string }
} {
  return { state, label: caseTable[state].label }
}

function headOf(connectionCase: ConnectionCase): object {
  const { id, kind, member, domain, objectId, application, state } = connectionCase
  const { stateSince, openedAt, openedBy, archived } = connectionCase
  return {
    ...{ id, kind, member, domain, objectId, name: application.name, ...labelOf(state) },
    ...{ stateSince, openedAt, openedBy },
    archived: archived && { at: archived.at, by: personOf(archived.by), reason: archived.reason },
  }
}

function personOf({ actor, role }: CaseStep['by']): { name: string; role: string | undefined } {
  return { name: actor, role }
}

const dayMs = 86_400_000

function daysBetween(from: Date, until: Date): number {
  return Math.max(0, until.getTime() - from.getTime()) / dayMs
}
