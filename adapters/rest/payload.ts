import { Fault } from '../../src/exchange/fault.js'

export const noPayload = Buffer.alloc(0)

/**
 * Puts a body together from its chunks. A body in one chunk is that very chunk; one whose length is
 * known is written into one buffer as it comes, so that it is never held twice.
 */
export class PayloadCollector {
  readonly #bytesExpected: number | undefined
  #first: Buffer | undefined
  #whole: Buffer | undefined
  #more: Buffer[] | undefined
  #bytes = 0

  /** @param bytesExpected - the announced length; undefined where the sender announces none */
  constructor(bytesExpected: number | undefined) {
    this.#bytesExpected = bytesExpected
  }

  get bytes(): number {
    return this.#bytes
  }

  /** The HTTP parsers deliver never more than was announced. */
  add(chunk: Buffer): void {
    if (this.#bytes === 0) {
      this.#first = chunk
    } else if (this.#bytesExpected !== undefined) {
      this.#whole ??= this.#startWhole(this.#bytesExpected)
      chunk.copy(this.#whole, this.#bytes)
    } else {
      this.#more ??= []
      this.#more.push(chunk)
    }
    this.#bytes += chunk.length
  }

  take(): Buffer {
    if (this.#whole) return this.#whole.subarray(0, this.#bytes)
    if (!this.#first) return noPayload
    return this.#more ? Buffer.concat([this.#first, ...this.#more], this.#bytes) : this.#first
  }

  // Not from the shared slab, which one small remnant would keep alive.
  #startWhole(bytes: number): Buffer {
    const whole = Buffer.allocUnsafeSlow(bytes)
    this.#first?.copy(whole)
    this.#first = undefined
    return whole
  }
}

/** The bytes of request bodies that one worker holds at one time. */
export class PayloadBudget {
  readonly #bytesMax: number
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get bytes(): number {
    return this.#bytes
  }

  /** @throws Fault THROTTLED of the bus's side */
  reserve(bytes: number): void {
    if (this.#bytes + bytes > this.#bytesMax) {
      throw new Fault('THROTTLED', {
        side: 'bus',
        detail: 'The bus holds too many payloads at this moment.',
      })
    }
    this.#bytes += bytes
  }

  release(bytes: number): void {
    this.#bytes -= bytes
  }
}
