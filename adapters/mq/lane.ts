import { mqLimits } from '../../src/limits/queues.js'

/**
 * The order of one queue's messages where one of them has to wait: nothing that came after it goes ahead of it. While
 * all goes well it costs nothing.
 */
export class Lane {
  readonly #waiting: { readonly place: number; readonly go: () => void }[] = []
  #last = 0
  #pauseMs: number = mqLimits.pauseMsMin
  #timer: NodeJS.Timeout | undefined
  /** Place of the message that keeps all others back while it is tried. */
  #stoppedBy: number | undefined
  #isOpen = true

  /** A message's place, by which it stands in line. */
  join(): number {
    return (this.#last += 1)
  }

  /** Whether its queue is read on. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  get isHeld(): boolean {
    return this.#timer !== undefined || this.#stoppedBy !== undefined
  }

  /** Resolves when those before it have gone ahead. */
  turn(place: number): Promise<void> {
    if (!this.isHeld) return Promise.resolve()
    return new Promise((go) => {
      let at = this.#waiting.length
      while (at > 0 && (this.#waiting[at - 1]?.place ?? 0) > place) at -= 1
      this.#waiting.splice(at, 0, { place, go })
    })
  }

  /** Nothing goes ahead of this message from this moment on, until it is held or let go. */
  stop(place: number): void {
    this.#stoppedBy ??= place
  }

  letGo(place: number): void {
    if (this.#stoppedBy !== place) return
    this.#stoppedBy = undefined
    if (!this.#timer) this.#go()
  }

  /** The bus cannot take this message now: it, and whatever came after it, waits a while. */
  hold(place: number): Promise<void> {
    if (!this.#isOpen) return Promise.resolve()
    if (!this.#timer) {
      this.#timer = setTimeout(() => this.#go(), this.#pauseMs)
      this.#pauseMs = Math.min(2 * this.#pauseMs, mqLimits.pauseMsMax)
    }
    return this.turn(place)
  }

  /** A message went through. */
  flows(): void {
    this.#pauseMs = mqLimits.pauseMsMin
  }

  /** Nobody waits any more. */
  close(): void {
    this.#isOpen = false
    this.#go()
  }

  // Who waits goes on in microtasks, one after the other, before anything new can come.
  #go(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#stoppedBy !== undefined && this.#isOpen) return
    for (const { go } of this.#waiting.splice(0)) go()
  }
}
