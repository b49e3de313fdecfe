/**
 * The message ids this process took lately. It sees to it that of two equal messages at one time
 * only one goes on, and that a message replayed again and again does not reach the database. What
 * it has forgotten, the database still knows.
 */
export class RecentIds {
  readonly #taken = new Set<string>()
  readonly #idsMax: number

  constructor(idsMax: number) {
    this.#idsMax = idsMax
  }

  /** Whether the id is new; takes it if so. */
  take(id: string): boolean {
    if (this.#taken.has(id)) return false
    this.#taken.add(id)
    if (this.#taken.size > this.#idsMax) {
      // Sets keep the order of insertion: the first is the oldest.
      for (const oldest of this.#taken) {
        this.#taken.delete(oldest)
        break
      }
    }
    return true
  }

  /** Gives an id back whose request was not logged after all. */
  release(id: string): void {
    this.#taken.delete(id)
  }
}
