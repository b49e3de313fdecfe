import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'

/** A part that was written, as the manifest lists it. */
export interface WrittenPart {
  readonly name: string
  readonly bytes: number
  /** base64 */
  readonly sha256: string
}

const mode = 0o600

/** Writes a ZIP file part by part; no part is in memory as a whole unless it came so. */
export class ArchiveFileWriter {
  readonly #zip = new ZipFile()
  readonly #file: WriteStream
  readonly #written: Promise<void>
  readonly #parts: WrittenPart[] = []

  private constructor(file: WriteStream) {
    this.#file = file
    this.#written = pipeline(this.#zip.outputStream as Readable, file)
    // What went wrong is said by the part that is being written, or at the end.
    this.#written.catch(() => undefined)
  }

  /** Begins a file, in place of one that an earlier try left. @throws Error where it cannot be made */
  static async open(path: string): Promise<ArchiveFileWriter> {
    const file = createWriteStream(path, { flags: 'w', mode, flush: true })
    await once(file, 'open')
    return new ArchiveFileWriter(file)
  }

  /** Parts so far, in their order. */
  get parts(): readonly WrittenPart[] {
    return this.#parts
  }

  /** @param compress - false for what does not shrink */
  async add(name: string, content: Buffer | AsyncIterable<Buffer>, compress = true): Promise<void> {
    const sha256 = createHash('sha256')
    let bytes = 0
    const counted = async function* (): AsyncGenerator<Buffer, void> {
      for await (const chunk of Buffer.isBuffer(content) ? [content] : content) {
        sha256.update(chunk)
        bytes += chunk.length
        if (chunk.length > 0) yield chunk
      }
    }
    const source = Readable.from(counted(), { objectMode: false })
    const read = once(source, 'end')
    this.#zip.addReadStream(source, name, { compress, mode: 0o100600 })
    // A part that fails, or a disk that is full, ends the file.
    await Promise.race([read, this.#written.then(() => read)])
    this.#parts.push({ name, bytes, sha256: sha256.digest('base64') })
  }

  /** Ends the file; it is durable then. */
  async finish(): Promise<void> {
    this.#zip.end()
    await this.#written
  }

  /** Leaves the file as it is. */
  abandon(): void {
    this.#file.destroy()
  }
}
