/** So many at one time; who comes beyond waits, first come, first served. */
export class Places {
  readonly #waiting: (() => void)[] = []
  #free: number

  constructor(max: number) {
    this.#free = max
  }

  /** @returns undefined where there is a place at once; else when there is one */
  take(): Promise<void> | undefined {
    if (this.#free > 0) {
      this.#free -= 1
      return undefined
    }
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** A place goes to who waits, so that nobody who comes meanwhile takes it. */
  give(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#free += 1
  }
}
