import type { Holding } from '../../src/exchange/adapter.js'
import { payloadStepBytes } from '../../src/limits.js'

export const noPayload = Buffer.alloc(0)

/**
 * Puts a body together from its chunks. A body in one chunk is that very chunk. Any other is written
 * into one buffer, which doubles as the body comes, up to what may come at most: a sender that
 * announces much and sends little makes the bus hold little, and the chunks of one that sends a byte
 * at a time are not kept. What the buffer takes is counted before it is taken.
 */
export class PayloadCollector {
  readonly #bytesMax: number
  readonly #holding: Holding
  #whole: Buffer = noPayload
  #bytes = 0

  /** @param bytesMax - the announced length, or the limit where the sender announces none */
  constructor(bytesMax: number, holding: Holding) {
    this.#bytesMax = bytesMax
    this.#holding = holding
  }

  get bytes(): number {
    return this.#bytes
  }

  /**
   * The caller MUST have refused what goes beyond `bytesMax`.
   * @throws Fault THROTTLED
   */
  add(chunk: Buffer): void {
    const bytes = this.#bytes + chunk.length
    if (this.#bytes === 0) {
      this.#take(chunk.length)
      this.#whole = chunk
    } else {
      if (bytes > this.#whole.length) this.#grow(bytes)
      chunk.copy(this.#whole, this.#bytes)
    }
    this.#bytes = bytes
  }

  /** Hands the body over, and keeps nothing of it: its request may live as long as its connection. */
  take(): Buffer {
    const whole = this.#whole
    this.#whole = noPayload
    this.#holding.resize(whole.length)
    return whole.length === this.#bytes ? whole : whole.subarray(0, this.#bytes)
  }

  /** Forgets what came: the message is refused. */
  drop(): void {
    this.#whole = noPayload
  }

  // Not from the shared slab, which one small remnant would keep alive.
  #grow(bytesNeeded: number): void {
    const ahead = Math.min(this.#bytesMax, Math.max(payloadStepBytes, 2 * this.#bytes))
    const capacity = Math.max(bytesNeeded, ahead)
    this.#take(capacity)
    const whole = Buffer.allocUnsafeSlow(capacity)
    this.#whole.copy(whole, 0, 0, this.#bytes)
    this.#whole = whole
  }

  #take(bytes: number): void {
    if (bytes > this.#holding.bytes) this.#holding.resize(bytes)
  }
}
