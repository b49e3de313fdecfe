/**
 * The message ids this process took lately. It sees to it that of two equal messages at one time
 * only one goes on, and that a message replayed again and again does not reach the database. What
 * it has forgotten, the database still knows.
 */
export class RecentIds {
  readonly #taken = new Set<string>()
  // The set knows their order too, but finding its first steps over all that were removed before it:
  // 60 us an id once it is full.
  readonly #order: string[] = []
  readonly #idsMax: number
  /** Where in the order the next id goes; the oldest is there once there are enough. */
  #next = 0

  constructor(idsMax: number) {
    this.#idsMax = idsMax
  }

  /** Whether the id is new; takes it if so. */
  take(id: string): boolean {
    if (this.#taken.has(id)) return false
    const oldest = this.#order[this.#next]
    if (oldest !== undefined) this.#taken.delete(oldest)
    this.#order[this.#next] = id
    this.#next = (this.#next + 1) % this.#idsMax
    this.#taken.add(id)
    return true
  }

  /** Gives an id back whose request was not logged after all. */
  release(id: string): void {
    this.#taken.delete(id)
  }
}
