import type { ArrivedRequest, UnfinishedReply } from './connection.js'
import { isInMemory, type ByteSource } from '../exchange/payload.js'
import { noPayload } from './payload.js'
import type { RenderedReply } from './lane.js'
import { replyPieceBytes } from '../limits/http.js'

/**
 * One reply on its way to a consumer, until the system has taken its last byte. A long one is written
 * piece by piece: so its reader's progress is seen, and TLS does not hold all of it a second time.
 */
export class ReplyWriting implements UnfinishedReply {
  readonly startedAtMs = performance.now()
  readonly #to: ArrivedRequest
  readonly #onDone: (exchangeId: string) => void
  readonly #onBroken: (error: unknown) => void
  #payload: Uint8Array = noPayload
  #written = 0
  #isDone = false
  #wake: (() => void) | undefined

  /**
   * @param onDone - called once, when nothing of the reply is held any more
   * @param onBroken - called where the rest of a reply cannot be read from the disk; it is cut off then
   */
  constructor(
    to: ArrivedRequest,
    onDone: (exchangeId: string) => void,
    onBroken: (error: unknown) => void,
  ) {
    this.#to = to
    this.#onDone = onDone
    this.#onBroken = onBroken
  }

  get exchangeId(): string {
    return this.#to.exchangeId
  }

  /** @throws Error when Node refuses a header field; nothing is held or sent then */
  start({ status, rawHeaders, payload }: RenderedReply): void {
    const { connection, response } = this.#to
    response.writeHead(status, rawHeaders)
    connection.writes(this)
    // After the last byte, and when the connection breaks.
    response.once('close', () => this.forget())
    if (!isInMemory(payload)) {
      void this.#writeFromDisk(payload)
      return
    }
    if (payload.length <= replyPieceBytes) {
      response.end(payload)
      return
    }
    this.#payload = payload
    response.on('drain', () => {
      connection.progressed(performance.now())
      this.#writePieces()
    })
    this.#writePieces()
  }

  forget(): void {
    if (this.#isDone) return
    this.#isDone = true
    this.#payload = noPayload
    this.#wake?.()
    this.#to.connection.written(this, performance.now())
    this.#onDone(this.exchangeId)
  }

  async #writeFromDisk(payload: ByteSource): Promise<void> {
    const { connection, response } = this.#to
    try {
      for await (const piece of payload.pieces()) {
        if (this.#isDone) return
        if (!response.write(piece)) await this.#untilTaken()
        connection.progressed(performance.now())
      }
      if (!this.#isDone) response.end()
    } catch (error) {
      // Half of it is with the consumer, whose length says that it is not whole.
      if (!this.#isDone) this.#onBroken(error)
      connection.socket.destroy()
    }
  }

  /** Resolves when the consumer has taken what was written, or is gone. */
  async #untilTaken(): Promise<void> {
    const { response } = this.#to
    await new Promise<void>((resolve) => {
      this.#wake = () => {
        response.off('drain', resolve)
        resolve()
      }
      response.once('drain', resolve)
    })
    this.#wake = undefined
  }

  #writePieces(): void {
    const { response } = this.#to
    while (!this.#isDone && this.#written < this.#payload.length) {
      const piece = this.#payload.subarray(this.#written, this.#written + replyPieceBytes)
      this.#written += piece.length
      if (this.#written === this.#payload.length) response.end(piece)
      else if (!response.write(piece)) return
    }
  }
}
