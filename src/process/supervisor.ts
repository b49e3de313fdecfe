import type { Secret } from '../config/secrets.js'
import { openControl } from '../control.js'
import { ReplicationLag } from '../incident/replication-lag.js'
import { openNodeBroker } from './node-broker.js'
import type { HealthCheck } from './messages.js'
import type { NodeCa } from './node-ca.js'
import { openNodeDatabase, type NodeDatabase } from './node-database.js'
import { NodeIncidents } from './node-incidents.js'
import { NodeJobs } from './node-jobs.js'
import { NodePage } from './node-page.js'
import type { SupervisorInput } from './supervisor-input.js'
import { endsWithin, untilStopped } from './until-stopped.js'
import { WorkerPool } from './worker-pool.js'

/** Parts without a time limit of their own get this long to end, milliseconds. */
const closeMsMax = 15_000

interface Part {
  readonly name: string
  readonly close: () => Promise<unknown>
}

/** One node: management side, database, jobs and workers, started and stopped in order. */
export class Supervisor {
  readonly #input: SupervisorInput
  readonly #page: NodePage
  /** How far standbys are behind is measured in one place: by looks, and by questions of administrators. */
  readonly #lag = new ReplicationLag()
  /** What has been started, the latest first. */
  readonly #started: Part[] = []
  #stopped: Promise<boolean> | undefined

  private constructor(input: SupervisorInput) {
    this.#input = input
    this.#page = new NodePage(input.config.workers)
  }

  /**
   * Starts a node; rejects, with everything stopped again, when a part cannot start.
   * @param stop - calls the start off; the rejection is then its reason
   */
  static async start(input: SupervisorInput, stop: AbortSignal): Promise<Supervisor> {
    const supervisor = new Supervisor(input)
    try {
      await supervisor.#start(stop)
      return supervisor
    } catch (error) {
      await supervisor.stop()
      throw error
    }
  }

  /** Rolling restart; a failure is said in the system log, and the old workers carry on. */
  async restartWorkers(): Promise<void> {
    const { log } = this.#input
    const { pool } = this.#page
    if (!pool) return
    log.info('rolling restart begins')
    try {
      await pool.restartInTurn()
      log.info({ workers: pool.processIds }, 'rolling restart done')
    } catch (error) {
      log.error({ err: error }, 'rolling restart given up; the workers of before carry on')
    }
  }

  /**
   * Workers end first, the database after them, so that what is in progress ends in the log.
   * @returns whether everything ended in order
   */
  stop(): Promise<boolean> {
    // Who asks again, as a start does that was called off, waits for the same end.
    this.#stopped ??= this.#stopAll()
    return this.#stopped
  }

