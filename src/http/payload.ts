import type { Holding } from '../exchange/adapter.js'
import { payloadPartBytesMin, payloadStepBytes } from '../limits/http.js'

export const noPayload = Buffer.alloc(0)

/** Who puts a body together from its chunks. */
export interface BodyCollector<Whole> {
  /** Bytes so far. */
  readonly bytes: number
  /**
   * Takes the next chunk, which the caller has found to be within the limit.
   * @returns a promise where the sender has to wait until it resolves
   * @throws Fault THROTTLED, also by the promise
   */
  add(chunk: Buffer): Promise<void> | undefined
  /** Hands the body over, and keeps nothing of it: its request may live as long as its connection. */
  take(): Whole | Promise<Whole>
  /** Forgets what came: the message is refused. */
  drop(): void
}

/**
 * Puts a body together from its chunks. A body in one chunk is that very chunk. Any other is written
 * into one buffer, which doubles as the body comes, up to what may come at most: a sender that
 * announces much and sends little makes the bus hold little, and the chunks of one that sends a byte
 * at a time are not kept. What the buffer takes is counted before it is taken.
 */
export class PayloadCollector implements BodyCollector<Buffer> {
  readonly #announced: number | undefined
  readonly #bytesMax: number
  readonly #holding: Holding
  /** Chunks as they came. */
  #parts: Buffer[] = []
  #whole: Buffer = noPayload
  #bytes = 0

  /**
   * @param announced - the length that the sender announces, if any
   * @param bytesMax - the limit where it announces none
   */
  constructor(announced: number | undefined, bytesMax: number, holding: Holding) {
    this.#announced = announced
    this.#bytesMax = announced ?? bytesMax
    this.#holding = holding
  }

  get bytes(): number {
    return this.#bytes
  }

  add(chunk: Buffer): undefined {
    const bytes = this.#bytes + chunk.length
    if (this.#bytes === 0 || this.#mayStayApart(chunk, bytes)) {
      this.#take(bytes)
      this.#parts.push(chunk)
    } else {
      if (bytes > this.#whole.length) this.#grow(bytes)
      chunk.copy(this.#whole, this.#bytes)
    }
    this.#bytes = bytes
  }

  take(): Buffer {
    const whole = this.#whole.length > 0 ? this.#whole : joined(this.#parts)
    this.drop()
    this.#holding.resize(whole.length)
    return whole.length === this.#bytes ? whole : whole.subarray(0, this.#bytes)
  }

  drop(): void {
    this.#parts = []
    this.#whole = noPayload
  }

  // Copying large chunks of a large body at each doubling costs more than half of what it costs to
  // receive them. They wait until half has come; then there is one buffer for all of it.
  #mayStayApart(chunk: Buffer, bytes: number): boolean {
    return (
      this.#announced !== undefined &&
      2 * bytes < this.#announced &&
      this.#whole.length === 0 &&
      chunk.length >= payloadPartBytesMin
    )
  }

  // Not from the shared slab, which one small remnant would keep alive.
  #grow(bytesNeeded: number): void {
    const ahead = Math.min(this.#bytesMax, Math.max(payloadStepBytes, 2 * bytesNeeded))
    const capacity = Math.max(bytesNeeded, ahead)
    this.#take(capacity)
    const whole = Buffer.allocUnsafeSlow(capacity)
    let at = this.#whole.copy(whole, 0, 0, this.#bytes)
    for (const part of this.#parts) at += part.copy(whole, at)
    this.#parts = []
    this.#whole = whole
  }

  #take(bytes: number): void {
    if (bytes > this.#holding.bytes) this.#holding.resize(bytes)
  }
}

function joined(parts: readonly Buffer[]): Buffer {
  const [first = noPayload] = parts
  return parts.length > 1 ? Buffer.concat(parts) : first
}
