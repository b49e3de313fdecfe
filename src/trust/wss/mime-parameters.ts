/** One parameter of a MIME header field (RFC 2045 §5.1), or a piece of one (RFC 2231 §3). */
export interface MimeParameter {
  /** In lower case. */
  readonly name: string
  /** Decoded, without quotes. */
  readonly value: string
  /** Whether it goes on where the piece before it ended. */
  readonly continues: boolean
}

/** A field's value without its comments (RFC 822 §3.4.3), which may hold others. */
export function withoutComments(value: string): string {
  if (!value.includes('(')) return value
  let kept = ''
  let depth = 0
  let quoted = false
  for (const character of value) {
    if (depth === 0 && character === '"') quoted = !quoted
    if (!quoted && character === '(') depth++
    if (depth === 0) kept += character
    if (!quoted && character === ')' && depth > 0) depth--
  }
  return kept
}

/** The value and its parameters, cut at the semicolons that are not in quotes. */
export function mimeParts(value: string): string[] {
  return value.match(/(?:"(?:[^"\\]|\\.)*"|[^;])+/gs) ?? []
}

/** Reads one of the parts behind the first. */
export function mimeParameter(part: string): MimeParameter {
  const equals = part.indexOf('=')
  const [key, raw] =
    equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1).trim()]
  const spelt = key.trim().toLowerCase()
  const isExtended = spelt.endsWith('*')
  const [name = '', section] = spelt.split('*')
  const value = raw.startsWith('"') ? raw.slice(1, -1).replace(/\\(.)/gs, '$1') : raw
  return {
    name,
    value: isExtended ? extendedValue(value) : value,
    continues: section !== undefined && section !== '',
  }
}

/** charset'language'text with octets in percent (RFC 2231 §4); a continued piece has only the text. */
function extendedValue(value: string): string {
  const [, charset = '', text = value] = /^([^']*)'[^']*'(.*)$/s.exec(value) ?? []
  const octets = Buffer.from(
    text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    ),
    'latin1',
  )
  try {
    return new TextDecoder(charset === '' ? 'utf-8' : charset).decode(octets)
  } catch {
    return value
  }
}
