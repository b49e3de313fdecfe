import type { MaintenanceWindow } from './maintenance-window.js'

/** A time without a gap in which works go on, in milliseconds of the epoch: from `fromMs` until just before `untilMs`. */
export interface ClosedTime {
  readonly fromMs: number
  readonly untilMs: number
}

/** Never closed: what nearly every service is. */
export const neverClosed: readonly ClosedTime[] = []

/**
 * The times in which any of these windows is open, in order. Windows that overlap or touch are one time, so that its end is
 * the moment from which requests pass again, and not the end of one of several works.
 */
export function closedTimes(
  windows: readonly Pick<MaintenanceWindow, 'from' | 'until'>[],
): readonly ClosedTime[] {
  if (windows.length === 0) return neverClosed
  const times: { fromMs: number; untilMs: number }[] = []
  const inOrder = windows
    .map(({ from, until }) => ({ fromMs: from.getTime(), untilMs: until.getTime() }))
    // Works that ended the moment they began closed nothing.
    .filter(({ fromMs, untilMs }) => fromMs < untilMs)
    .sort((a, b) => a.fromMs - b.fromMs)
  for (const time of inOrder) {
    const last = times.at(-1)
    if (last && time.fromMs <= last.untilMs) last.untilMs = Math.max(last.untilMs, time.untilMs)
    else times.push(time)
  }
  return times
}

/**
 * When what is closed now opens again, milliseconds of the epoch.
 * @param times - of {@link closedTimes}
 * @returns undefined where it is open
 */
export function closedUntil(times: readonly ClosedTime[], nowMs: number): number | undefined {
  // The first time that is not over yet.
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const time = times[middle]
    if (time && time.untilMs <= nowMs) low = middle + 1
    else high = middle
  }
  const time = times[low]
  return time && time.fromMs <= nowMs ? time.untilMs : undefined
}
