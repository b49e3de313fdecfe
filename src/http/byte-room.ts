import { Fault } from '../exchange/fault.js'

/** Memory for bytes of which nobody knows yet whose they are: of all the strangers of a lane together. */
export class ByteRoom {
  readonly #bytesMax: number
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get bytes(): number {
    return this.#bytes
  }

  /** @throws Fault THROTTLED where there is no room; nothing is taken then */
  take(bytes: number): void {
    if (this.#bytes + bytes > this.#bytesMax) {
      throw new Fault('THROTTLED', {
        side: 'bus',
        detail: 'The bus holds too many messages whose senders it does not know yet.',
      })
    }
    this.#bytes += bytes
  }

  give(bytes: number): void {
    this.#bytes -= bytes
  }
}
