/** A flat record of strings and integers; what is undefined is left out. */
export type FlatRecord = Readonly<Record<string, string | number | undefined>>

/**
 * The canonical JSON text of a flat record (RFC 8785): members sorted by UTF-16 code units, no
 * white space, strings as ECMAScript writes them. Integers only, so that numbers have one form.
 * A lone surrogate, which RFC 8785 §3.2.2.2 forbids, becomes U+FFFD.
 * @param names - the record's possible names, sorted, where they are known beforehand
 * @throws RangeError for a number that is no safe integer, or a name that begins with a digit
 */
export function canonicalJson(
  record: FlatRecord,
  names: readonly string[] = sortedNames(record),
): string {
  const sorted: Record<string, string | number> = {}
  for (const name of names) {
    const value = record[name]
    if (value === undefined) continue
    if (typeof value === 'number' && (!Number.isSafeInteger(value) || Object.is(value, -0))) {
      throw new RangeError(`${name} is no integer`)
    }
    sorted[name] = value
  }
  const text = JSON.stringify(sorted)
  // The engine writes a lone surrogate as an escape, and nothing else that way.
  return text.includes('\\ud') ? JSON.stringify(sorted, wellFormed) : text
}

function wellFormed(_name: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value
}

/** An engine puts names that are array indices first whatever the order they came in. */
function sortedNames(record: FlatRecord): string[] {
  const names = Object.keys(record).sort()
  if (names.some((name) => /^[0-9]/.test(name))) throw new RangeError('a name begins with a digit')
  return names
}
