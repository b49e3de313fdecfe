import { randomUUID } from 'node:crypto'
import { attachmentsMax, partHeadBytesMax } from '../limits/soap.js'
import { PackagingError } from './packaging-error.js'
import { partHeader, readPartHead } from './part-head.js'

/** One part of a `multipart/form-data` body (RFC 7578). */
export interface FormPart {
  readonly name: string
  /** With its parameters; undefined where the part says none. */
  readonly mediaType: string | undefined
  readonly content: Uint8Array
}

// RFC 2046 §5.1.1, without blanks, which no boundary of this age has.
const formType =
  /^multipart\/form-data[ \t]*;[ \t]*boundary=(?:"([0-9A-Za-z'()+_,\-./:=?]{1,70})"|([0-9A-Za-z'+_\-.]{1,70}))[ \t]*$/i

/** Whether a Content-Type says that a body is a form, however malformed. */
export function isFormData(contentType: string | undefined): boolean {
  return contentType !== undefined && /^multipart\/form-data\b/i.test(contentType)
}

/**
 * Takes a form apart. Bytes that belong to no part are refused: text before the first boundary and after the last, blanks
 * behind a boundary. What a client calls the file is not told of.
 * @throws PackagingError
 */
export function readFormData(contentType: string, body: Uint8Array): readonly FormPart[] {
  const match = formType.exec(contentType)
  const boundary = match?.[1] ?? match?.[2]
  if (boundary === undefined) {
    throw new PackagingError('Content-Type', 'A form has one parameter, the boundary.')
  }
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const opening = `--${boundary}\r\n`
  if (bytes.toString('latin1', 0, opening.length) !== opening) {
    throw broken('The body does not begin with the boundary.')
  }
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1')
  const parts: FormPart[] = []
  for (let at = opening.length; ;) {
    // A message and its files.
    if (parts.length > attachmentsMax) throw broken('There are too many parts.')
    const head = readPartHead(bytes.subarray(at, at + partHeadBytesMax), at)
    const { contentStart } = head
    // From the line end before the content: a boundary may follow the header at once.
    const end = bytes.indexOf(delimiter, contentStart - 2)
    if (end < 0) throw broken('A part does not end with the boundary.')
    if (end < contentStart) throw broken('A part has no content.')
    parts.push(partOf(head.rawHeaders, bytes.subarray(contentStart, end)))
    at = end + delimiter.length + 2
    const line = bytes.toString('latin1', at - 2, at)
    if (line === '--' && /^(?:\r\n)?$/.test(bytes.toString('latin1', at, at + 3))) return parts
    if (line !== '\r\n') {
      throw broken('Something follows a boundary on its line, or the last boundary.')
    }
  }
}

function partOf(rawHeaders: readonly string[], content: Uint8Array): FormPart {
  const mediaType = partHeader(rawHeaders, 'content-type')
  if (mediaType !== undefined && /^(?:multipart|message)\//i.test(mediaType)) {
    throw broken('A part holds a message or a multipart of its own.')
  }
  // RFC 7578 §4.7: none on HTTP; some clients name one that changes nothing.
  const encoding = partHeader(rawHeaders, 'content-transfer-encoding') ?? 'binary'
  if (!/^(?:7bit|8bit|binary)$/i.test(encoding)) {
    throw new PackagingError('Content-Transfer-Encoding', 'A part must be 7bit, 8bit or binary.')
  }
  return { name: nameOf(partHeader(rawHeaders, 'content-disposition') ?? ''), mediaType, content }
}

const parameter = /;[ \t]*([a-z]+)=(?:"((?:[^"\\]|\\[^])*)"|([!#$%&'*+.^_`|~0-9A-Za-z-]+))[ \t]*/iy

/** RFC 7578 §4.2; a parameter `filename*` must not be there. */
function nameOf(disposition: string): string {
  const found = new Map<string, string>()
  let at = /^form-data[ \t]*/i.exec(disposition)?.[0].length ?? 0
  while (at > 0 && at < disposition.length) {
    parameter.lastIndex = at
    const [whole = '', key = '', quoted, token = ''] = parameter.exec(disposition) ?? []
    const name = key.toLowerCase()
    if (whole === '' || found.has(name)) throw misnamed()
    found.set(name, quoted ?? token)
    at += whole.length
  }
  const name = found.get('name') ?? ''
  found.delete('name')
  found.delete('filename')
  // An escape in a name is read in more than one way.
  if (!isPartName(name) || found.size > 0) throw misnamed()
  return name
}

/** Whether every reader takes a name for the same: nothing of it is quoted or percent-encoded. */
export function isPartName(name: string): boolean {
  return /^[^"\\%\p{Cc}]+$/u.test(name) && name.isWellFormed()
}

function misnamed(): PackagingError {
  return new PackagingError('Content-Disposition', 'The field must be form-data with one name.')
}

function broken(detail: string): PackagingError {
  return new PackagingError('multipart', detail)
}

/** A part to be written; a file has a file name. */
export interface FormPartToWrite {
  /** For which `isPartName` holds. */
  readonly name: string
  readonly isFile: boolean
  /** Printable ASCII. */
  readonly mediaType: string
  readonly content: Uint8Array
}

/** Writes a form. */
export function writeFormData(parts: readonly FormPartToWrite[]): {
  readonly contentType: string
  readonly payload: Uint8Array
} {
  const boundary = `sluice-${randomUUID()}`
  const pieces: Uint8Array[] = []
  for (const { name, isFile, mediaType, content } of parts) {
    const filename = isFile ? `; filename="${name}"` : ''
    const head =
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${filename}\r\n` +
      `Content-Type: ${mediaType}\r\n\r\n`
    pieces.push(Buffer.from(head), content, Buffer.from('\r\n'))
  }
  pieces.push(Buffer.from(`--${boundary}--\r\n`))
  return {
    contentType: `multipart/form-data; boundary="${boundary}"`,
    payload: Buffer.concat(pieces),
  }
}
