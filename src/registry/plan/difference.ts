import { momentText } from '../declaration/yaml-values.js'
import type { FieldChange } from './plan.js'

/** The fields of an entry that differ, by their path, as a declaration writes them. */
export function difference(before: object | undefined, after: object): FieldChange[] {
  const old = before ? fieldsOf(before) : new Map<string, string>()
  const now = fieldsOf(after)
  const changes: FieldChange[] = []
  for (const field of new Set([...old.keys(), ...now.keys()])) {
    const change = { field, old: old.get(field), new: now.get(field) }
    if (change.old !== change.new) changes.push(change)
  }
  return changes
}

// Where a declaration has another name for a field.
const names: Readonly<Record<string, string>> = {
  isDefault: 'default',
  'contract.request': 'validation.request',
  'contract.reply': 'validation.reply',
}

function fieldsOf(
  entry: object,
  prefix = '',
  found = new Map<string, string>(),
): Map<string, string> {
  for (const [key, value] of Object.entries(entry) as [string, unknown][]) {
    // Bytes are those of a certificate, and its thumbprint stands beside them.
    if (value === undefined || value instanceof Uint8Array) continue
    const path = `${prefix}${key}`
    const field = names[path] ?? path
    const text = textOf(value)
    if (text === undefined) fieldsOf(value as object, `${field}.`, found)
    else found.set(field, text)
  }
  return found
}

function elementText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Undefined for a record, whose fields are compared one by one. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value instanceof Date) return momentText(value)
  if (Array.isArray(value)) return value.map(elementText).join(', ')
  return undefined
}
