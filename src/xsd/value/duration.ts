import { dayNumber } from './temporal.js'

export interface Duration {
  readonly months: number
  readonly seconds: number
}

const digits = '([0-9]{1,15})'
const form = new RegExp(
  `^(-)?P(?=[0-9T])(?:${digits}Y)?(?:${digits}M)?(?:${digits}D)?` +
    `(?:T(?=[0-9])(?:${digits}H)?(?:${digits}M)?(?:${digits}(\\.[0-9]+)?S)?)?$`,
)

/** The value of a duration (part 2 §3.2.6); undefined where the text is none. */
export function readDuration(text: string): Duration | undefined {
  const match = form.exec(text)
  if (!match) return undefined
  const field = (group: number): number => Number(match[group] ?? 0)
  const sign = match[1] === '-' ? -1 : 1
  const seconds =
    field(4) * 86_400 + field(5) * 3_600 + field(6) * 60 + field(7) + Number(`0${match[8] ?? ''}`)
  // Adding 0 makes a negative zero an ordinary one.
  return { months: sign * (field(2) * 12 + field(3)) + 0, seconds: sign * seconds + 0 }
}

/** Part 2 §3.2.6.2: from these months on, durations are compared. */
const starts = [
  [1696, 9],
  [1697, 2],
  [1903, 3],
  [1903, 7],
] as const

/** As numbers compare; undefined where it depends on the month (one month and 30 days). */
export function compareDurations(a: Duration, b: Duration): number | undefined {
  let order: number | undefined
  for (const [years, months] of starts) {
    const next = Math.sign(after(a, years, months) - after(b, years, months))
    if (order !== undefined && next !== order) return undefined
    order = next
  }
  return order
}

function after({ months, seconds }: Duration, years: number, month: number): number {
  const count = years * 12 + month - 1 + months
  const ended = Math.floor(count / 12)
  return dayNumber(ended <= 0 ? ended - 1 : ended, count - ended * 12 + 1, 1) * 86_400 + seconds
}
