import type pg from 'pg'
import { messageLogLimits, type MessageLogLimits } from '../limits/message-log.js'
import { withClient } from './log-connection.store.js'
import { makePartitions, purgeMessageIds, purgeNotices, sweepUnresolved } from './sweep.store.js'

export interface LogJobsOptions {
  /** Makes a connection under the jobs' role, not yet opened, with its own time limits. */
  readonly connect: () => pg.Client
  readonly limits?: Partial<Pick<MessageLogLimits, 'sweepBackMs' | 'sweepBatchMax'>>
  readonly now?: () => Date
}

/** What is done to the message log now and then, by one node at a time. */
export class LogJobs {
  readonly #connect: () => pg.Client
  readonly #limits: Pick<MessageLogLimits, 'sweepBackMs' | 'sweepBatchMax'>
  readonly #now: () => Date
  #sweptUntil: Date | undefined

  constructor({ connect, limits, now = () => new Date() }: LogJobsOptions) {
    this.#connect = connect
    this.#limits = { ...messageLogLimits, ...limits }
    this.#now = now
  }

  /**
   * Marks requests older than `olderThanMs` that have no outcome as unresolved; call it now and
   * then. The age must be well above the longest time an exchange may take.
   * @returns number of requests marked; undefined where another node is at it
   */
  async sweepUnresolved({ olderThanMs }: { olderThanMs: number }): Promise<number | undefined> {
    const until = new Date(this.#now().getTime() - olderThanMs)
    const from = this.#sweptUntil ?? new Date(this.#now().getTime() - this.#limits.sweepBackMs)
    const batchMax = this.#limits.sweepBatchMax
    const marked = await withClient(this.#connect, (client) =>
      sweepUnresolved(client, { from, until, batchMax }, this.#now),
    )
    // Some overlap: a request that was long in coming is logged well after its id was made.
    if (marked !== undefined) this.#sweptUntil = new Date(until.getTime() - 10 * olderThanMs)
    return marked
  }

  /**
   * Forgets message ids after the replay window. The window must be longer than signed messages are
   * accepted as fresh.
   * @returns number of ids forgotten; undefined where another node is at it
   */
  purgeMessageIds({ replayWindowMs }: { replayWindowMs: number }): Promise<number | undefined> {
    const before = new Date(this.#now().getTime() - replayWindowMs)
    return withClient(this.#connect, (client) =>
      purgeMessageIds(client, before, this.#limits.sweepBatchMax),
    )
  }

  /**
   * Forgets notices that were told and are that old.
   * @returns number of notices forgotten; undefined where another node is at it
   */
  purgeNotices({ keptMs }: { keptMs: number }): Promise<number | undefined> {
    const before = new Date(this.#now().getTime() - keptMs)
    return withClient(this.#connect, (client) =>
      purgeNotices(client, before, this.#limits.sweepBatchMax),
    )
  }

  /**
   * Makes the partitions of today and so many days to come, where they are missing.
   * @returns number of partitions made
   */
  makePartitions(daysAhead: number): Promise<number> {
    return withClient(this.#connect, (client) => makePartitions(client, daysAhead))
  }
}