  async #stopAll(): Promise<boolean> {
    const { log } = this.#input
    this.#page.phase = 'stopping'
    let inOrder = true
    for (let part = this.#started.shift(); part; part = this.#started.shift()) {
      const { name, close } = part
      const ended = await close().catch((error: unknown) => {
        log.error({ err: error, part: name }, 'a part did not stop')
        return false
      })
      if (ended === false) inOrder = false
    }
    log.info('bus stopped')
    return inOrder
  }

  async #start(stop: AbortSignal): Promise<void> {
    const { config, logSigningKey, log } = this.#input
    const page = this.#page
    this.#warnIfKeysAreOwn()
    // The management side comes first: it says that the node is starting, and a port that is taken
    // is found before anything else has begun.
    const control = await openControl(config.management, page)
    this.#started.unshift({
      name: 'management',
      close: () => endsWithin(closeMsMax, control.close()),
    })
    const database = (page.database = await openNodeDatabase(this.#input, stop))
    this.#started.unshift({ name: 'database', close: () => database.close() })
    const { busUrl, jobsUrl } = database
    const jobs = await untilStopped(
      NodeJobs.start({ config, databaseUrl: busUrl, jobsUrl, logSigningKey, log }),
      stop,
    )
    page.jobs = jobs
    this.#started.unshift({ name: 'jobs', close: () => endsWithin(closeMsMax, jobs.stop()) })
    const served = await this.#openApis(database)
    const pool = (page.pool = this.#makePool(busUrl, await this.#openBroker(jobs, stop)))
    this.#started.unshift({ name: 'workers', close: () => pool.stop() })
    const addresses = await untilStopped(pool.start(), stop)
    page.phase = 'running'
    await this.#watchForIncidents(database)
    log.info(
      { addresses, management: control.address, ...served, workers: pool.processIds },
      'bus ready',
    )
  }

  /** @returns the addresses of what is served beside exchanges, where it is configured */
  async #openApis(database: NodeDatabase): Promise<{ logApi?: string; admin?: string }> {
    const { config, logSigningKey, log } = this.#input
    const { adminUrl, auditorUrl, jobsUrl } = database
    // What a node does not serve, it does not load: the admin API is as large as all the rest of the supervisor.
    const logApi =
      config.logApi &&
      (await (
        await import('./node-log-api.js')
      ).openNodeLogApi({ config, auditorUrl, jobsUrl, logSigningKey, log }))
    const ca = await this.#openCa(database)
    this.#closeWithNode('log API', logApi)
    const admin =
      config.admin &&
      (await (
        await import('./node-admin.js')
      ).openNodeAdmin({
        ...{ config, adminUrl, ca, log, replication: this.#lag },
      }))
    this.#closeWithNode('admin API', admin)
    return {
      ...(logApi && { logApi: logApi.address }),
      ...(admin && { admin: admin.address }),
    }
  }

  #closeWithNode(name: string, listener: { close(): Promise<void> } | undefined): void {
    if (!listener) return
    this.#started.unshift({ name, close: () => endsWithin(closeMsMax, listener.close()) })
  }

  async #openCa({ adminUrl, jobsUrl }: NodeDatabase): Promise<NodeCa | undefined> {
    const { config, log } = this.#input
    if (!config.ca) return undefined
    const { NodeCa } = await import('./node-ca.js')
    const ca = await NodeCa.open({ config: config.ca, adminUrl, jobsUrl, log })
    this.#page.ca = ca
    this.#closeWithNode('CA', ca)
    return ca
  }

  /** Not before the node runs: while parts come up, nothing has failed. */
  async #watchForIncidents({ adminUrl }: NodeDatabase): Promise<void> {
    const { config, log } = this.#input
    const page = this.#page
    const failedChecks = (): readonly HealthCheck[] => page.failedChecks()
    page.incidents = await NodeIncidents.open({
      ...{ config, adminUrl, failedChecks, log, lag: this.#lag },
    })
    this.#closeWithNode('incidents', page.incidents)
  }

  /** @returns the workers' address of it */
  async #openBroker(
    { registry }: NodeJobs,
    stop: AbortSignal,
  ): Promise<Secret<string> | undefined> {
    const { config, log } = this.#input
    const broker = (this.#page.broker = await openNodeBroker({ config, registry, log }, stop))
    if (broker) this.#started.unshift({ name: 'broker', close: () => broker.close() })
    return broker?.workerUrl
  }

  #makePool(databaseUrl: Secret<string>, brokerUrl: Secret<string> | undefined): WorkerPool {
    const { config, log } = this.#input
    const { workerReadyTimeoutMs, workerSilentMsMax, drainTimeoutMs } = config.limits
    return new WorkerPool({
      count: config.workers,
      // The owner's login is for migrations and jobs; a worker has no business with it.
      environment: {
        ...{ DATABASE_URL: databaseUrl.reveal(), DATABASE_MIGRATION_URL: '' },
        // Nor with the broker's administrator.
        ...{ AMQP_URL: brokerUrl?.reveal() ?? '', AMQP_MANAGEMENT_URL: '' },
      },
      readyTimeoutMs: workerReadyTimeoutMs,
      stopTimeoutMs: drainTimeoutMs,
      silentMsMax: workerSilentMsMax,
      log,
    })
  }

  // Pseudonyms and payloads of nodes with different keys would not go together.
  #warnIfKeysAreOwn(): void {
    const { config, databaseUrl, log } = this.#input
    if (databaseUrl === undefined || config.keys?.logSigningKeyFile !== undefined) return
    log.warn(
      { directory: config.directory },
      'keys of the message log are this node’s own; nodes that share a database must share them all (keys in the configuration)',
    )
  }
}
