import { setTimeout as pause } from 'node:timers/promises'
import { AdminDatabase } from '../admin/admin-database.store.js'
import { adminLimits } from '../admin/limits.js'
import type { Config } from '../config/config.js'
import type { Secret } from '../config/secrets.js'
import { createPool } from '../database/connection.js'
import { IncidentBook } from '../incident/incident-book.store.js'
import { IncidentWatch } from '../incident/incident-watch.js'
import { incidentLookEveryMs, incidentLookMsMax } from '../incident/limits.js'
import {
  replicationChecks,
  type Replication,
  type ReplicationLag,
} from '../incident/replication-lag.js'
import { readReplicas } from '../incident/replication.store.js'
import type { SystemLog } from '../monitoring/system-log.js'
import type { HealthCheck } from './messages.js'
import { NodeMails } from './node-mails.js'
import { spoolChecks } from './spool-room.js'

export interface NodeIncidentsInput {
  readonly config: Pick<Config, 'admin' | 'mail' | 'reserve' | 'spoolDirectory'>
  /** Address of a login that may take on the role of the admin API. */
  readonly adminUrl: Secret<string>
  /** What is not well on this node. */
  readonly failedChecks: () => readonly HealthCheck[]
  /** What is remembered of the database's positions. */
  readonly lag: ReplicationLag
  readonly log: SystemLog
  /** How often it looks, milliseconds; for tests. */
  readonly lookEveryMs?: number
}

/** Where a node looks for incidents, and whence mails go out, until it is closed. */
export class NodeIncidents {
  readonly #input: NodeIncidentsInput
  readonly #database: AdminDatabase
  readonly #watch: IncidentWatch
  readonly #mails: NodeMails
  readonly #stopping = new AbortController()
  readonly #running: Promise<void>
  #replication: Replication | undefined
  #checks: readonly HealthCheck[] = []

  private constructor(input: NodeIncidentsInput, database: AdminDatabase, mails: NodeMails) {
    const { reserve } = input.config
    const { log } = input
    this.#input = input
    this.#database = database
    this.#mails = mails
    this.#watch = new IncidentWatch({
      book: new IncidentBook(database, reserve),
      urgent: mails,
      decisionAfterMs: reserve.decisionAfterMs,
      lookMsMax: incidentLookMsMax,
      tell: (event, details) => log.error(details, event),
    })
    this.#running = this.#run()
  }

  static async open(input: NodeIncidentsInput): Promise<NodeIncidents> {
    const database = new AdminDatabase(openPool(input))
    const { config, log } = input
    const mails = await NodeMails.open({ config, database, log })
    return new NodeIncidents(input, database, mails)
  }

  /** What it found itself, for health. */
  checks(): readonly HealthCheck[] {
    return this.#checks
  }

  /** Standbys at the last look. */
  replication(): Replication | undefined {
    return this.#replication
  }

  async close(): Promise<void> {
    this.#stopping.abort()
    await Promise.all([this.#running, this.#mails.close()])
    await this.#database.pool.end()
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    const { log, lookEveryMs = incidentLookEveryMs } = this.#input
    while (!signal.aborted) {
      try {
        await this.#look()
      } catch (error) {
        log.warn({ job: 'incidents', err: error }, 'job failed')
      }
      await pause(lookEveryMs, undefined, { signal }).catch(() => undefined)
    }
  }

  async #look(): Promise<void> {
    const { config, failedChecks } = this.#input
    this.#checks = [...(await spoolChecks(config.spoolDirectory)), ...(await this.#standbys())]
    await this.#watch.look([...failedChecks(), ...this.#checks], new Date())
  }

  /** A database that does not answer is another incident than a standby that is late. */
  async #standbys(): Promise<HealthCheck[]> {
    try {
      const rows = await readReplicas(this.#database.pool)
      this.#replication = this.#input.lag.measure(rows, new Date())
    } catch {
      return []
    }
    const late = replicationChecks(this.#replication, this.#input.config.reserve)
    return late.map((check) => ({ ...check, ok: false }))
  }
}

function openPool({ adminUrl, log }: NodeIncidentsInput): AdminDatabase['pool'] {
  return createPool(
    {
      ...{ url: adminUrl.reveal(), role: 'admin', applicationName: 'sluice incidents' },
      ...{ connectionTimeoutMs: 5_000, statementTimeoutMs: adminLimits.statementMsMax },
      ...{ connectionsMax: 2, idleTimeoutMs: 60_000 },
    },
    (error) => log.warn({ err: error }, 'an idle database connection broke'),
  )
}
