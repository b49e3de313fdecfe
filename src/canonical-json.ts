/** A flat record of strings and integers; what is undefined is left out. */
export type FlatRecord = Readonly<Record<string, string | number | undefined>>

const depthMax = 16

/** What a string has to be escaped for, and the surrogates, of which one may be alone. */
const special = /["\\\u0000-\u001f\ud800-\udfff]/

/**
 * The canonical JSON text of a flat record (RFC 8785): members sorted by UTF-16 code units, no
 * white space, strings as ECMAScript writes them. Integers only, so that numbers have one form.
 * A lone surrogate, which RFC 8785 §3.2.2.2 forbids, becomes U+FFFD.
 * @throws RangeError for a number that is no safe integer
 */
export function canonicalJson(record: FlatRecord): string {
  const names = Object.keys(record).sort()
  return canonicalWriter(names)(names.map((name) => record[name]))
}

/**
 * Writes flat records that all have these names, as {@link canonicalJson} does. What stands before each value
 * is made once, and the text is put together, which is cheaper than `JSON.stringify`.
 * @param names - sorted by UTF-16 code units
 * @returns is given the values in the order of the names; throws RangeError for a number that is no safe integer
 */
export function canonicalWriter(
  names: readonly string[],
): (values: readonly FlatRecord[string][]) => string {
  const starts = names.map((name) => `,${quoted(name)}:`)
  return (values) => {
    let text = ''
    for (let at = 0; at < starts.length; at += 1) {
      const value = values[at]
      if (value === undefined) continue
      text +=
        (starts[at] ?? '') + (typeof value === 'string' ? quoted(value) : integer(names[at], value))
    }
    return `{${text.slice(1)}}`
  }
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

function integer(name: string | undefined, value: number): string {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
    throw new RangeError(`${name} is no integer`)
  }
  return String(value)
}
