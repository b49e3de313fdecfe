import { setTimeout as pause } from 'node:timers/promises'
import type { LoggedRequest } from '../exchange/exchange.js'
import type { SubsystemId } from '../exchange/identifier.js'
import { partitionOf } from '../exchange/lane.js'
import { outboxLimits } from '../limits/one-way.js'
import { Attempts, type AttemptParts } from './attempt.js'
import { FreshMessages } from './fresh-messages.js'
import type { HeldPartitions } from './held-partitions.js'
import { Lanes } from './lanes.js'
import { NoticeRelay } from './notice-relay.js'
import type { NoticeStore } from './notices.store.js'
import type { Lane, OutboxStore } from './outbox.store.js'
import type {
  OutboxSignal,
  PartitionKeeper,
  PartitionKeeperOptions,
} from './partition-keeper.store.js'

export interface RelayParts extends Omit<AttemptParts, 'fresh'> {
  readonly store: OutboxStore
  readonly notices: NoticeStore
  readonly held: HeldPartitions
  /** Makes the keeper of this worker's partitions, which tells the relay what it has. */
  readonly keeperOf: (
    options: Pick<PartitionKeeperOptions, 'onHeld' | 'onLeave' | 'onLost' | 'onSignal'>,
  ) => PartitionKeeper
}

/** Signals that come one upon the other are looked into together. */
const signalPauseMs = 5

/** How the outbox is, as far as this worker's partitions go. */
export interface RelayState {
  readonly waitingMessages: number
  /** Since when the oldest of them waits, milliseconds. */
  readonly oldestMs: number
  /** Attempts of this worker since the start. */
  readonly attempts: number
  readonly partitions: number
}

/**
 * Delivers the one-way messages of this worker's partitions, and tells their senders by notices. It looks for them once
 * a second, and sooner where somebody calls: a worker that accepted one, a change of the registry, an operator.
 */
export class OutboxRelay {
  readonly #parts: RelayParts
  readonly #fresh = new FreshMessages()
  readonly #attempts: Attempts
  readonly #lanes: Lanes
  readonly #notices: NoticeRelay
  readonly #keeper: PartitionKeeper
  readonly #closing = new AbortController()
  #looking: Promise<void> | undefined
  #isForced = false
  /** Partitions into which other workers have put messages. */
  readonly #signalled = new Set<number>()
  #waiting = { messages: 0, oldest: undefined as Date | undefined }
  /** Ends the wait between two looks. */
  #wake: () => void = () => undefined

