import type { SubsystemId } from '../exchange/identifier.js'
import { partitionOf } from '../exchange/lane.js'

/** The partitions that are this worker's, for whoever follows them. */
export class HeldPartitions {
  readonly #listeners = new Set<() => void>()
  #holds: (partition: number) => boolean = () => false

  /** Whether a sender's is among them. */
  has(sender: SubsystemId): boolean {
    return this.#holds(partitionOf(sender))
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
