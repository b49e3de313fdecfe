import { createHash } from 'node:crypto'
import { Fault } from '../exchange/fault.js'
import type { ByteSource, SpooledPayload, SpoolWriter } from '../exchange/payload.js'
import { spoolPieceBytes } from '../limits/http.js'
import type { SpoolFile } from './spool-file.js'

/** What a writer needs to know of the spool that it writes to. */
export interface WriterPlace {
  readonly file: SpoolFile
  /** Counts more bytes, or fewer. @throws Fault THROTTLED */
  count(more: number): void
  /** Tells the engineer that the disk fails. */
  failed(error: unknown): void
  /** The file is not needed any more. */
  forget(): void
}

/** Gathers bytes to pieces for one file, and digests them. */
export class DiskWriter implements SpoolWriter {
  readonly #place: WriterPlace
  readonly #sha256 = createHash('sha256')
  readonly #piece = Buffer.allocUnsafeSlow(spoolPieceBytes)
  #used = 0
  #length = 0
  #isAbandoned = false

  constructor(place: WriterPlace) {
    this.#place = place
  }

  get length(): number {
    return this.#length
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#isAbandoned) throw new Error('a payload was given up')
    this.#place.count(bytes.length)
    this.#length += bytes.length
    this.#sha256.update(bytes)
    let isBehind = false
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + spoolPieceBytes - this.#used)
      this.#piece.set(part, this.#used)
      this.#used += part.length
      at += part.length
      if (this.#used < spoolPieceBytes) continue
      this.#append()
      isBehind = true
    }
    if (!isBehind) return undefined
    const settled = this.#settled()
    // Who does not wait for these bytes hears of it with the next, or at the end; unheard it would end the process.
    settled.catch(() => undefined)
    return settled
  }

  async finish(): Promise<SpooledPayload> {
    if (this.#used > 0) this.#append()
    await this.#settled()
    return new FilePayload(this.#place.file, this.#length, this.#sha256.digest())
  }

  abandon(): void {
    if (this.#isAbandoned) return
    this.#isAbandoned = true
    this.#place.count(-this.#length)
    this.#place.forget()
  }

  #append(): void {
    this.#place.file.append(this.#piece.subarray(0, this.#used))
    this.#used = 0
  }

  async #settled(): Promise<void> {
    try {
      await this.#place.file.written
    } catch (error) {
      if (!this.#isAbandoned) this.#place.failed(error)
      throw new Fault('THROTTLED', {
        side: 'bus',
        detail: 'The bus has no room for large messages now.',
        cause: error,
      })
    }
  }
}

class FilePayload implements SpooledPayload {
  readonly length: number
  readonly sha256: Uint8Array
  readonly #file: SpoolFile

  constructor(file: SpoolFile, length: number, sha256: Uint8Array) {
    this.#file = file
    this.length = length
    this.sha256 = sha256
  }

  pieces(): AsyncIterable<Uint8Array> {
    return this.#read(0, this.length)
  }

  stretch(start: number, end: number): ByteSource {
    if (start < 0 || end < start || end > this.length) throw new RangeError('outside the payload')
    return { length: end - start, pieces: () => this.#read(start, end) }
  }

  async *#read(start: number, end: number): AsyncGenerator<Uint8Array, void> {
    const ciphertext = Buffer.allocUnsafeSlow(Math.min(spoolPieceBytes, this.length))
    for (let at = start; at < end;) {
      const index = Math.floor(at / spoolPieceBytes)
      const from = index * spoolPieceBytes
      const bytes = Math.min(spoolPieceBytes, this.length - from)
      const piece = await this.#file.read(index, ciphertext.subarray(0, bytes))
      yield piece.subarray(at - from, Math.min(end - from, bytes))
      at = from + bytes
    }
  }
}