  constructor(parts: RelayParts) {
    this.#parts = parts
    const now = (): Date => parts.bus.now()
    this.#attempts = new Attempts({ ...parts, fresh: this.#fresh })
    this.#keeper = parts.keeperOf({
      onHeld: () => {
        parts.held.changed()
        this.#wake()
      },
      onLeave: (partition) => this.#leave(partition),
      onLost: () => {
        this.#fresh.forget(() => true)
        parts.held.changed()
      },
      onSignal: (signal) => this.#hear(signal),
    })
    parts.held.follow((partition) => this.#keeper.holds(partition))
    this.#lanes = new Lanes({
      store: parts.store,
      attempts: this.#attempts,
      now,
      mayGoOn: ({ partition }) => this.#keeper.holds(partition),
      onEnded: ({ sender }) => this.noticesLeft(sender),
      onRest: ({ sender, provider }) =>
        this.#fresh.forget(
          ({ envelope, route }) => envelope.consumer === sender && route.provider === provider,
        ),
      warn: parts.warn,
    })
    this.#notices = new NoticeRelay({
      store: parts.notices,
      adapters: parts.adapters,
      now,
      holds: (partition) => this.#keeper.holds(partition),
      warn: parts.warn,
    })
  }

  start(): void {
    this.#keeper.start()
    this.#looking ??= this.#lookAgainAndAgain()
  }

  /** A message has just become durable here. */
  accepted(logged: LoggedRequest): void {
    const sender = logged.envelope.consumer
    const { provider } = logged.route
    const lane: Lane = { partition: partitionOf(sender), sender, provider }
    if (!this.#keeper.holds(lane.partition)) {
      this.#keeper.signal({ sender, provider })
      return
    }
    if (!this.#lanes.rests(lane)) this.#fresh.add(logged)
    this.#lanes.arrived(lane)
  }

  /** There is a notice for the sender. */
  noticesLeft(sender: SubsystemId): void {
    if (this.#keeper.holds(partitionOf(sender))) this.#notices.call(sender)
    else this.#keeper.signal({ sender, provider: undefined })
  }

  /** What waited may go now: an end of maintenance, a new address, a right. */
  registryChanged(): void {
    this.#isForced = true
    this.#notices.wake()
    this.#wake()
  }

  state(): RelayState {
    const { messages, oldest } = this.#waiting
    return {
      waitingMessages: messages,
      oldestMs: oldest ? Math.max(0, this.#parts.bus.now().getTime() - oldest.getTime()) : 0,
      attempts: this.#attempts.count,
      partitions: this.#keeper.held.length,
    }
  }

  /** Begins nothing more; resolves when what is in progress has ended and the partitions are free for others. */
  async stop(): Promise<void> {
    this.#keeper.quiet()
    this.#closing.abort()
    this.#wake()
    await this.#looking
    await Promise.all([this.#lanes.idle(), this.#notices.idle()])
    await this.#keeper.close()
  }

  async #leave(partition: number): Promise<void> {
    this.#parts.held.changed()
    await Promise.all([this.#lanes.idle(partition), this.#notices.idle(partition)])
    this.#fresh.forget(({ envelope }) => partitionOf(envelope.consumer) === partition)
  }

  #hear(signal: OutboxSignal): void {
    if (!('partition' in signal)) {
      const { sender, provider } = signal
      if (provider === undefined) this.#notices.call(sender)
      else this.#lanes.arrived({ partition: partitionOf(sender), sender, provider })
      return
    }
    const { partition } = signal
    if (!this.#keeper.holds(partition)) return
    if (this.#signalled.size === 0) setTimeout(() => void this.#lookAtSignalled(), signalPauseMs)
    this.#signalled.add(partition)
  }

  async #lookAtSignalled(): Promise<void> {
    const partitions = [...this.#signalled].filter((partition) => this.#keeper.holds(partition))
    this.#signalled.clear()
    await this.#lookAt(partitions, false).catch((error: unknown) => this.#lookFailed(error))
  }

  #lookFailed(error: unknown): void {
    if (!this.#closing.signal.aborted) {
      this.#parts.warn('outbox.look_failed', { error: String(error) })
    }
  }

  async #lookAgainAndAgain(): Promise<void> {
    const { signal } = this.#closing
    while (!signal.aborted) {
      const woken = new Promise<void>((resolve) => (this.#wake = resolve))
      const isForced = this.#isForced
      this.#isForced = false
      await this.#look(isForced).catch((error: unknown) => {
        this.#isForced ||= isForced
        this.#lookFailed(error)
      })
      const waiting = new AbortController()
      const turn = pause(outboxLimits.lookEveryMs, undefined, { signal: waiting.signal })
      await Promise.race([turn.catch(() => undefined), woken])
      waiting.abort()
    }
  }

  async #look(isForced: boolean): Promise<void> {
    const { store, notices } = this.#parts
    const partitions = this.#keeper.held
    if (partitions.length === 0) {
      this.#waiting = { messages: 0, oldest: undefined }
      return
    }
    await this.#lookAt(partitions, isForced)
    const { noticeSendersWaitingMax } = outboxLimits
    for (const sender of await notices.sendersWithUntold(partitions, noticeSendersWaitingMax)) {
      this.#notices.call(sender)
    }
    this.#waiting = await store.waiting(partitions)
  }

  async #lookAt(partitions: readonly number[], isForced: boolean): Promise<void> {
    if (partitions.length === 0) return
    const { store, bus } = this.#parts
    const at = isForced ? undefined : bus.now()
    for (const lane of await store.dueLanes(partitions, at, outboxLimits.lanesWaitingMax)) {
      this.#lanes.call(lane, { hasEnding: lane.hasEnding, isForced })
    }
  }
}
