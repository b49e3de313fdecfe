/** The country's time, UTC+4 the year round. */
const offsetMs = 4 * 3_600_000
const dayMs = 86_400_000

/** The midnight of the country at which the day of this moment ends. */
export function endOfDay(now: Date): Date {
  const local = now.getTime() + offsetMs
  return new Date((Math.floor(local / dayMs) + 1) * dayMs - offsetMs)
}
