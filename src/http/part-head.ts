import { isUtf8 } from 'node:buffer'
import { partHeadBytesMax, partHeadersMax } from '../limits/soap.js'
import type { RawHeaders } from '../exchange/http-content.js'
import type { ByteStretch } from '../exchange/verified-element.js'
import { PackagingError } from './packaging-error.js'

/** The header fields of one part, as received, and where its content begins. */
export interface PartHead {
  readonly rawHeaders: RawHeaders
  readonly contentStart: number
  /** Each field's lines, line end included, in the order of `rawHeaders`. */
  readonly fields: readonly ByteStretch[]
}

const headEnd = Buffer.from('\r\n\r\n')
const name = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
// Of the control characters only the tab may stand in a value.
const control = /[\x00-\x08\x0a-\x1f\x7f]/

/**
 * Reads the header fields of a part (RFC 2045 §3, RFC 822 §3.1): folded values stay folded, file names
 * in plain UTF-8 pass. No field may be there twice.
 * @param bytes - what stands behind the boundary's line, up to `partHeadBytesMax` of it
 * @param start - the offset in the body at which it stands
 * @throws PackagingError
 */
export function readPartHead(bytes: Buffer, start: number): PartHead {
  const window = bytes.subarray(0, partHeadBytesMax)
  const length = window.indexOf(headEnd)
  if (length < 0) throw broken('The header of a part does not end, or is too long.')
  const head = window.subarray(0, length)
  if (!isUtf8(head)) throw broken('The header of a part is not UTF-8.')
  const rawHeaders: string[] = []
  const fields: { start: number; end: number }[] = []
  const seen = new Set<string>()
  let at = start
  for (const line of head.toString('utf8').split('\r\n')) {
    const end = at + Buffer.byteLength(line) + 2
    if (control.test(line)) throw broken('The header of a part holds a control character.')
    const last = fields.at(-1)
    if (/^[ \t]/.test(line)) {
      if (last === undefined) throw broken('The header of a part begins with a folded line.')
      rawHeaders.push(`${rawHeaders.pop() ?? ''}\r\n${line}`)
      last.end = end
    } else {
      addField(line, rawHeaders, seen)
      fields.push({ start: at, end })
    }
    at = end
  }
  return { rawHeaders, contentStart: start + length + headEnd.length, fields }
}

function addField(line: string, rawHeaders: string[], seen: Set<string>): void {
  const colon = line.indexOf(':')
  const field = line.slice(0, colon)
  if (colon < 0 || !name.test(field)) throw broken('A header field of a part has no name.')
  if (seen.size === partHeadersMax) throw broken('A part has too many header fields.')
  if (seen.has(field.toLowerCase())) throw broken('A header field of a part is repeated.')
  seen.add(field.toLowerCase())
  rawHeaders.push(field, line.slice(colon + 1).trim())
}

/** The unfolded value of a field; undefined where it is not there. */
export function partHeader(rawHeaders: RawHeaders, lowerName: string): string | undefined {
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() !== lowerName) continue
    return rawHeaders[at + 1]?.replace(/\r\n[ \t]+/g, ' ').trim()
  }
  return undefined
}

function broken(detail: string): PackagingError {
  return new PackagingError('multipart', detail)
}
