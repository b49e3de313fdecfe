import type { SourceState, Stamp } from './timestamp-client.js'
import type { Checkpoint, StampTurn } from './timestamp.store.js'

export interface StampCheckpointsOptions {
  readonly store: { inTurn<T>(work: (turn: StampTurn) => Promise<T>): Promise<T | undefined> }
  readonly client: {
    stamp(data: Uint8Array, stop: AbortSignal): Promise<Stamp>
    state(): readonly SourceState[]
  }
  readonly now?: () => Date
}

/** What health and metrics show of the timestamps. */
export interface TimestampState {
  readonly sources: readonly SourceState[]
  /** The last timestamp that this node had, and whose. */
  readonly lastStampAt: Date | undefined
  readonly lastSource: string | undefined
  /** Whether somebody else than the operator vouches for the time; undefined before the first timestamp. */
  readonly isIndependent: boolean | undefined
  /** Why the last turn left checkpoints without a timestamp; undefined where it left none. */
  readonly trouble: string | undefined
}

/**
 * Has the newest checkpoint of each log stamped: what it covers existed before. A checkpoint covers
 * those before it, so nothing is lost where an authority was away for a while; nothing waits for it
 * either (evidence.md §2.5).
 */
export class StampCheckpoints {
  readonly #options: StampCheckpointsOptions
  #last: { readonly source: string; readonly isIndependent: boolean; readonly at: Date } | undefined
  #trouble: string | undefined

  constructor(options: StampCheckpointsOptions) {
    this.#options = options
  }

  /**
   * One turn.
   * @param stop - gives up; what was stamped until then is kept
   * @returns number of checkpoints stamped; undefined where another node is at it
   * @throws TimestampError or what the store throws, where a checkpoint is left without a timestamp
   */
  async run(stop: AbortSignal): Promise<number | undefined> {
    try {
      const stamped = await this.#options.store.inTurn((turn) => this.#stampAll(turn, stop))
      this.#trouble = undefined
      return stamped
    } catch (error) {
      // Who is told to stop is in no trouble.
      if (!stop.aborted) this.#trouble = error instanceof Error ? error.message : String(error)
      throw error
    }
  }

  state(): TimestampState {
    return {
      sources: this.#options.client.state(),
      lastStampAt: this.#last?.at,
      lastSource: this.#last?.source,
      isIndependent: this.#last?.isIndependent,
      trouble: this.#trouble,
    }
  }

  async #stampAll(turn: StampTurn, stop: AbortSignal): Promise<number> {
    const checkpoints = await turn.unstamped()
    for (const checkpoint of checkpoints) await this.#stamp(checkpoint, turn, stop)
    return checkpoints.length
  }

  async #stamp({ log, size, note }: Checkpoint, turn: StampTurn, stop: AbortSignal): Promise<void> {
    const { client, now = () => new Date() } = this.#options
    const stamp = await client.stamp(Buffer.from(note, 'utf8'), stop)
    const { source, token, authority, time } = stamp
    // What stands beside the token is what it says itself, so that nobody can change it unseen.
    await turn.keep({ log, size, tsa: authority, token, stampedAt: time })
    this.#last = { source: source.name, isIndependent: source.isIndependent, at: now() }
  }
}
