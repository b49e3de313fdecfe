import { defused } from '../csv/formula.js'
import type { ExportedPerson } from './responsible-person.store.js'

const columns = [
  ...['member', 'kind', 'name', 'post', 'email', 'phone', 'login', 'from', 'confirmedAt'],
] as const satisfies readonly (keyof ExportedPerson)[]

/** The export as a table (RFC 4180): the first line names the columns. */
export function personsCsv(persons: readonly ExportedPerson[]): string {
  const lines = persons.map((person) => columns.map((column) => cell(person[column])).join(','))
  return [columns.join(','), ...lines, ''].join('\r\n')
}

function cell(value: string | Date | null): string {
  if (value === null) return ''
  if (value instanceof Date) return value.toISOString()
  const text = defused(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
