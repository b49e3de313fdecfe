import type { RawHeaders } from '../../src/exchange/http-content.js'
import type { ByteStretch } from '../../src/exchange/verified-element.js'
import { attachmentsMax, contentIdCharsMax, partHeadBytesMax } from '../../src/limits/soap.js'
import { checkSoapPartType, type MultipartContentType } from './content-type.js'
import { PackagingError } from '../../src/http/packaging-error.js'
import { partHeader, readPartHead, type PartHead } from '../../src/http/part-head.js'
import { isIdentity } from './transfer-encoding.js'

/** A part, and where its content stands in the body. */
export interface ScannedPart extends PartHead {
  readonly content: ByteStretch
}

export interface ScannedAttachment extends ScannedPart {
  readonly contentId: string
}

/** Where the parts of a multipart stand. */
export interface ScannedMultipart {
  readonly soapPart: ScannedPart
  readonly attachments: readonly ScannedAttachment[]
}

/** Looks at the content of one attachment while it comes. */
export interface ContentWatch {
  update(content: Buffer): void
  /** @throws PackagingError for content that is refused; called when all else of the part is well */
  end(): void
}

type State = 'opening' | 'head' | 'content' | 'boundary line' | 'closing'

const nothing: Buffer = Buffer.alloc(0)
const dash = 0x2d

/**
 * Finds the parts of a body of this type (RFC 2046 §5.1, RFC 2387), which comes in chunks of any size.
 * Bytes that belong to no part, and which no signature could cover, are refused: text before the first
 * boundary and after the last, blanks behind a boundary. Of the content nothing is kept.
 */
export class MultipartScanner {
  readonly #type: MultipartContentType
  readonly #watch: (head: PartHead) => ContentWatch | undefined
  readonly #delimiter: Buffer
  readonly #attachments: ScannedAttachment[] = []
  readonly #contentIds = new Set<string>()
  #soapPart: ScannedPart | undefined
  #state: State = 'opening'
  /** What came last, and of which nothing can be said without more; it begins at this offset. */
  #rest = nothing
  #restAt = 0
  /** The part that is under way. */
  #head: PartHead | undefined
  #contentEnd = 0
  #watching: ContentWatch | undefined

  /** @param watch - is asked for each attachment in order; undefined where nobody looks at its content */
  constructor(
    type: MultipartContentType,
    watch: (head: PartHead) => ContentWatch | undefined = () => undefined,
  ) {
    this.#type = type
    this.#watch = watch
    this.#delimiter = Buffer.from(`\r\n--${type.boundary}`, 'latin1')
  }

  /** @throws PackagingError naming the field */
  push(chunk: Buffer): void {
    this.#take(this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]), false)
  }

  /** @throws PackagingError naming the field */
  end(): ScannedMultipart {
    this.#take(this.#rest, true)
    if (!this.#soapPart) throw unclosed()
    return { soapPart: this.#soapPart, attachments: this.#attachments }
  }

  #take(bytes: Buffer, isEnd: boolean): void {
    let at = 0
    for (
      let next: number | undefined = 0;
      next !== undefined;
      next = this.#step(bytes, at, isEnd)
    ) {
      at = next
    }
    this.#restAt += at
    // Not a view: the chunk's owner may use its memory again.
    this.#rest = at === bytes.length ? nothing : Buffer.from(bytes.subarray(at))
  }

  /** @returns the offset up to which all is said; undefined where more has to come */
  #step(bytes: Buffer, at: number, isEnd: boolean): number | undefined {
    switch (this.#state) {
      case 'opening':
        return this.#readOpening(bytes, isEnd)
      case 'head':
        return this.#readHead(bytes, at, isEnd)
      case 'content':
        return this.#readContent(bytes, at, isEnd)
      case 'boundary line':
        return this.#readBoundaryLine(bytes, at, isEnd)
      case 'closing':
        return this.#readClosing(bytes, at, isEnd)
    }
  }

