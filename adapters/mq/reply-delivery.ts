import { noticesQueueOf, repliesQueueOf } from '../../src/broker/names.js'
import type { AdapterTools } from '../../src/exchange/adapter.js'
import { Deadline } from '../../src/exchange/deadline.js'
import { mqLimits } from '../../src/limits/queues.js'
import type { SubsystemQueue } from './arrived-message.js'
import { PublishError } from './publish-error.js'
import type { Publication, Publisher } from './publisher.js'

/** Whether a reply is where its consumer reads it. */
export type ReplyDelivered = 'delivered' | 'undeliverable' | 'given up'

/** Brings replies and refusals into the queues of consumers, whatever ails the broker meanwhile. */
export class ReplyDelivery {
  readonly #publisher: Publisher
  readonly #tools: AdapterTools
  readonly #waiting = new Set<() => void>()
  #isClosing = false

  constructor(publisher: Publisher, tools: AdapterTools) {
    this.#publisher = publisher
    this.#tools = tools
  }

  /**
   * Resolves once the reply is in a queue of its consumer: the one it names, or the one that it always has.
   * @returns `given up` where the broker has not taken it for too long, or the bus closes
   */
  async deliver(publication: Publication, queue: SubsystemQueue): Promise<ReplyDelivered> {
    const until = this.#tools.now().getTime() + mqLimits.replyTriedForMs
    let pauseMs: number = firstPauseMs
    let current = publication
    for (;;) {
      const trouble = await this.#publish(current)
      if (trouble === undefined) return 'delivered'
      if (isOfQueue(trouble)) {
        const own = alwaysThere(current, queue)
        if (own === undefined) return 'undeliverable'
        current = { ...current, routingKey: own }
      } else if (this.#isClosing || this.#tools.now().getTime() > until) {
        return 'given up'
      } else {
        await this.#pause(pauseMs)
        pauseMs = Math.min(2 * pauseMs, mqLimits.pauseMsMax)
      }
    }
  }

  /** Who waits for the broker waits no more. */
  close(): void {
    this.#isClosing = true
    for (const wake of this.#waiting) wake()
  }

  async #publish(publication: Publication): Promise<PublishError['trouble'] | undefined> {
    const deadline = new Deadline(mqLimits.confirmTimeoutMs)
    try {
      await this.#publisher.confirmed(publication, deadline)
      return undefined
    } catch (error) {
      if (error instanceof PublishError) return error.trouble
      throw error
    } finally {
      deadline.clear()
    }
  }

  #pause(ms: number): Promise<void> {
    if (this.#isClosing) return Promise.resolve()
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer)
        this.#waiting.delete(wake)
        resolve()
      }
      const timer = setTimeout(wake, ms)
      this.#waiting.add(wake)
    })
  }
}

/** Where too much is under way, there is room again in a moment. */
const firstPauseMs = 5

/** There is no such queue, or it is full, or what is in the message cannot be written: to wait does not help. */
function isOfQueue(trouble: PublishError['trouble']): boolean {
  return trouble === 'unroutable' || trouble === 'rejected' || trouble === 'unwritable'
}

/** The queue to try where a temporary one is gone; undefined where that was tried. */
function alwaysThere({ routingKey }: Publication, { owner }: SubsystemQueue): string | undefined {
  const own = repliesQueueOf(owner)
  return routingKey === own || routingKey === noticesQueueOf(owner) ? undefined : own
}
