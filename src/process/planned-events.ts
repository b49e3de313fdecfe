import { setTimeout as pause } from 'node:timers/promises'
import type { AdminDatabase } from '../admin/admin-database.store.js'
import { AgreementJob } from '../admin/agreements/agreement-job.js'
import { CatalogueJob } from '../admin/catalogue/catalogue-job.js'
import { ExecutionJob } from '../admin/executions/execution-job.js'
import { LifeCycleJob } from '../admin/life-cycle/life-cycle-job.js'
import { LifeCycle } from '../admin/life-cycle/life-cycle.js'
import { dueEventsEveryMs } from '../admin/limits.js'
import { RecheckJob } from '../admin/rechecks/recheck-job.js'
import { RegistryChanges } from '../admin/registry/registry-changes.js'
import { keptSets } from '../connection/requirement-sets.js'
import type { SystemLog } from '../monitoring/system-log.js'

interface Job {
  readonly name: string
  readonly turn: (now: Date) => Promise<number>
}

/** Lets happen what was planned or agreed for a day, on whichever node is first, until it is closed. */
export class PlannedEvents {
  readonly #jobs: readonly Job[]
  readonly #log: SystemLog
  readonly #stopping = new AbortController()
  readonly #running: Promise<void>

  constructor(database: AdminDatabase, log: SystemLog) {
    const changes = new RegistryChanges(database.pool)
    const events = new LifeCycleJob(database, new LifeCycle(database, changes))
    const agreements = new AgreementJob(database, changes)
    const rechecks = new RecheckJob({ database, requirementSets: keptSets, changes })
    const catalogue = new CatalogueJob(database)
    const executions = new ExecutionJob(database)
    this.#jobs = [
      { name: 'planned events', turn: (now) => events.turn(now) },
      { name: 'agreements', turn: (now) => agreements.turn(now) },
      { name: 'rechecks', turn: (now) => rechecks.turn(now) },
      { name: 'catalogue changes', turn: () => catalogue.turn() },
      { name: 'control of execution', turn: (now) => executions.turn(now) },
    ]
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
      for (const job of this.#jobs) await this.#turn(job)
      await pause(dueEventsEveryMs, undefined, { signal }).catch(() => undefined)
    }
  }

  async #turn({ name: job, turn }: Job): Promise<void> {
    try {
      const count = await turn(new Date())
      if (count > 0) this.#log.info({ job, count }, 'job done')
    } catch (error) {
      this.#log.warn({ job, err: error }, 'job failed')
    }
  }
}
