import type { BilingualText } from '../exchange/fault.js'
import type { MemberId, ServiceId, SubsystemId } from '../exchange/identifier.js'

export const windowStates = ['planned', 'running', 'ended', 'calledOff'] as const
export type WindowState = (typeof windowStates)[number]

/** Works as they were announced: a participant's on its own system or service, or the operator's on the bus. */
export interface FiledWindow {
  readonly id: string
  /** Whose works; undefined where they are the bus's own. */
  readonly member: MemberId | undefined
  readonly subsystem: SubsystemId | undefined
  /** One version alone, and not all that the system offers. */
  readonly service: ServiceId | undefined
  readonly from: Date
  /** Planned end. */
  readonly until: Date
  readonly works: BilingualText
  readonly filedAt: Date
  /** Since when all of this time is known to be one of works. */
  readonly announcedAt: Date
  /** Whether notice was given less long ahead than the rules ask for (C7). */
  readonly late: boolean
  readonly calledOffAt: Date | undefined
  /** Where the works ended before they were to. */
  readonly endedAt: Date | undefined
}

/** What may be changed of a window. */
export type WindowTerms = Pick<FiledWindow, 'from' | 'until' | 'works'>

export function stateOf(
  { from, until, calledOffAt, endedAt }: FiledWindow,
  now: Date,
): WindowState {
  if (calledOffAt) return 'calledOff'
  if (endedAt || now >= until) return 'ended'
  return now >= from ? 'running' : 'planned'
}

const hourMs = 3_600_000

/**
 * Hours, not dates: notice at exactly so many hours ahead is in time (C7). It is participants who owe it; the operator's
 * own works are never late.
 */
export function isLate(
  { member, from, announcedAt }: Pick<FiledWindow, 'member' | 'from' | 'announcedAt'>,
  noticeHours: number,
): boolean {
  return member !== undefined && from.getTime() - announcedAt.getTime() < noticeHours * hourMs
}

/**
 * A window with other terms. Notice of it counts from the change where that takes in time that was not announced before,
 * so that a window which is moved or grows is as late as a new one; one that shrinks is not.
 */
export function withTerms(
  before: FiledWindow,
  terms: WindowTerms,
  { now, noticeHours }: { readonly now: Date; readonly noticeHours: number },
): FiledWindow {
  const isWider = terms.from < before.from || terms.until > before.until
  const announcedAt = isWider ? now : before.announcedAt
  const window = { ...before, ...terms, announcedAt }
  return { ...window, late: isLate(window, noticeHours) }
}
