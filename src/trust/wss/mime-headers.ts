import type { RawHeaders } from '../../exchange/http-content.js'
import { mimeParameter, mimeParts, withoutComments } from './mime-parameters.js'

/** The header fields of a part that Attachment-Complete covers, in the order in which they are written. */
const covered = [
  'Content-Description',
  'Content-Disposition',
  'Content-ID',
  'Content-Location',
  'Content-Type',
] as const

type CoveredField = (typeof covered)[number]

/**
 * The header fields of an attachment as the Attachment-Complete transform digests them (SwA Profile 1.1
 * §5.4.1), in the reading of it that WSS4J has: unfolded, without comments, parameters decoded, in lower
 * case where case means nothing, quoted, and sorted.
 */
export function canonicalMimeHeaders(rawHeaders: RawHeaders): Buffer {
  let text = ''
  for (const field of covered) {
    const value = valueOf(rawHeaders, field)
    if (value !== undefined) text += `${field}:${canonicalValue(field, value)}\r\n`
    else if (field === 'Content-Type') text += 'Content-Type:text/plain;charset="us-ascii"\r\n'
  }
  return Buffer.from(text, 'utf8')
}

/** The media type of an attachment in lower case, without parameters; empty where none is said. */
export function mediaTypeOf(rawHeaders: RawHeaders): string {
  const value = valueOf(rawHeaders, 'Content-Type') ?? ''
  return (withoutComments(value).split(';', 1)[0] ?? '').trim().toLowerCase()
}

/** The last of several, as with a map of fields. */
function valueOf(rawHeaders: RawHeaders, field: CoveredField): string | undefined {
  const lowerName = field.toLowerCase()
  let value: string | undefined
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() === lowerName) value = rawHeaders[at + 1]
  }
  return value?.replace(/(?:\r?\n[ \t]+)+/g, ' ')
}

function canonicalValue(field: CoveredField, value: string): string {
  if (field === 'Content-Description') return withoutComments(decodedWords(value))
  const bare = withoutComments(value.replace(/^[ \t]+/, ''))
  const hasParameters = field === 'Content-Type' || field === 'Content-Disposition'
  return hasParameters && bare.includes(';') ? canonicalParameters(bare) : bare
}

/** RFC 2045 parameters, those of RFC 2231 decoded: lower-case names in order, each value in quotes. */
function canonicalParameters(value: string): string {
  const [type = '', ...parts] = mimeParts(value)
  const parameters = new Map<string, string>()
  for (const part of parts) {
    const { name, value: text, continues } = mimeParameter(part)
    const before = continues ? parameters.get(name) : undefined
    parameters.set(name, (before ?? '') + text)
  }
  const sorted = [...parameters].sort(([one], [other]) => (one < other ? -1 : 1))
  const written = sorted.map(([name, text]) => {
    const shown = caseless.has(name) ? text.toLowerCase() : text
    return `;${name}="${shown.replace(/["\\]/g, '\\$&')}"`
  })
  return type.toLowerCase() + written.join('')
}

/** Parameters of which the value has no case. */
const caseless: ReadonlySet<string> = new Set([
  'charset',
  'creation-date',
  'filename',
  'modification-date',
  'padding',
  'read-date',
  'size',
  'type',
])

/** RFC 2047 encoded words. One in a charset that is not known stays as it is. */
function decodedWords(value: string): string {
  const joined = value.replace(/(=\?[^?\s]+\?[BbQq]\?[^?\s]*\?=)[ \t]+(?==\?)/g, '$1')
  return joined.replace(
    /=\?([^?\s*]+)(?:\*[^?\s]*)?\?([BbQq])\?([^?\s]*)\?=/g,
    (word, charset: string, encoding: string, text: string) => {
      const octets =
        encoding.toUpperCase() === 'B'
          ? Buffer.from(text, 'base64')
          : Buffer.from(
              text
                .replaceAll('_', ' ')
                .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) =>
                  String.fromCharCode(Number.parseInt(hex, 16)),
                ),
              'latin1',
            )
      return decodedText(octets, charset) ?? word
    },
  )
}

function decodedText(octets: Uint8Array, charset: string): string | undefined {
  try {
    return new TextDecoder(charset).decode(octets)
  } catch {
    return undefined
  }
}
