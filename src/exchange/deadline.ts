/** Who is told when time is up. */
export interface DeadlineListener {
  handleEvent(): void
}

/** Tells when time is up. Every `AbortSignal` is one. */
export interface DeadlineSignal {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: DeadlineListener): void
  removeEventListener(type: 'abort', listener: DeadlineListener): void
}

/**
 * The time limit of one delivery. An AbortController would do as well, and costs each exchange 5 us and
 * 600 bytes that outlive it.
 */
export class Deadline implements DeadlineSignal {
  readonly #timer: NodeJS.Timeout
  #listeners: DeadlineListener[] = []
  #isOver = false

  constructor(timeLimitMs: number) {
    this.#timer = setTimeout(() => this.#pass(), timeLimitMs)
  }

  get aborted(): boolean {
    return this.#isOver
  }

  addEventListener(_type: 'abort', listener: DeadlineListener): void {
    this.#listeners.push(listener)
  }

  removeEventListener(_type: 'abort', listener: DeadlineListener): void {
    const at = this.#listeners.indexOf(listener)
    if (at >= 0) this.#listeners.splice(at, 1)
  }

  /** What it was for has ended. */
  clear(): void {
    clearTimeout(this.#timer)
  }

  #pass(): void {
    this.#isOver = true
    const told = this.#listeners
    this.#listeners = []
    for (const listener of told) listener.handleEvent()
  }
}
