import { endOfDay } from '../country-time.js'
import { controlLimits } from '../limits/contracts.js'

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
// As XML Schema and JSON Schema have them: a day may have a zone, too, which Java and .NET write without being asked.
const zonedDay = /^(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2})$/
const moment = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(?:\.\d{1,40})?(Z|[+-]\d{2}:\d{2})?$/i

/** The id of a case: a UUID and nothing else, so that nothing else is ever kept outside of what is sealed. */
export function caseIdIn(text: string | undefined): string | undefined {
  return text !== undefined && uuid.test(text) ? text.toLowerCase() : undefined
}

/**
 * The moment from which it is too late: behind the day that is named, in Baku whatever zone is said with it, or the moment that is.
 * @returns undefined for what is neither, or of a year in which nobody executes anything
 */
export function deadlineIn(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined
  const at = moment.test(text) ? momentIn(text.toUpperCase()) : endOfDay(dayIn(text))
  if (!at || Number.isNaN(at.getTime())) return undefined
  const year = at.getUTCFullYear()
  const { deadlineYearMin, deadlineYearMax } = controlLimits
  return year >= deadlineYearMin && year <= deadlineYearMax ? at : undefined
}

function dayIn(text: string): string {
  return zonedDay.exec(text)?.[1] ?? text
}

/** Without a zone it is the country's, as a day is. */
function momentIn(text: string): Date | undefined {
  const [, day = '', zone] = moment.exec(text) ?? []
  if (!endOfDay(day)) return undefined
  return new Date(zone === undefined ? `${text}+04:00` : text)
}
