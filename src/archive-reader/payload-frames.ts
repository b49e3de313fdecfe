import { archiveFileLimits } from '../limits/log-archive.js'
import { ArchiveError } from './archive-error.js'

/** What stands before a ciphertext: whose it is, and how it is sealed. */
export interface PayloadHead {
  /** Index of its entry. */
  readonly index: number
  /** UUID. */
  readonly dataKeyId: string
  readonly nonce: Buffer
  /** Length of the ciphertext with its tag. */
  readonly bytes: number
}

/** One payload; its ciphertext is read once, before the next one. */
export interface PayloadFrame {
  readonly head: PayloadHead
  readonly ciphertext: () => AsyncGenerator<Buffer, void>
}

const idBytes = 16
const fixedBytes = 8 + idBytes + 1

/**
 * The payloads of one part, one after the other; large ones never are in memory as a whole.
 * @throws ArchiveError for what is no such part
 */
export async function* framesOf(
  content: AsyncGenerator<Buffer, void>,
  part: string,
): AsyncGenerator<PayloadFrame, void> {
  const source = new ByteSource(content, part)
  while (!(await source.isAtEnd())) {
    const head = await headOf(source, part)
    let left = head.bytes
    const ciphertext = async function* (): AsyncGenerator<Buffer, void> {
      while (left > 0) {
        const piece = await source.some(left)
        left -= piece.length
        yield piece
      }
    }
    yield { head, ciphertext }
    // What nobody wanted to see stands before the next one all the same.
    while (left > 0) left -= (await source.some(left)).length
  }
}

async function headOf(source: ByteSource, part: string): Promise<PayloadHead> {
  const fixed = await source.exactly(fixedBytes)
  const nonceBytes = fixed.readUInt8(fixedBytes - 1)
  if (nonceBytes > archiveFileLimits.nonceBytesMax) throw new ArchiveError('part-unreadable', part)
  const rest = await source.exactly(nonceBytes + 8)
  const bytes = Number(rest.readBigUInt64BE(nonceBytes))
  const index = Number(fixed.readBigUInt64BE())
  if (!Number.isSafeInteger(bytes) || !Number.isSafeInteger(index)) {
    throw new ArchiveError('part-unreadable', part)
  }
  const hex = fixed.toString('hex', 8, 8 + idBytes)
  const dataKeyId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  return { index, dataKeyId, nonce: rest.subarray(0, nonceBytes), bytes }
}

/** Bytes as they come, to be taken in the sizes that a format asks for. */
class ByteSource {
  readonly #content: AsyncGenerator<Buffer, void>
  readonly #part: string
  #waiting: Buffer = Buffer.alloc(0)

  constructor(content: AsyncGenerator<Buffer, void>, part: string) {
    this.#content = content
    this.#part = part
  }

  async isAtEnd(): Promise<boolean> {
    while (this.#waiting.length === 0) {
      const step = await this.#content.next()
      if (step.done === true) return true
      this.#waiting = step.value
    }
    return false
  }

  /** At least one byte and at most so many. @throws ArchiveError at the end */
  async some(bytesMax: number): Promise<Buffer> {
    if (await this.isAtEnd()) throw new ArchiveError('part-unreadable', this.#part)
    const piece = this.#waiting.subarray(0, bytesMax)
    this.#waiting = this.#waiting.subarray(piece.length)
    return piece
  }

  async exactly(bytes: number): Promise<Buffer> {
    const pieces: Buffer[] = []
    for (let left = bytes; left > 0;) {
      const piece = await this.some(left)
      pieces.push(piece)
      left -= piece.length
    }
    return Buffer.concat(pieces)
  }
}
