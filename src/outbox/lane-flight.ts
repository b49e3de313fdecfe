import type { Fault } from '../exchange/fault.js'
import type { Attempts, RecalledMessage } from './attempt.js'
import type { FoundMessage } from './outbox.store.js'

/** A message of a flight that has to be tried again, and why. */
export interface FailedMessage {
  readonly message: FoundMessage
  readonly fault: Fault
  /** Its recipient has it; that is not in the log. */
  readonly isTaken: boolean
}

/** How a flight ended. */
export interface FlightEnd {
  /** The first of those that have to be tried again, in the lane's order. */
  readonly failed: FailedMessage | undefined
  /** Messages that have ended; some may be behind the failed one. */
  readonly ended: readonly FoundMessage[]
  /** Those that nothing but taking them out of the outbox can end. */
  readonly lost: readonly FoundMessage[]
}

/**
 * Deliveries of one lane that are under way together. Each begins when the one before it stands in the recipient's line,
 * or has ended; which of them the recipient has got, and what of that is durable, comes in behind. After a failure none
 * begins: the lane goes on from there, so that whatever the recipient gets twice, it gets in order.
 */
export class LaneFlight {
  readonly #attempts: Attempts
  readonly #onEnded: () => void
  readonly #underWay: Promise<void>[] = []
  readonly #ended: FoundMessage[] = []
  readonly #lost: FoundMessage[] = []
  #failed: FailedMessage | undefined
  /**
   * Whether the recipient took one a moment ago. Only then does anything follow what is not known to be in its queue: a
   * queue that is full takes no more until a fifth of it has been read, so that from the first that is refused on all of
   * a flight are.
   */
  #flows = false

  /** @param onEnded - called at the end of each, unless that is tried again */
  constructor(attempts: Attempts, onEnded: () => void) {
    this.#attempts = attempts
    this.#onEnded = onEnded
  }

  /** Whether another may begin. */
  get isGood(): boolean {
    return this.#failed === undefined
  }

  /** Begins one; resolves when the next may follow it, unless something failed. */
  begin(message: FoundMessage, recalled: RecalledMessage): Promise<void> {
    return new Promise((next) => {
      let isTaken = false
      const progress = {
        handedOver: () => {
          if (this.#flows) next()
        },
        taken: () => {
          isTaken = true
          this.#flows = true
          next()
        },
      }
      const attempt = this.#attempts.at(recalled, progress).then((outcome) => {
        if (outcome.outcome === 'waiting') this.#fail({ message, fault: outcome.fault, isTaken })
        else this.#end(message, outcome.outcome === 'lost')
        next()
      })
      this.#underWay.push(attempt)
    })
  }

  /** Resolves when all that began have ended, in one way or the other. */
  async end(): Promise<FlightEnd> {
    await Promise.all(this.#underWay)
    return { failed: this.#failed, ended: this.#ended, lost: this.#lost }
  }

  #end(message: FoundMessage, isLost: boolean): void {
    if (isLost) this.#lost.push(message)
    else this.#ended.push(message)
    this.#onEnded()
  }

  #fail(failed: FailedMessage): void {
    const first = this.#failed
    if (!first || failed.message.position < first.message.position) this.#failed = failed
  }
}
