import { z } from 'zod'
import {
  causes,
  incidentCauses,
  incidentStates,
  reserveDecisions,
  type Incident,
} from '../../incident/incident.js'
import type { Replication } from '../../incident/replication-lag.js'
import { idPageQuery } from '../administrators/texts.js'
import { reasonText } from '../reason-text.js'
import { incidentTextCharsMax } from './limits.js'

const moment = z.iso.datetime()
const said = z.object({ az: z.string().optional(), en: z.string().optional() })

/** An incident as the API gives it; what names machines, to those alone who run and oversee the bus. */
export const incidentSchema = z
  .object({
    id: z.uuid(),
    cause: z.enum(incidentCauses),
    text: z.object({ az: z.string(), en: z.string() }),
    description: said.optional(),
    byBus: z.boolean().describe('Opened by the bus, which closes it, too'),
    openedBy: z.string(),
    detail: z.string().optional(),
    startedAt: moment,
    enteredAt: moment,
    state: z.enum(incidentStates),
    decision: z.enum(reserveDecisions).optional(),
    decisionReason: z.string().optional(),
    decidedBy: z.string().optional(),
    decidedAt: moment.optional(),
    closing: said.optional(),
    closedBy: z.string().optional(),
    endedAt: moment.optional(),
    lengthSeconds: z.int().optional(),
  })
  .meta({ id: 'Incident', description: 'A failure of the bus' })
export type IncidentJson = z.infer<typeof incidentSchema>

/** @param isOverseer - whether the caller runs or oversees the bus */
export function incidentJson(incident: Incident, isOverseer: boolean): IncidentJson {
  const { id, cause, description, byBus, openedBy, startedAt, enteredAt, state } = incident
  return {
    ...{ id, cause, text: causes[cause].text, byBus, openedBy, state },
    ...{ startedAt: startedAt.toISOString(), enteredAt: enteredAt.toISOString() },
    ...(description && { description }),
    ...(isOverseer && incident.detail !== undefined && { detail: incident.detail }),
    ...decisionJson(incident, isOverseer),
    ...closingJson(incident),
  }
}

function decisionJson(incident: Incident, isOverseer: boolean): Partial<IncidentJson> {
  const { decision, decisionReason, decidedBy, decidedAt } = incident
  return {
    ...(decision && { decision }),
    ...(isOverseer && decisionReason !== undefined && { decisionReason }),
    ...(decidedBy !== undefined && { decidedBy }),
    ...(decidedAt && { decidedAt: decidedAt.toISOString() }),
  }
}

function closingJson({ startedAt, endedAt, closedBy, closing }: Incident): Partial<IncidentJson> {
  if (!endedAt) return {}
  const lengthSeconds = Math.round((endedAt.getTime() - startedAt.getTime()) / 1_000)
  return {
    ...{ endedAt: endedAt.toISOString(), lengthSeconds },
    ...(closedBy !== undefined && { closedBy }),
    ...(closing && { closing }),
  }
}

const text = z
  .string()
  .max(incidentTextCharsMax)
  .refine((given) => given.trim() !== '' && given.isWellFormed() && !given.includes('\u0000'), {
    params: { az: 'mətn yazılmalıdır', en: 'must have a text' },
  })
const givenText = z
  .strictObject({ az: text.optional(), en: text.optional() })
  .refine(({ az, en }) => az !== undefined || en !== undefined, {
    params: { az: 'dillərin birində yazılmalıdır', en: 'must be in one of the languages' },
  })

/** A failure that a person enters. */
export const newIncident = z
  .strictObject({
    cause: z.enum(incidentCauses).default('other'),
    description: givenText,
    startedAt: z.iso.datetime({ offset: true }).optional().describe('Without it: now'),
  })
  .meta({ id: 'NewIncident' })
export type NewIncidentBody = z.infer<typeof newIncident>

/** Why it was, and how it was removed: all participants read it. */
export const closingTerms = z.strictObject({ closing: givenText }).meta({ id: 'IncidentClosing' })
export type ClosingTerms = z.infer<typeof closingTerms>

export const decisionTerms = z
  .strictObject({ decision: z.enum(reserveDecisions), reason: reasonText })
  .meta({ id: 'ReserveDecision' })
export type DecisionTerms = z.infer<typeof decisionTerms>

export const incidentsQuery = idPageQuery.extend({
  state: z.enum(incidentStates).optional(),
  cause: z.enum(incidentCauses).optional(),
})
export type IncidentsQuery = z.infer<typeof incidentsQuery>

/** How far the reserve centre is behind. */
export const replicasSchema = z
  .object({
    measuredAt: moment,
    trouble: z.string().optional().describe('Why nothing can be said'),
    items: z.array(
      z.object({
        name: z.string(),
        address: z.string().optional(),
        state: z.string(),
        synchronous: z.boolean().describe('Whether it has whatever was acknowledged'),
        missingBytes: z.int(),
        lagSeconds: z.number().describe('How old what is missing on its disk is'),
        replayLagSeconds: z.number().describe('How old what cannot be read there yet is'),
      }),
    ),
  })
  .meta({ id: 'Replicas', description: 'Standbys of the database' })
export type ReplicasJson = z.infer<typeof replicasSchema>

export function replicasJson({ measuredAt, trouble, replicas }: Replication): ReplicasJson {
  return {
    measuredAt: measuredAt.toISOString(),
    ...(trouble !== undefined && { trouble }),
    items: replicas.map((each) => ({
      ...{ name: each.name, state: each.state, synchronous: each.isSynchronous },
      ...(each.address !== undefined && { address: each.address }),
      missingBytes: each.missingBytes,
      lagSeconds: each.lagMs / 1_000,
      replayLagSeconds: each.replayLagMs / 1_000,
    })),
  }
}
