import { hash } from 'node:crypto'
import type { ActRow } from './keeping-rows.store.js'

/** An act as its entry has it; the columns beside it are held against that elsewhere. */
export interface KeepingAct {
  readonly actId: string
  readonly kind: string
  readonly subject: string
  readonly reason: string
  readonly before: Fields
  readonly after: Fields
}

export type Fields = Readonly<Record<string, unknown>>

/** Acts by their id; an entry that is none answers for nothing. */
export function keepingActs(rows: readonly ActRow[]): Map<string, KeepingAct> {
  const acts = new Map<string, KeepingAct>()
  for (const { actId, entry } of rows) {
    const fields = fieldsOf(parsed(entry))
    const { kind, subject, reason } = fields
    acts.set(actId, {
      actId,
      kind: textOf(kind),
      subject: textOf(subject),
      reason: textOf(reason),
      before: fieldsOf(fields.before),
      after: fieldsOf(fields.after),
    })
  }
  return acts
}

function parsed(entry: Buffer): unknown {
  try {
    return JSON.parse(entry.toString('utf8'))
  } catch {
    return undefined
  }
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Whether a row is of the moment that its act states; microseconds since 1970. */
export function isAt(microseconds: number, at: unknown): boolean {
  return Date.parse(textOf(at)) * 1_000 === microseconds
}

/** SHA-256 over lines in their order as texts, base64: what an act says of the rows that belong to it. */
export function digestOfLines(lines: readonly string[]): string {
  return hash('sha256', lines.toSorted().join('\n'), 'base64')
}

/** Values by a name that several of them may have. */
export function grouped<T>(values: readonly T[], nameOf: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const value of values) {
    const name = nameOf(value)
    const group = groups.get(name)
    if (group) group.push(value)
    else groups.set(name, [value])
  }
  return groups
}