  #readOpening(bytes: Buffer, isEnd: boolean): number | undefined {
    if (bytes.length < this.#delimiter.length + 2 && !isEnd) return undefined
    this.#state = 'head'
    return firstPartStart(bytes, this.#type.boundary)
  }

  #readHead(bytes: Buffer, at: number, isEnd: boolean): number | undefined {
    const window = bytes.subarray(at, at + partHeadBytesMax)
    const isWhole = window.length === partHeadBytesMax || window.includes('\r\n\r\n', 0, 'latin1')
    if (!isWhole && !isEnd) return undefined
    const head = (this.#head = readPartHead(window, this.#restAt + at))
    this.#watching = this.#soapPart ? this.#watch(head) : undefined
    this.#state = 'content'
    // From the line end before the content: a boundary may follow the header at once.
    return head.contentStart - 2 - this.#restAt
  }

  #readContent(bytes: Buffer, at: number, isEnd: boolean): number | undefined {
    const found = bytes.indexOf(this.#delimiter, at)
    if (found < 0 && isEnd) throw unclosed()
    // What looks like content at the end may be the beginning of the boundary.
    const end = found < 0 ? Math.max(at, bytes.length - this.#delimiter.length + 1) : found
    const start = Math.max(at, (this.#head?.contentStart ?? 0) - this.#restAt)
    if (end > start) this.#watching?.update(bytes.subarray(start, end))
    if (found < 0) return end > at ? end : undefined
    if (found < start) throw broken('A part has no content.')
    this.#contentEnd = this.#restAt + found
    this.#state = 'boundary line'
    return found + this.#delimiter.length
  }

  #readBoundaryLine(bytes: Buffer, at: number, isEnd: boolean): number | undefined {
    if (bytes.length < at + 2 && !isEnd) return undefined
    if (bytes[at] === dash && bytes[at + 1] === dash) {
      this.#state = 'closing'
      return at
    }
    // Any other line that begins so is a boundary for one reader and content for the next.
    if (bytes.toString('latin1', at, at + 2) !== '\r\n') throw followed()
    this.#finishPart()
    if (this.#attachments.length === attachmentsMax) {
      throw broken('There are too many attachments.')
    }
    this.#state = 'head'
    return at + 2
  }

  #readClosing(bytes: Buffer, at: number, isEnd: boolean): number | undefined {
    const rest = bytes.toString('latin1', at, at + 8)
    if (isEnd ? !/^--(?:\r\n){0,2}$/.test(rest) : rest.length > 6) throw followed()
    if (!isEnd) return undefined
    this.#finishPart()
    return undefined
  }

  #finishPart(): void {
    const head = this.#head
    if (!head) throw unclosed()
    const part = { ...head, content: { start: head.contentStart, end: this.#contentEnd } }
    if (this.#soapPart) {
      this.#attachments.push(this.#attachment(part))
      this.#watching?.end()
      return
    }
    const contentId = checkSoapPart(head, this.#type)
    if (contentId !== undefined) this.#contentIds.add(contentId)
    this.#soapPart = part
  }

  #attachment(part: ScannedPart): ScannedAttachment {
    const { rawHeaders } = part
    const contentId = contentIdOf(rawHeaders)
    if (contentId === undefined) {
      throw new PackagingError('Content-ID', 'An attachment has no Content-ID.')
    }
    if (this.#contentIds.has(contentId)) {
      throw new PackagingError('Content-ID', 'Two parts have the same Content-ID.')
    }
    this.#contentIds.add(contentId)
    if (/^(?:multipart|message)\//i.test(partHeader(rawHeaders, 'content-type') ?? '')) {
      throw broken('An attachment holds a message or a multipart of its own.')
    }
    isIdentity(partHeader(rawHeaders, 'content-transfer-encoding'))
    return { ...part, contentId }
  }
}

/** The offset of the first part's header. @throws PackagingError */
export function firstPartStart(bytes: Buffer, boundary: string): number {
  // Some stacks begin the body with the line end that belongs to every boundary but the first.
  const before = bytes[0] === 0x0d && bytes[1] === 0x0a ? 2 : 0
  const line = `--${boundary}\r\n`
  if (bytes.toString('latin1', before, before + line.length) !== line) {
    throw broken('The body does not begin with the boundary.')
  }
  return before + line.length
}

/** @returns its Content-ID, if it has one. @throws PackagingError */
export function checkSoapPart(
  { rawHeaders }: PartHead,
  type: MultipartContentType,
): string | undefined {
  checkSoapPartType(partHeader(rawHeaders, 'content-type'), type)
  if (!isIdentity(partHeader(rawHeaders, 'content-transfer-encoding'))) {
    throw new PackagingError(
      'Content-Transfer-Encoding',
      'The SOAP part must be 7bit, 8bit or binary.',
    )
  }
  const contentId = contentIdOf(rawHeaders)
  // X-Road puts the SOAP part first; a reader that follows `start` must come to the same part.
  if (type.start !== undefined && type.start !== contentId) {
    throw new PackagingError('start', 'The parameter does not name the first part.')
  }
  return contentId
}

function contentIdOf(rawHeaders: RawHeaders): string | undefined {
  const value = partHeader(rawHeaders, 'content-id')
  if (value === undefined) return undefined
  const isContentId = /^<[!-;=?-~]+>$/.test(value)
  if (isContentId && value.length <= contentIdCharsMax + 2) return value.slice(1, -1)
  throw new PackagingError('Content-ID', 'The field must be an id in angle brackets.')
}

export function unclosed(): PackagingError {
  return broken('A part does not end with the boundary.')
}

function followed(): PackagingError {
  return broken('Something follows a boundary on its line, or the last boundary.')
}

export function broken(detail: string): PackagingError {
  return new PackagingError('multipart', detail)
}
