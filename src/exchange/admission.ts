import { Fault } from './fault.js'
import type { SubsystemId } from './identifier.js'
import type { Admission } from './ports.js'

export interface AdmissionLimits {
  /** Exchanges in progress in one worker. */
  readonly exchangesMax: number
  /** Exchanges of one consumer in progress in one worker. */
  readonly exchangesPerConsumerMax: number
}

/** Counts the exchanges in progress, so that one flood neither fills the bus nor starves others. */
export class ExchangeAdmission implements Admission {
  readonly #limits: AdmissionLimits
  readonly #perConsumer = new Map<SubsystemId, number>()
  // Who was counted: `leave` is called for refused entrants too and must not take back too much.
  readonly #counted = new Map<string, SubsystemId>()
  #inProgress = 0

  constructor(limits: AdmissionLimits) {
    this.#limits = limits
  }

  get inProgress(): number {
    return this.#inProgress
  }

  /** Whether `enter` and `admit` would count one more exchange of this consumer now. */
  hasPlaceFor(consumer: SubsystemId): boolean {
    const { exchangesMax, exchangesPerConsumerMax } = this.#limits
    const own = this.#perConsumer.get(consumer) ?? 0
    return this.#inProgress < exchangesMax && own < exchangesPerConsumerMax
  }

  enter(): void {
    this.#inProgress += 1
    if (this.#inProgress > this.#limits.exchangesMax) {
      throw new Fault('THROTTLED', {
        side: 'bus',
        detail: 'The bus has too many exchanges in progress.',
      })
    }
  }

  admit(exchangeId: string, consumer: SubsystemId): void {
    const count = (this.#perConsumer.get(consumer) ?? 0) + 1
    if (count > this.#limits.exchangesPerConsumerMax) {
      throw new Fault('THROTTLED', { detail: 'This consumer has too many exchanges in progress.' })
    }
    this.#perConsumer.set(consumer, count)
    this.#counted.set(exchangeId, consumer)
  }

  leave(exchangeId: string): void {
    this.#inProgress -= 1
    const consumer = this.#counted.get(exchangeId)
    if (consumer === undefined) return
    this.#counted.delete(exchangeId)
    const count = (this.#perConsumer.get(consumer) ?? 1) - 1
    if (count === 0) this.#perConsumer.delete(consumer)
    else this.#perConsumer.set(consumer, count)
  }
}
