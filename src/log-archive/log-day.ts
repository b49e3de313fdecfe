const dayPattern = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/
const dayMs = 86_400_000

/** A day of UTC, `2026-11-26`. @returns undefined for what is no day */
export function parseDay(text: string): string | undefined {
  if (!dayPattern.test(text)) return undefined
  const start = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(start.getTime()) && dayOf(start) === text ? text : undefined
}

export function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10)
}

export function dayAfter(day: string, days = 1): string {
  return dayOf(new Date(startOf(day).getTime() + days * dayMs))
}

export function startOf(day: string): Date {
  return new Date(`${day}T00:00:00Z`)
}

/** The smallest UUIDv7 of a time (RFC 9562 §5.7): its first 48 bits are milliseconds. */
export function firstIdOf(time: Date): string {
  const hex = Math.max(0, time.getTime()).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`
}

/** The day of a UUIDv7. */
export function dayOfId(id: string): string {
  return dayOf(new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)))
}
