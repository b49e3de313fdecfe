/** A flat record of strings and integers; what is undefined is left out. */
export type FlatRecord = Readonly<Record<string, string | number | undefined>>

const depthMax = 16

/** What a string has to be escaped for, and the surrogates, of which one may be alone. */
const special = /["\\\u0000-\u001f\ud800-\udfff]/

/**
 * The canonical JSON text of a flat record (RFC 8785): members sorted by UTF-16 code units, no
 * white space, strings as ECMAScript writes them. Integers only, so that numbers have one form.
 * A lone surrogate, which RFC 8785 §3.2.2.2 forbids, becomes U+FFFD.
 *
 * Put together as text, which is cheaper than a sorted object for `JSON.stringify`.
 * @param names - the record's possible names, sorted, where they are known beforehand
 * @throws RangeError for a number that is no safe integer
 */
export function canonicalJson(
  record: FlatRecord,
  names: readonly string[] = Object.keys(record).sort(),
): string {
  let text = '{'
  for (const name of names) {
    const value = record[name]
    if (value === undefined) continue
    if (text.length > 1) text += ','
    text += `${quoted(name)}:${typeof value === 'string' ? quoted(value) : integer(name, value)}`
  }
  return `${text}}`
}

/** What JSON can say, with integers for numbers; members that are undefined are left out. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue | undefined }

/**
 * The canonical JSON text of any value (RFC 8785), by the rules of {@link canonicalJson}.
 * @throws RangeError for a number that is no safe integer, or more than 16 levels
 */
export function canonicalJsonOf(value: JsonValue): string {
  return textOf(value, '', 0)
}

function textOf(value: JsonValue, name: string, depth: number): string {
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'number') return integer(name, value)
  if (value === null || typeof value === 'boolean') return String(value)
  if (depth === depthMax) throw new RangeError(`${name} has more than ${depthMax} levels`)
  if (isList(value)) return `[${value.map((each) => textOf(each, name, depth + 1)).join(',')}]`
  const members: string[] = []
  for (const key of Object.keys(value).sort()) {
    const member = value[key]
    if (member !== undefined) members.push(`${quoted(key)}:${textOf(member, key, depth + 1)}`)
  }
  return `{${members.join(',')}}`
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value)
}

function quoted(text: string): string {
  return special.test(text) ? JSON.stringify(text.toWellFormed()) : `"${text}"`
}

function integer(name: string, value: number): string {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
    throw new RangeError(`${name} is no integer`)
  }
  return String(value)
}
