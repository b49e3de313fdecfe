import type { BilingualText } from '../../exchange/fault.js'
import { troubleReasonTexts } from '../../notice/maintenance-text.js'
import { closedTimes, closedUntil } from '../../registry/closed-times.js'
import type { ServiceFacts } from './service-state.store.js'

/** States of what is connected, and how they are called. */
export const stateLabels = {
  ACTIVE: { az: 'Aktiv', en: 'Active' },
  MAINTENANCE: { az: 'Texniki iş aparılır', en: 'In maintenance' },
  FAULTY: { az: 'Nasazlıq var', en: 'Faulty' },
  RECHECK: { az: 'Təkrar yoxlanılır', en: 'Being rechecked' },
  SUSPENDED: { az: 'Dayandırılıb', en: 'Suspended' },
  LIQUIDATED: { az: 'Ləğv edilib', en: 'Liquidated' },
} as const satisfies Record<string, BilingualText>
export type ServiceStateCode = keyof typeof stateLabels

export interface ServiceState {
  readonly state: ServiceStateCode
  /** Of MAINTENANCE: the planned end. Of RECHECK: the day after which it is suspended. */
  readonly until?: Date
  /** Of FAULTY. */
  readonly since?: Date
  readonly reason?: BilingualText
}

/** The state that a request to the service meets: what the gate would say first. */
export function serviceState(facts: ServiceFacts, now: Date): ServiceState {
  const { statuses, trouble } = facts
  if (statuses.includes('liquidated')) return { state: 'LIQUIDATED' }
  if (statuses.includes('suspended')) return { state: 'SUSPENDED' }
  const until = maintenanceUntil(facts, now)
  if (until) return { state: 'MAINTENANCE', until }
  if (trouble) {
    const reason = troubleReasonTexts[trouble.reason]
    return { state: 'FAULTY', since: trouble.since, ...(reason && { reason }) }
  }
  const { recheckUntil } = facts
  return recheckUntil ? { state: 'RECHECK', until: recheckUntil } : { state: 'ACTIVE' }
}

function maintenanceUntil({ statuses, maintenance, windows }: ServiceFacts, now: Date) {
  const own =
    statuses.includes('maintenance') && maintenance
      ? [{ from: maintenance.from ?? new Date(0), until: maintenance.until }]
      : []
  const untilMs = closedUntil(closedTimes([...windows, ...own]), now.getTime())
  return untilMs === undefined ? undefined : new Date(untilMs)
}
