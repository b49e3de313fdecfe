/** A flat record of strings and integers; what is undefined is left out. */
export type FlatRecord = Readonly<Record<string, string | number | undefined>>

/**
 * The canonical JSON text of a flat record (RFC 8785): members sorted by UTF-16 code units, no
 * white space, strings as ECMAScript writes them. Integers only, so that numbers have one form.
 * A lone surrogate, which RFC 8785 §3.2.2.2 forbids, becomes U+FFFD.
 * @throws RangeError for a number that is no safe integer
 */
export function canonicalJson(record: FlatRecord): string {
  let text = ''
  for (const name of Object.keys(record).sort()) {
    const value = record[name]
    if (value === undefined) continue
    if (typeof value === 'number' && (!Number.isSafeInteger(value) || Object.is(value, -0))) {
      throw new RangeError(`${name} is no integer`)
    }
    const shown = typeof value === 'string' ? JSON.stringify(value.toWellFormed()) : String(value)
    text += `${text === '' ? '{' : ','}${JSON.stringify(name)}:${shown}`
  }
  return text === '' ? '{}' : `${text}}`
}
