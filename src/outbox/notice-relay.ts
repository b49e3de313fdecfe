import type { ProtocolAdapter } from '../exchange/adapter.js'
import { Deadline } from '../exchange/deadline.js'
import type { SubsystemId } from '../exchange/identifier.js'
import { outboxLimits } from '../limits.js'
import type { NoticeStore, UntoldNotice } from './notices.store.js'

export interface NoticeRelayParts {
  readonly store: NoticeStore
  readonly adapters: ReadonlyMap<string, ProtocolAdapter>
  readonly now: () => Date
  readonly holds: (partition: number) => boolean
  readonly warn: (event: string, details: Readonly<Record<string, unknown>>) => void
}

/**
 * Tells senders by their queues what became of their messages, each sender's notices in their order. Where a protocol
 * has no way to be told, senders ask, and the notice counts as told.
 */
export class NoticeRelay {
  readonly #parts: NoticeRelayParts
  /** Partitions in progress, and whether they were called again meanwhile. */
  readonly #running = new Map<number, { done: Promise<void>; isCalledAgain: boolean }>()

  constructor(parts: NoticeRelayParts) {
    this.#parts = parts
  }

  call(partition: number): void {
    const running = this.#running.get(partition)
    if (running) {
      running.isCalledAgain = true
      return
    }
    if (!this.#parts.holds(partition)) return
    this.#running.set(partition, { done: this.#run(partition), isCalledAgain: false })
  }

  /** Resolves when nothing of the partition is in progress; undefined stands for all. */
  async idle(partition?: number): Promise<void> {
    const own = [...this.#running].filter(([each]) => partition === undefined || each === partition)
    await Promise.all(own.map(([, { done }]) => done))
  }

  async #run(partition: number): Promise<void> {
    // Not before it is among those that run.
    await Promise.resolve()
    try {
      await this.#tellAll(partition)
    } catch (error) {
      this.#parts.warn('outbox.notices_failed', { error: String(error) })
    }
    const isCalledAgain = this.#running.get(partition)?.isCalledAgain ?? false
    this.#running.delete(partition)
    if (isCalledAgain) this.call(partition)
  }

  async #tellAll(partition: number): Promise<void> {
    const { store, now, holds } = this.#parts
    const batchMax = outboxLimits.noticeBatchMax
    // Whose notices cannot be told now keeps up no other sender's.
    const held = new Set<SubsystemId>()
    for (let isMore = true; isMore && holds(partition);) {
      const notices = await store.untold(partition, [...held], batchMax)
      const told = await this.#tell(notices, held)
      if (told.length > 0) await store.told(told, now())
      isMore = notices.length === batchMax && held.size < batchMax
    }
  }

  /** @returns ids of those that were told */
  async #tell(notices: readonly UntoldNotice[], held: Set<SubsystemId>): Promise<string[]> {
    const told: string[] = []
    for (const { notice, protocol } of notices) {
      if (held.has(notice.sender)) continue
      const adapter = this.#parts.adapters.get(protocol)
      const deadline = new Deadline(outboxLimits.noticeTimeMs)
      try {
        await adapter?.notify?.(notice, deadline)
        told.push(notice.id)
      } catch (error) {
        held.add(notice.sender)
        const { exchangeId } = notice
        this.#parts.warn('outbox.notice_not_told', { exchangeId, error: String(error) })
      } finally {
        deadline.clear()
      }
    }
    return told
  }
}
