import type { SubsystemId } from '../exchange/identifier.js'
import { outboxLimits } from '../limits/one-way.js'
import { pauseAfter } from './back-off.js'

interface Rest {
  readonly attempts: number
  readonly untilMs: number
}

/** Senders that could not be told, and until when they are left alone; what is forgotten is tried a little sooner. */
export class NoticeRests {
  readonly #now: () => Date
  readonly #rests = new Map<SubsystemId, Rest>()

  constructor(now: () => Date) {
    this.#now = now
  }

  isResting(sender: SubsystemId): boolean {
    const rest = this.#rests.get(sender)
    return rest !== undefined && rest.untilMs > this.#now().getTime()
  }

  /** Whether it could not be told last. */
  hasFailed(sender: SubsystemId): boolean {
    return this.#rests.has(sender)
  }

  succeeded(sender: SubsystemId): void {
    this.#rests.delete(sender)
  }

  /** @returns until when it rests */
  failed(sender: SubsystemId): Date {
    const attempts = (this.#rests.get(sender)?.attempts ?? 0) + 1
    const untilMs = this.#now().getTime() + pauseAfter(attempts)
    if (this.#rests.size >= outboxLimits.noticeSendersWaitingMax) this.#rests.clear()
    this.#rests.set(sender, { attempts, untilMs })
    return new Date(untilMs)
  }

  /** All of them are tried again at once; how often they failed is kept. */
  clear(): void {
    for (const [sender, { attempts }] of this.#rests) {
      this.#rests.set(sender, { attempts, untilMs: 0 })
    }
  }
}
