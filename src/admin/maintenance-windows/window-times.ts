import { daysAheadMax, windowDaysMax } from '../../maintenance/limits.js'
import type { WindowTerms } from '../../maintenance/filed-window.js'
import { Problem } from '../problem.js'
import { endsTooSoon, lastsTooLong, startsInThePast, tooFarAhead } from './texts.js'

const dayMs = 86_400_000

/**
 * @param begun - the works go on: their start is what it is
 * @throws Problem UNPROCESSABLE with every place
 */
export function checkTimes(
  { from, until }: Pick<WindowTerms, 'from' | 'until'>,
  now: Date,
  begun = false,
): void {
  const errors = []
  if (!begun && from < now) errors.push({ pointer: '/from', detail: startsInThePast })
  if (from.getTime() > now.getTime() + daysAheadMax * dayMs) {
    errors.push({ pointer: '/from', detail: tooFarAhead })
  }
  if (until <= from || until <= now) errors.push({ pointer: '/until', detail: endsTooSoon })
  if (until.getTime() > from.getTime() + windowDaysMax * dayMs) {
    errors.push({ pointer: '/until', detail: lastsTooLong })
  }
  if (errors.length > 0) throw new Problem('UNPROCESSABLE', { errors })
}
