import type { Letter } from '../letters/letter.js'
import { printable } from '../printable.js'

/** What is shown of a letter to programs. */
export function letterFacts(letter: Letter): object {
  const { putAsideAt, ...facts } = letter
  return { ...facts, putAsideAt: putAsideAt?.toISOString() }
}

/** A letter in one line. */
export function letterLine(letter: Letter, now: Date): string {
  const { id, reason, from, exchangeId, told } = letter
  const exchange = exchangeId === undefined ? '' : `  exchange ${exchangeId}`
  const toldOf = told === undefined ? '' : `  its sender was told ${told}`
  return printable(`${id}  ${reason}  from ${from}  ${ageOf(letter, now)}${exchange}${toldOf}`)
}

/** A letter, a fact a line, and its headers. */
export function letterLines(letter: Letter, now: Date): string[] {
  const { headers, putAsideAt, ...facts } = letter
  const shown = { ...facts, putAsideAt: putAsideAt?.toISOString(), age: ageOf(letter, now) }
  return [
    ...Object.entries(shown).filter(([, value]) => value !== undefined),
    ...Object.entries(headers).map(([name, value]) => [`header ${name}`, value] as const),
  ].map(([name, value]) => printable(`${name.padEnd(13)} ${String(value)}`))
}

const units = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const

/** How long it has lain, in its largest unit. */
function ageOf({ putAsideAt }: Letter, now: Date): string {
  if (!putAsideAt) return 'age unknown'
  const seconds = Math.max(0, Math.floor((now.getTime() - putAsideAt.getTime()) / 1_000))
  const [unit, length] = units.find(([, each]) => seconds >= each) ?? ['s', 1]
  return `${Math.floor(seconds / length)} ${unit} ago`
}
