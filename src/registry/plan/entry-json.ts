import type { JsonValue } from '../../canonical-json.js'

/** An entry of the registry as JSON. Bytes are left out: a certificate's thumbprint stands beside them. */
export function entryJson(entry: object): JsonValue {
  const members = Object.entries(entry) as [string, unknown][]
  return Object.fromEntries(members.map(([name, value]) => [name, valueJson(value)]))
}

function valueJson(value: unknown): JsonValue | undefined {
  if (value === undefined || value instanceof Uint8Array) return undefined
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map((each) => valueJson(each) ?? null)
  return typeof value === 'object' && value !== null ? entryJson(value) : (value as JsonValue)
}
