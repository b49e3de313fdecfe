import type { ContentWatch } from './multipart-scanner.js'
import { PackagingError } from '../../src/http/packaging-error.js'
import { partHeader, type PartHead } from '../../src/http/part-head.js'
import { transferDecoder, type TransferDecoder } from './transfer-encoding.js'

/**
 * The content of an attachment with its transfer encoding undone while it comes. What is wrong with it
 * is said at its end, when all else of the part is well.
 */
export class DecodedContent implements ContentWatch {
  readonly #decoder: TransferDecoder
  readonly #kept: Buffer[] | undefined
  #error: PackagingError | undefined
  /** Bytes so far. */
  length = 0

  /** @param isKept - or else only looked at */
  constructor(decoder: TransferDecoder, isKept: boolean) {
    this.#decoder = decoder
    this.#kept = isKept ? [] : undefined
  }

  /** All of it, where it is kept. */
  get bytes(): Buffer {
    const [first, ...others] = this.#kept ?? []
    return first && others.length === 0 ? first : Buffer.concat(this.#kept ?? [])
  }

  update(content: Buffer): void {
    if (this.#error) return
    try {
      this.#add(this.#decoder.update(content))
    } catch (error) {
      if (!(error instanceof PackagingError)) throw error
      this.#error = error
    }
  }

  end(): void {
    if (this.#error) throw this.#error
    this.#add(this.#decoder.end())
  }

  #add(decoded: Buffer): void {
    if (decoded.length === 0) return
    this.length += decoded.length
    this.#kept?.push(decoded)
  }
}

/** Undefined for an encoding that changes nothing, and for one that is not known. */
export function contentDecoder({ rawHeaders }: PartHead): TransferDecoder | undefined {
  try {
    return transferDecoder(partHeader(rawHeaders, 'content-transfer-encoding'))
  } catch {
    // The part is refused at its end.
    return undefined
  }
}
