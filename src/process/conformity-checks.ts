import { setTimeout as pause } from 'node:timers/promises'
import type { CheckJob } from '../admin/connection-cases/check-job.js'
import { checksEveryMs } from '../connection/limits.js'
import type { SystemLog } from '../monitoring/system-log.js'

/** Runs the conformity checks that officers ask for, on whichever node is first, until it is closed. */
export class ConformityChecks {
  readonly #job: CheckJob
  readonly #log: SystemLog
  readonly #stopping = new AbortController()
  readonly #running: Promise<void>

  constructor(job: CheckJob, log: SystemLog) {
    this.#job = job
    this.#log = log
    this.#running = this.#run()
  }

  /** Gives up what is under way, for another node. Resolves when nothing is any more. */
  async close(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      try {
        const count = await this.#job.turn(signal)
        if (count > 0) this.#log.info({ job: 'conformity checks', count }, 'job done')
      } catch (error) {
        this.#log.warn({ job: 'conformity checks', err: error }, 'job failed')
      }
      await pause(checksEveryMs, undefined, { signal }).catch(() => undefined)
    }
  }
}
