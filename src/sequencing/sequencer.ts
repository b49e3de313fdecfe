import { setTimeout as pause } from 'node:timers/promises'
import type { StoredCheckpoint } from './log-tree.store.js'
import { SequencingSession, type SessionParts } from './sequencing-session.store.js'

export interface SequencerOptions extends SessionParts {
  /** Longest time from the beginning of one pass to that of the next, milliseconds. */
  readonly everyMs: number
  readonly info: (event: string, details: Readonly<Record<string, unknown>>) => void
  readonly warn: (event: string, details: Readonly<Record<string, unknown>>) => void
}

/** How sequencing is on this node, for health and metrics. */
export interface SequencerState {
  /** Whether it is this node that gives the places. */
  readonly isElected: boolean
  /** Why the logs do not grow, where this node knows. */
  readonly trouble: string | undefined
  /** Passes, and entries that got their place, since the start. */
  readonly passes: number
  readonly placed: number
}

const electEveryMs = 1_000
const retryMsMin = 100
const retryMsMax = 5_000

/**
 * Gives entries their places in the logs, and the logs their checkpoints (evidence.md §2.2). Every node has
 * one, and the database lets one of them work at a time; where it ends, hangs or fails, another takes over.
 * Exchanges never wait for it.
 */
export class Sequencer {
  readonly #options: SequencerOptions
  readonly #stopping = new AbortController()
  readonly #running: Promise<void>
  #isElected = false
  #trouble: string | undefined
  #fileTrouble: string | undefined
  #passes = 0
  #placed = 0

  private constructor(options: SequencerOptions) {
    this.#options = options
    this.#running = this.#run()
  }

  static start(options: SequencerOptions): Sequencer {
    return new Sequencer(options)
  }

  state(): SequencerState {
    return {
      isElected: this.#isElected,
      trouble: this.#trouble ?? this.#fileTrouble,
      passes: this.#passes,
      placed: this.#placed,
    }
  }

  /** Resolves when what is there has its place, as far as this node can see to it. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    for (let waitMs = retryMsMin; ; waitMs = Math.min(2 * waitMs, retryMsMax)) {
      const before = this.#passes
      try {
        await this.#serve()
      } catch (error) {
        const trouble = error instanceof Error ? error.message : String(error)
        // Once for all attempts that fail in the same way.
        if (trouble !== this.#trouble) this.#options.warn('sequencing.failed', { err: error })
        this.#trouble = trouble
      }
      this.#isElected = false
      if (this.#isStopping) return
      if (this.#passes > before) waitMs = retryMsMin
      await this.#wait(waitMs)
    }
  }

  /** One session, from its beginning to its end. @throws whatever ended it before its time */
  async #serve(): Promise<void> {
    const session = await SequencingSession.open(this.#options)
    try {
      while (!(await session.elect())) {
        // Another node gives the places, and its health says how it fares.
        this.#trouble = undefined
        if (this.#isStopping) return
        await this.#wait(electEveryMs)
      }
      const why = await session.load()
      this.#isElected = true
      this.#options.info('sequencing.elected', { logs: Object.fromEntries(session.sizes), why })
      await this.#passUntilStopped(session)
    } finally {
      await session.close()
    }
  }

  async #passUntilStopped(session: SequencingSession): Promise<void> {
    for (;;) {
      // Read before the pass: one that began after the stop has seen everything.
      const isLast = this.#isStopping
      const startedMs = performance.now()
      const { placed, isComplete, checkpoints } = await session.pass()
      this.#passes += 1
      this.#placed += placed
      this.#trouble = undefined
      await this.#publish(checkpoints)
      if (!isComplete) continue
      if (isLast) return
      await this.#wait(this.#options.everyMs - (performance.now() - startedMs))
    }
  }

  /** A file that cannot be written holds up nothing; the guard that it is knows less meanwhile. */
  async #publish(checkpoints: readonly StoredCheckpoint[]): Promise<void> {
    if (checkpoints.length === 0) return
    const { published } = this.#options
    try {
      await Promise.all(checkpoints.map(({ log, note }) => published.keep(log, note)))
      this.#fileTrouble = undefined
    } catch (error) {
      this.#fileTrouble = `the last checkpoint is in no file: ${(error as Error).message}`
      this.#options.warn('sequencing.checkpoint_not_kept', { err: error })
    }
  }

  get #isStopping(): boolean {
    return this.#stopping.signal.aborted
  }

  async #wait(ms: number): Promise<void> {
    const { signal } = this.#stopping
    if (ms > 0) await pause(ms, undefined, { signal }).catch(() => undefined)
  }
}
