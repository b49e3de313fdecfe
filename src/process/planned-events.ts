import { setTimeout as pause } from 'node:timers/promises'
import type { AdminDatabase } from '../admin/admin-database.store.js'
import { LifeCycleJob } from '../admin/life-cycle/life-cycle-job.js'
import { LifeCycle } from '../admin/life-cycle/life-cycle.js'
import { dueEventsEveryMs } from '../admin/limits.js'
import { RegistryChanges } from '../admin/registry/registry-changes.js'
import type { SystemLog } from '../monitoring/system-log.js'

/** Lets happen what administrators planned for a day, on whichever node is first, until it is closed. */
export class PlannedEvents {
  readonly #job: LifeCycleJob
  readonly #log: SystemLog
  readonly #stopping = new AbortController()
  readonly #running: Promise<void>

  constructor(database: AdminDatabase, log: SystemLog) {
    this.#job = new LifeCycleJob(
      database,
      new LifeCycle(database, new RegistryChanges(database.pool)),
    )
    this.#log = log
    this.#running = this.#run()
  }

  /** Resolves when nothing is under way any more. */
  async close(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      try {
        const count = await this.#job.turn(new Date())
        if (count > 0) this.#log.info({ job: 'planned events', count }, 'job done')
      } catch (error) {
        this.#log.warn({ job: 'planned events', err: error }, 'job failed')
      }
      await pause(dueEventsEveryMs, undefined, { signal }).catch(() => undefined)
    }
  }
}
