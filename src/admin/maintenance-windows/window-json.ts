import { z } from 'zod'
import type { JsonValue } from '../../canonical-json.js'
import { stateOf, windowStates, type FiledWindow } from '../../maintenance/filed-window.js'
import { worksCharsMax } from '../../maintenance/limits.js'
import { lateNotice } from '../../notice/maintenance-text.js'
import { pageQuery } from '../paging.js'
import { reasonText } from '../reason-text.js'
import { plainJson } from '../registry/entry-schemas.js'
import { identifier } from '../registry/fields.js'

const moment = z.iso.datetime()
const momentGiven = z.iso.datetime({ offset: true })
const bilingual = z.object({ az: z.string(), en: z.string() })

/** A window as the API gives it. */
export const windowSchema = z
  .object({
    id: z.uuid(),
    kind: z.enum(['member', 'bus']),
    member: z.string().optional(),
    target: z.string().optional(),
    from: moment,
    until: moment,
    works: bilingual,
    state: z.enum(windowStates),
    filedAt: moment,
    late: z.boolean(),
    remark: bilingual.optional().describe('That notice was late'),
    calledOffAt: moment.optional(),
    endedAt: moment.optional(),
  })
  .meta({ id: 'MaintenanceWindow', description: 'Announced works on a system, service or the bus' })

export function windowJson(window: FiledWindow, now: Date, noticeHours: number): JsonValue {
  const { id, member, subsystem, service, from, until, works, filedAt, late } = window
  return plainJson({
    ...{ id, member, from, until, works, filedAt, late },
    kind: member === undefined ? 'bus' : 'member',
    target: service ?? subsystem,
    state: stateOf(window, now),
    remark: late ? lateNotice(noticeHours) : undefined,
    calledOffAt: window.calledOffAt,
    endedAt: window.endedAt,
  })
}

const worksText = z
  .string()
  .max(worksCharsMax)
  .refine((text) => text.trim() !== '' && text.isWellFormed() && !/[^\P{Cc}\n]/u.test(text), {
    params: { az: 'işin məzmunu yazılmalıdır', en: 'must say what is done' },
  })
const works = z.strictObject({ az: worksText, en: worksText })

export const newWindow = z
  .strictObject({
    target: identifier.optional().describe('Without it: the bus itself, by the operator'),
    from: momentGiven.optional().describe('Without it: from now on'),
    until: momentGiven,
    works,
  })
  .meta({ id: 'NewMaintenanceWindow' })
export type NewWindow = z.infer<typeof newWindow>

export const windowChanges = newWindow
  .omit({ target: true })
  .partial()
  .meta({ id: 'MaintenanceWindowChanges' })
export type WindowChanges = z.infer<typeof windowChanges>

export const callOffTerms = z
  .strictObject({ reason: reasonText })
  .meta({ id: 'MaintenanceCallOff' })
export type CallOffTerms = z.infer<typeof callOffTerms>

export const windowsQuery = pageQuery.extend({
  kind: z.enum(['member', 'bus']).optional(),
  member: identifier.optional(),
  target: identifier.optional(),
  from: momentGiven.optional(),
  until: momentGiven.optional(),
})
export type WindowsQuery = z.infer<typeof windowsQuery>

export const reportSchema = z
  .object({
    member: z.string(),
    announced: z.int(),
    late: z.int(),
    calledOff: z.int(),
    endedEarly: z.int(),
  })
  .meta({ id: 'MaintenanceReport', description: 'How a participant gave notice of its works' })

export const reportsQuery = pageQuery.extend({
  from: momentGiven.optional(),
  until: momentGiven.optional(),
})
export type ReportsQuery = z.infer<typeof reportsQuery>
