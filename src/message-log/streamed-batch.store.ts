import type { Writable } from 'node:stream'
import type pg from 'pg'
import { isInMemory, type Bytes } from '../exchange/payload.js'
import { copyDataHead, copyFail } from './copy-binary.js'
import { isConnectionTrouble, UnreadableRecord } from './write-trouble.js'

/**
 * A query whose data is not in memory as a whole: it goes out piece by piece, as fast as the server takes
 * it. It is at its end when the server is, and when nothing more is written: the next query's data
 * would else be mixed with this one's.
 */
export class StreamedBatch implements pg.Submittable {
  readonly #bytes: readonly Bytes[]
  readonly #done: (error?: Error) => void
  // The driver puts the end of its own time limit here.
  callback: ((error?: Error) => void) | undefined
  #isWriting = true
  #isOver = false
  #isSettled = false
  #error: Error | undefined
  #unreadable: UnreadableRecord | undefined
  /** Lets who waits for the socket go on. */
  #wake: (() => void) | undefined

  constructor(bytes: readonly Bytes[], done: (error?: Error) => void) {
    this.#bytes = bytes
    this.#done = done
  }

  submit({ stream }: pg.Connection): void {
    void this.#writeAll(stream)
  }

  handleReadyForQuery(): void {
    this.#end()
  }

  handleError(error: Error): void {
    this.#end(error)
  }

  // The data is on its way already.
  handleCopyInResponse(): void {}
  handleCommandComplete(): void {}
  handleEmptyQuery(): void {}

  async #writeAll(stream: Writable): Promise<void> {
    try {
      for (const part of this.#bytes) {
        if (isInMemory(part)) await this.#write(stream, part)
        else await this.#writePieces(stream, part.pieces())
      }
    } catch (error) {
      // Only what reads the spool throws. The server is to take back what it has of this batch.
      if (!this.#isOver) {
        this.#unreadable = new UnreadableRecord('a payload could not be read', { cause: error })
        stream.write(copyFail((error as Error).message))
      }
    }
    this.#isWriting = false
    if (this.#isOver) this.#settle()
  }

  async #writePieces(stream: Writable, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const piece of pieces) {
      if (this.#isOver) return
      stream.write(copyDataHead([piece]))
      await this.#write(stream, piece)
    }
  }

  async #write(stream: Writable, bytes: Uint8Array): Promise<void> {
    if (this.#isOver || stream.write(bytes)) return
    await new Promise<void>((resolve) => {
      this.#wake = () => {
        stream.off('drain', resolve)
        resolve()
      }
      stream.once('drain', resolve)
    })
    this.#wake = undefined
  }

  #end(error?: Error): void {
    if (this.#isOver) return
    this.#isOver = true
    // What the server says then is only that it was told to give up.
    this.#error = error && !isConnectionTrouble(error) ? (this.#unreadable ?? error) : error
    this.#wake?.()
    // A connection that is of no use any more is waited for by nobody.
    if (!this.#isWriting || (error && isConnectionTrouble(error))) this.#settle()
  }

  #settle(): void {
    if (this.#isSettled) return
    this.#isSettled = true
    this.callback?.(this.#error)
    this.#done(this.#error)
  }
}
