import type { Holding, PayloadBudget } from './adapter.js'
import { Fault } from './fault.js'
import type { SubsystemId } from './identifier.js'

export interface PayloadBudgetLimits {
  /** Payloads that one worker holds at one time, bytes. */
  readonly bytesMax: number
  /** Of them, those of one consumer. */
  readonly bytesPerConsumerMax: number
}

/** Messages in memory, and those on disk. */
export type CountedBytes = 'requests' | 'replies' | 'spooled requests' | 'spooled replies'

interface Total {
  bytes: number
}

interface Account extends Total {
  readonly consumer: SubsystemId
  holdings: number
}

/**
 * Counts the payloads that one worker holds, so that no consumer takes the others' room. Nobody waits
 * for room: who finds none is refused and gives back what it has, so that no two wait for each other.
 */
export class SharedPayloadBudget implements PayloadBudget {
  readonly #what: CountedBytes
  readonly #limits: PayloadBudgetLimits
  readonly #total: Total = { bytes: 0 }
  readonly #accounts = new Map<SubsystemId, Account>()
  readonly #holdings = new Map<string, ExchangeHolding>()

  /** @param what - what is counted, for the words of a refusal */
  constructor(what: CountedBytes, limits: PayloadBudgetLimits) {
    this.#what = what
    this.#limits = limits
  }

  /** Bytes held for all consumers. */
  get bytes(): number {
    return this.#total.bytes
  }

  hold(exchangeId: string, consumer: SubsystemId): Holding {
    let holding = this.#holdings.get(exchangeId)
    if (!holding) {
      const account = this.#accountOf(consumer)
      account.holdings += 1
      holding = new ExchangeHolding(this.#what, this.#limits, this.#total, account)
      this.#holdings.set(exchangeId, holding)
    }
    return holding
  }

  release(exchangeId: string): void {
    const holding = this.#holdings.get(exchangeId)
    if (!holding) return
    this.#holdings.delete(exchangeId)
    const account = holding.close()
    account.holdings -= 1
    if (account.holdings === 0) this.#accounts.delete(account.consumer)
  }

  #accountOf(consumer: SubsystemId): Account {
    let account = this.#accounts.get(consumer)
    if (!account) {
      account = { consumer, bytes: 0, holdings: 0 }
      this.#accounts.set(consumer, account)
    }
    return account
  }
}

class ExchangeHolding implements Holding {
  readonly #what: string
  readonly #limits: PayloadBudgetLimits
  readonly #total: Total
  readonly #account: Account
  #bytes = 0
  #isOpen = true

  constructor(what: string, limits: PayloadBudgetLimits, total: Total, account: Account) {
    this.#what = what
    this.#limits = limits
    this.#total = total
    this.#account = account
  }

  get bytes(): number {
    return this.#bytes
  }

  assertRoom(bytes: number): void {
    const more = bytes - this.#bytes
    if (more <= 0) return
    if (this.#account.bytes + more > this.#limits.bytesPerConsumerMax) {
      throw new Fault('THROTTLED', {
        detail: `This consumer has too many bytes of ${this.#what} in progress.`,
      })
    }
    if (this.#total.bytes + more > this.#limits.bytesMax) {
      throw new Fault('THROTTLED', {
        side: 'bus',
        detail: `The bus has too many bytes of ${this.#what} in progress.`,
      })
    }
  }

  resize(bytes: number): void {
    // What came after the end of its exchange would never be given back.
    if (!this.#isOpen) throw new Error('the exchange of this holding has ended')
    this.assertRoom(bytes)
    this.#count(bytes - this.#bytes)
  }

  close(): Account {
    this.#isOpen = false
    this.#count(-this.#bytes)
    return this.#account
  }

  #count(more: number): void {
    this.#bytes += more
    this.#account.bytes += more
    this.#total.bytes += more
  }
}
