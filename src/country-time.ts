// The country has kept this offset since 2016.
const offsetMs = 4 * 3_600_000
const dayMs = 86_400_000

/** The year of a moment's day in Baku. */
export function yearOf(at: Date): number {
  return new Date(at.getTime() + offsetMs).getUTCFullYear()
}

/** A moment's day in Baku, as people write it: `26.11.2026`. */
export function dayText(at: Date): string {
  const [year = '', month = '', day = ''] = local(at).slice(0, 10).split('-')
  return `${day}.${month}.${year}`
}

/** `26.11.2026, 15:04`. */
export function timeText(at: Date): string {
  return `${dayText(at)}, ${minuteText(at)}`
}

/** `26.11.2026, 15:04:05 – 15:04:47`; the second day is said where it is another. */
export function spanText(from: Date, until: Date): string {
  const clock = (at: Date): string => local(at).slice(11, 19)
  const day = dayText(until)
  const end = day === dayText(from) ? clock(until) : `${day}, ${clock(until)}`
  return `${dayText(from)}, ${clock(from)} – ${end}`
}

/** `15:04`. */
export function minuteText(at: Date): string {
  return local(at).slice(11, 16)
}

/**
 * The first moment behind a day in Baku, given as `2026-11-26`: what is to be done on that day is late from then on.
 * @returns undefined for what is no day
 */
export function endOfDay(day: string): Date | undefined {
  const start = new Date(`${day}T00:00:00Z`)
  // The 30th of February is no day, though a Date can be made of it.
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(start.getTime())) return undefined
  if (!start.toISOString().startsWith(day)) return undefined
  return new Date(start.getTime() + dayMs - offsetMs)
}

function local(at: Date): string {
  return new Date(at.getTime() + offsetMs).toISOString()
}
