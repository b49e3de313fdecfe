/**
 * - `malformed`: not well-formed after XML 1.0 or Namespaces in XML 1.0
 * - `refused`: what the standards allow and this reader does not accept
 * - `limit`: above a limit of `xmlLimits`
 */
export type XmlErrorKind = 'malformed' | 'refused' | 'limit'

/**
 * XML that is not accepted. The message may be shown to whoever sent it: it names the rule and the
 * place and never quotes content.
 */
export class XmlError extends Error {
  override readonly name = 'XmlError'
  readonly kind: XmlErrorKind
  /** What is wrong, in English, without the place. */
  readonly reason: string
  /** In bytes from the start of the document. */
  readonly offset: number
  /** From 1. */
  readonly line: number
  /** In characters, from 1. */
  readonly column: number

  constructor(kind: XmlErrorKind, reason: string, bytes: Uint8Array, offset: number) {
    const { line, column } = placeOf(bytes, offset)
    super(`${reason} (line ${line}, column ${column})`)
    this.kind = kind
    this.reason = reason
    this.offset = offset
    this.line = line
    this.column = column
  }
}

/**
 * Line and column, both from 1, of an offset in bytes. The reader keeps no count of lines: only an error,
 * or a tool, asks for one.
 */
export function placeOf(bytes: Uint8Array, offset: number): { line: number; column: number } {
  let line = 1
  let column = 1
  for (let at = 0; at < offset; at++) {
    const byte = bytes[at] ?? 0
    const endsLine = byte === 0x0a || (byte === 0x0d && bytes[at + 1] !== 0x0a)
    if (endsLine) {
      line++
      column = 1
    } else if ((byte & 0xc0) !== 0x80) {
      // Continuation bytes of UTF-8 belong to the character before.
      column++
    }
  }
  return { line, column }
}
