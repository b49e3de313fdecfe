/** Lets so many bytes be in memory at one time; what is larger than all of it passes alone. */
export class ByteGate {
  readonly #bytesMax: number
  readonly #waiting: { readonly bytes: number; readonly pass: () => void }[] = []
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** Resolves when there is room for them. */
  async enter(bytes: number): Promise<void> {
    if (this.#waiting.length === 0 && this.#hasRoom(bytes)) this.#bytes += bytes
    else await new Promise<void>((pass) => this.#waiting.push({ bytes, pass }))
  }

  leave(bytes: number): void {
    this.#bytes -= bytes
    for (let next = this.#waiting[0]; next && this.#hasRoom(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift()
      this.#bytes += next.bytes
      next.pass()
    }
  }

  #hasRoom(bytes: number): boolean {
    return this.#bytes === 0 || this.#bytes + bytes <= this.#bytesMax
  }
}
