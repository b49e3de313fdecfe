import { AggregatorRegistry } from 'prom-client'
import type { Config } from '../config/config.js'
import { openControl, type Control } from '../control.js'
import { reportHealth, type HealthReport } from '../monitoring/health.js'
import { NodeStatus } from '../monitoring/health.controller.js'
import { openNodeDatabase, type NodeDatabase } from './node-database.js'
import { NodeJobs } from './node-jobs.js'
import type { SupervisorInput } from './supervisor-input.js'
import { WorkerPool } from './worker-pool.js'

/** One node: database, jobs, workers and the management side, started and stopped in order. */
export class Supervisor {
  readonly #input: SupervisorInput
  readonly #database: NodeDatabase
  readonly #jobs: NodeJobs
  readonly #pool: WorkerPool
  readonly #control: Control

  private constructor(
    input: SupervisorInput,
    parts: { database: NodeDatabase; jobs: NodeJobs; pool: WorkerPool; control: Control },
  ) {
    this.#input = input
    this.#database = parts.database
    this.#jobs = parts.jobs
    this.#pool = parts.pool
    this.#control = parts.control
  }

  /** Starts a node; rejects, with everything stopped again, when a part cannot start. */
  static async start(input: SupervisorInput): Promise<Supervisor> {
    const { config, log } = input
    const undo: (() => Promise<void>)[] = []
    try {
      const database = await openNodeDatabase(input)
      undo.unshift(() => database.close())
      const jobs = await NodeJobs.start({
        config,
        databaseUrl: database.url,
        logKeys: input.logKeys,
        log,
      })
      undo.unshift(() => jobs.stop())
      const pool = new WorkerPool({
        count: config.workers,
        environment: { DATABASE_URL: database.url.reveal() },
        readyTimeoutMs: config.limits.workerReadyTimeoutMs,
        stopTimeoutMs: config.limits.drainTimeoutMs,
        log,
      })
      const control = await openControl(config.management, new SupervisedNode(config, pool, jobs))
      undo.unshift(() => control.close())
      undo.unshift(() => pool.stop())
      const addresses = await pool.start()
      log.info({ addresses, management: control.address, workers: pool.processIds }, 'bus ready')
      return new Supervisor(input, { database, jobs, pool, control })
    } catch (error) {
      for (const step of undo) await step().catch(() => undefined)
      throw error
    }
  }

  /** Rejects when the embedded database ends by itself: without it nothing can be carried. */
  get databaseEnded(): Promise<void> {
    return this.#database.ended
  }

  async restartWorkers(): Promise<void> {
    this.#input.log.info('rolling restart begins')
    await this.#pool.restartInTurn()
    this.#input.log.info({ workers: this.#pool.processIds }, 'rolling restart done')
  }

  /** Listeners close first, the database last, so that what is in progress ends in the log. */
  async stop(): Promise<void> {
    await this.#pool.stop()
    await this.#jobs.stop()
    await this.#control.close()
    await this.#database.close()
    this.#input.log.info('bus stopped')
  }
}

class SupervisedNode extends NodeStatus {
  readonly #config: Config
  readonly #pool: WorkerPool
  readonly #jobs: NodeJobs
  readonly #aggregator = new AggregatorRegistry()

  constructor(config: Config, pool: WorkerPool, jobs: NodeJobs) {
    super()
    this.#config = config
    this.#pool = pool
    this.#jobs = jobs
  }

  health(): HealthReport {
    return reportHealth(this.#config.workers, this.#pool.states, this.#jobs.checks())
  }

  metrics(): Promise<string> {
    return this.#aggregator.clusterMetrics()
  }
}
