import type { ProtocolAdapter } from '../exchange/adapter.js'
import { Deadline } from '../exchange/deadline.js'
import type { SubsystemId } from '../exchange/identifier.js'
import { partitionOf } from '../exchange/lane.js'
import { outboxLimits } from '../limits/one-way.js'
import { NoticeRests } from './notice-rests.js'
import type { NoticeStore, UntoldNotice } from './notices.store.js'

export interface NoticeRelayParts {
  readonly store: NoticeStore
  readonly adapters: ReadonlyMap<string, ProtocolAdapter>
  readonly now: () => Date
  readonly holds: (partition: number) => boolean
  readonly warn: (event: string, details: Readonly<Record<string, unknown>>) => void
}

/** What became of notices, by their positions. */
interface Told {
  readonly told: bigint[]
  readonly givenUp: bigint[]
}

/**
 * Tells senders by their queues what became of their messages: those of several senders in one round, each sender's in
 * their order and all of them on their way together. A sender that cannot be told rests, and holds up no other; after
 * as long as a message is tried its notices are given up. Where a protocol has no way to be told, senders ask, and the
 * notice counts as told.
 */
export class NoticeRelay {
  readonly #parts: NoticeRelayParts
  readonly #rests: NoticeRests
  /** In the order in which they were called. */
  readonly #called = new Set<SubsystemId>()
  readonly #inProgress = new Set<SubsystemId>()
  readonly #rounds = new Set<Promise<void>>()
  #isScheduled = false

  constructor(parts: NoticeRelayParts) {
    this.#parts = parts
    this.#rests = new NoticeRests(parts.now)
  }

  /** There are notices for the sender. */
  call(sender: SubsystemId): void {
    // What finds no place is found again by the next look.
    if (this.#called.size >= outboxLimits.noticeSendersWaitingMax) return
    if (this.#rests.isResting(sender)) return
    this.#called.add(sender)
    this.#schedule()
  }

  /** Whoever rests is tried at the next look. */
  wake(): void {
    this.#rests.clear()
  }

  /** Resolves when nothing of the partition is in progress; undefined stands for all. */
  async idle(partition?: number): Promise<void> {
    const isOf = (sender: SubsystemId): boolean =>
      partition === undefined || partitionOf(sender) === partition
    while ([...this.#inProgress].some(isOf)) await Promise.race(this.#rounds)
  }

  /** What is called in one turn of the event loop is told together. */
  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#begin()
    })
  }

  #begin(): void {
    const { noticeRoundsMax, noticeSendersMax } = outboxLimits
    if (this.#rounds.size >= noticeRoundsMax) return
    const senders: SubsystemId[] = []
    for (const sender of this.#called) {
      if (senders.length === noticeSendersMax) break
      // It is called again at the end of the round that it is in.
      if (this.#inProgress.has(sender)) continue
      this.#called.delete(sender)
      if (this.#parts.holds(partitionOf(sender))) senders.push(sender)
    }
    if (senders.length === 0) return
    for (const sender of senders) this.#inProgress.add(sender)
    const round = this.#round(senders).finally(() => {
      for (const sender of senders) this.#inProgress.delete(sender)
      this.#rounds.delete(round)
      this.#begin()
    })
    this.#rounds.add(round)
    this.#begin()
  }

  /** MUST NOT reject. */
  async #round(senders: readonly SubsystemId[]): Promise<void> {
    const { store, now, warn } = this.#parts
    const { noticeBatchMax } = outboxLimits
    try {
      const bySender = new Map<SubsystemId, UntoldNotice[]>()
      for (const each of await store.untold(senders, noticeBatchMax)) {
        const own = bySender.get(each.notice.sender)
        if (own) own.push(each)
        else bySender.set(each.notice.sender, [each])
      }
      const all = [...bySender].map(([sender, notices]) => this.#tellOne(sender, notices))
      const ends = await Promise.all(all)
      await store.told(
        ends.flatMap(({ told }) => told),
        now(),
      )
      await store.giveUp(ends.flatMap(({ givenUp }) => givenUp))
      for (const [sender, notices] of bySender) {
        if (notices.length === noticeBatchMax) this.call(sender)
      }
    } catch (error) {
      warn('outbox.notices_failed', { error: String(error) })
    }
  }

  /** MUST NOT reject. */
  async #tellOne(sender: SubsystemId, untold: readonly UntoldNotice[]): Promise<Told> {
    // One shows whether the sender can be told again.
    const notices = this.#rests.hasFailed(sender) ? untold.slice(0, 1) : untold
    const deadline = new Deadline(outboxLimits.noticeTimeMs)
    // What is told of one message follows what was told of it before: the last one counts.
    const ofMessage = new Map<string, Promise<void>>()
    const sent = notices.map((each) => {
      const before = ofMessage.get(each.notice.exchangeId)
      const told = before
        ? before.then(() => this.#tell(each, deadline))
        : this.#tell(each, deadline)
      ofMessage.set(each.notice.exchangeId, told)
      return told
    })
    const ends = await Promise.allSettled(sent)
    deadline.clear()
    const told = notices.filter((_notice, at) => ends[at]?.status === 'fulfilled')
    const failure = ends.find((end) => end.status === 'rejected')
    if (!failure) this.#rests.succeeded(sender)
    const givenUp = failure ? this.#failed(sender, untold, told, failure.reason) : []
    // The rest of those that were only tried with one.
    if (!failure && notices.length < untold.length) this.call(sender)
    return { told: positionsOf(told), givenUp: positionsOf(givenUp) }
  }

  async #tell({ notice, protocol }: UntoldNotice, deadline: Deadline): Promise<void> {
    await this.#parts.adapters.get(protocol)?.notify?.(notice, deadline)
  }

  /** @returns those of them that are given up */
  #failed(
    sender: SubsystemId,
    untold: readonly UntoldNotice[],
    told: readonly UntoldNotice[],
    error: unknown,
  ): UntoldNotice[] {
    const { now, warn } = this.#parts
    const until = this.#rests.failed(sender)
    warn('outbox.notices_not_told', { sender, until, error: String(error) })
    const beforeMs = now().getTime() - outboxLimits.noticeTriedForMs
    const givenUp = untold.filter(
      (each) => !told.includes(each) && each.notice.at.getTime() < beforeMs,
    )
    for (const { notice } of givenUp) {
      const { exchangeId, code } = notice
      warn('outbox.notice_given_up', { sender, exchangeId, notice: code })
    }
    return givenUp
  }
}

function positionsOf(notices: readonly UntoldNotice[]): bigint[] {
  return notices.map(({ position }) => position)
}
