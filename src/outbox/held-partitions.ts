/** The partitions that are this worker's, for whoever follows them. */
export class HeldPartitions {
  readonly #listeners = new Set<() => void>()
  #holds: (partition: number) => boolean = () => false

  holds(partition: number): boolean {
    return this.#holds(partition)
  }

  /** Calls back after each change, until it is told to stop. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** @param holds - says of any partition, at any time, whether it is this worker's */
  follow(holds: (partition: number) => boolean): void {
    this.#holds = holds
  }

  changed(): void {
    for (const listener of this.#listeners) listener()
  }
}
