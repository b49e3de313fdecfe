import { v7 } from 'uuid'
import type { Fault, FaultCode } from '../exchange/fault.js'
import { reasonOf } from './log-connection.store.js'

/** Refusals of one kind that got no entry of their own; one entry tells of them together. */
export interface RefusalSummary {
  /** The entry's own: it stands for itself and belongs to none of the exchanges it tells of. */
  readonly exchangeId: string
  readonly code: FaultCode
  readonly recordedAt: Date
  readonly count: number
  readonly from: Date
  readonly until: Date
}

export interface LostRefusalsOptions {
  /** Time between two reports, milliseconds. */
  readonly everyMs: number
  readonly now: () => Date
  readonly warn: (event: string, details: Readonly<Record<string, unknown>>) => void
  /** Makes the entry of a summary durable; trying again with the same one MUST be safe. */
  readonly record: (summary: RefusalSummary) => Promise<unknown>
}

interface Tally {
  count: number
  readonly from: Date
  until: Date
}

/**
 * Refusals that the log could not take one by one, because strangers flood it or the database is
 * away: counted by fault code, then told of in one entry a code and one line of the system log a
 * period. What is counted here and not yet recorded is lost if the process is killed.
 */
export class LostRefusals {
  readonly #options: LostRefusalsOptions
  readonly #tallies = new Map<FaultCode, Tally>()
  /** Taken from the tallies and not recorded yet; the same again until it is, so none counts twice. */
  #summaries: RefusalSummary[] = []
  #timer: NodeJS.Timeout | undefined
  #reporting: Promise<void> | undefined
  #untold = 0
  /** Since the start. */
  total = 0

  constructor(options: LostRefusalsOptions) {
    this.#options = options
  }

  /** Counts one. The first of a period is told of at once, the others at its end. */
  add(fault: Fault, exchangeId: string, error: unknown): void {
    const at = this.#options.now()
    const tally = this.#tallies.get(fault.code)
    if (tally) {
      tally.count += 1
      tally.until = at
    } else {
      this.#tallies.set(fault.code, { count: 1, from: at, until: at })
    }
    this.total += 1
    if (this.#timer || this.#reporting) {
      this.#untold += 1
      return
    }
    this.#options.warn('message_log.refusal_lost', {
      ...reasonOf(error),
      exchangeId,
      fault: fault.code,
    })
    this.#startPeriod()
  }

  /** Records what is left, as far as the log takes it. */
  async close(): Promise<void> {
    await this.#reporting
    await this.#report()
    // What came while an earlier report was being written.
    if (this.#tallies.size > 0) await this.#report()
    clearTimeout(this.#timer)
    const refusals = this.#unrecorded
    if (refusals > 0) this.#options.warn('message_log.refusals_not_recorded', { refusals })
  }

  get #unrecorded(): number {
    let count = 0
    for (const each of [...this.#summaries, ...this.#tallies.values()]) count += each.count
    return count
  }

  #startPeriod(): void {
    this.#timer = setTimeout(() => {
      this.#reporting = this.#report().finally(() => (this.#reporting = undefined))
    }, this.#options.everyMs).unref()
  }

  async #report(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#untold > 0) {
      this.#options.warn('message_log.refusals_lost', { refusals: this.#untold })
      this.#untold = 0
    }
    if (this.#summaries.length === 0) this.#takeTallies()
    try {
      for (let next = this.#summaries[0]; next; next = this.#summaries[0]) {
        await this.#options.record(next)
        this.#summaries.shift()
      }
    } catch {
      // The log says itself why it does not take entries; the next period tries again.
    }
    if (this.#unrecorded > 0) this.#startPeriod()
  }

  #takeTallies(): void {
    const recordedAt = this.#options.now()
    for (const [code, tally] of this.#tallies) {
      this.#summaries.push({ exchangeId: v7(), code, recordedAt, ...tally })
    }
    this.#tallies.clear()
  }
}
