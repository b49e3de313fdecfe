import type { AuthenticatedRequest, RequestStage } from './exchange.js'
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
  readonly #entered = new Map<string, SubsystemId | undefined>()
  #entering = 0

  constructor(limits: AdmissionLimits) {
    this.#limits = limits
  }

  get inProgress(): number {
    return this.#entering
  }

  enter(): void {
    this.#entering += 1
    if (this.#entering > this.#limits.exchangesMax) {
      throw new Fault('THROTTLED', {
        side: 'bus',
        detail: 'The bus has too many exchanges in progress.',
      })
    }
  }

  admit(authenticated: AuthenticatedRequest): void {
    const { consumer } = authenticated.envelope
    const count = (this.#perConsumer.get(consumer) ?? 0) + 1
    if (count > this.#limits.exchangesPerConsumerMax) {
      throw new Fault('THROTTLED', { detail: 'This consumer has too many exchanges in progress.' })
    }
    this.#perConsumer.set(consumer, count)
    this.#entered.set(authenticated.exchangeId, consumer)
  }

  leave(reached: RequestStage): void {
    this.#entering -= 1
    const consumer = this.#entered.get(reached.exchangeId)
    if (consumer === undefined) return
    this.#entered.delete(reached.exchangeId)
    const count = (this.#perConsumer.get(consumer) ?? 1) - 1
    if (count === 0) this.#perConsumer.delete(consumer)
    else this.#perConsumer.set(consumer, count)
  }
}
