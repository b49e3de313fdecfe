/** XML 1.0 §2.3 without the colon (Namespaces in XML §3, NCName). */
const start =
  'A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}\\u{200D}' +
  '\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}'
const notName = new RegExp(`[^${start}\\-.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}\\u{2040}]`, 'gu')
const isStart = new RegExp(`^[${start}]`, 'u')

/** A name as near to a text as XML allows: what may not be in a name becomes `_`. */
export function ncNameOf(text: string): string {
  const name = text.replace(notName, '_')
  return isStart.test(name) ? name : `_${name}`
}

/** Gives out names, none twice. */
export class UniqueNames {
  readonly #taken = new Set<string>()

  /** An XML name near to a text. */
  nameFor(text: string): string {
    const near = ncNameOf(text)
    let name = near
    for (let count = 2; this.#taken.has(name); count++) name = `${near}_${count}`
    this.#taken.add(name)
    return name
  }
}
