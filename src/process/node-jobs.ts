import { setTimeout as pause } from 'node:timers/promises'
import type { Config } from '../config/config.js'
import type { Secret } from '../config/secrets.js'
import { identityCertificates } from '../config/identity.js'
import { createClient, createPool, type ConnectionOptions } from '../database/connection.js'
import { ValidationMaterialStore } from '../evidence/validation-material.store.js'
import { LogJobs } from '../message-log/log-jobs.store.js'
import type { SystemLog } from '../monitoring/system-log.js'
import { openRegistry } from '../open-stores.js'
import type { RegistryFollower } from '../registry/registry-follower.store.js'
import { RevocationListRefresh } from '../registry/revocation-list-refresh.js'
import { RevocationListStore } from '../registry/revocation-list.store.js'
import { readRevocationList } from '../trust/read-revocation-list.js'
import type { HealthCheck } from './messages.js'

export interface NodeJobsInput {
  readonly config: Config
  /** Address of a login that may take on the role of the workers. */
  readonly databaseUrl: Secret<string>
  /** Address of a login that may take on the role of the jobs. */
  readonly jobsUrl: Secret<string>
  readonly log: SystemLog
}

const purgeEveryMs = 600_000
/** What is kept already is not written again; a turn that failed is made up for by the next. */
const keepEveryMs = 600_000
const idleTimeoutMs = 60_000

/**
 * What one process of a node does now and then: marks requests that got no outcome, forgets message
 * ids after the replay window, fetches revocation lists, and keeps the bus's certificates as evidence. Several nodes may run it; the database
 * lets one at a time.
 */
export class NodeJobs {
  readonly #input: NodeJobsInput
  readonly #registry: RegistryFollower
  readonly #logJobs: LogJobs
  readonly #refresh: RevocationListRefresh
  readonly #material: ValidationMaterialStore
  readonly #closePool: () => Promise<void>
  readonly #stopping = new AbortController()
  readonly #loops: Promise<void>[] = []

  private constructor(input: NodeJobsInput, registry: RegistryFollower) {
    const { config, jobsUrl, log } = input
    const connection: ConnectionOptions = {
      url: jobsUrl.reveal(),
      role: 'jobs',
      applicationName: 'sluice jobs',
      connectionTimeoutMs: 5_000,
      statementTimeoutMs: 30_000,
    }
    const pool = createPool({ ...connection, connectionsMax: 2, idleTimeoutMs }, (error) =>
      log.warn({ err: error }, 'an idle database connection broke'),
    )
    this.#input = input
    this.#registry = registry
    this.#logJobs = new LogJobs({ connect: () => createClient(connection) })
    this.#material = new ValidationMaterialStore(pool)
    this.#closePool = () => pool.end()
    this.#refresh = new RevocationListRefresh({
      authorities: () => registry.current.authorities,
      store: new RevocationListStore(pool),
      readRevocationList,
      everyMs: config.limits.revocationRefreshEveryMs,
      warn: (event, details) => log.warn(details, event),
    })
  }

  static async start(input: NodeJobsInput): Promise<NodeJobs> {
    const { config, databaseUrl, log } = input
    const warn = (event: string, details: Readonly<Record<string, unknown>>): void =>
      log.warn(details, event)
    const registry = await openRegistry({ limits: config.limits, databaseUrl, warn })
    const jobs = new NodeJobs(input, registry)
    jobs.#begin()
    return jobs
  }

  /** What health says of the jobs: an authority without a current revocation list is refused. */
  checks(): HealthCheck[] {
    return this.#refresh
      .state()
      .filter(({ outcome }) => outcome === 'failed')
      .map(({ authority, trouble }) => ({
        name: `revocation list of ${authority}`,
        ok: false,
        why: trouble ?? 'not available',
      }))
  }

  /** Resolves when the jobs in progress have ended. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await Promise.all(this.#loops)
    await this.#refresh.close()
    await this.#registry.close()
    await this.#closePool()
  }

  #begin(): void {
    const { limits } = this.#input.config
    const logJobs = this.#logJobs
    this.#refresh.start()
    this.#loops.push(
      this.#every(limits.sweepEveryMs, 'sweep', () =>
        logJobs.sweepUnresolved({ olderThanMs: limits.unresolvedAfterMs }),
      ),
      this.#every(purgeEveryMs, 'purge', () =>
        logJobs.purgeMessageIds({ replayWindowMs: limits.replayWindowMs }),
      ),
      this.#every(keepEveryMs, 'keep certificates', () =>
        this.#material.keepBusCertificates(identityCertificates(this.#input.config)),
      ),
    )
  }

  // The pause begins when a turn has ended: turns that fail slowly do not pile up. One that failed
  // is tried again in its next turn.
  async #every(
    everyMs: number,
    job: string,
    work: () => Promise<number | undefined>,
  ): Promise<void> {
    const { signal } = this.#stopping
    const { log } = this.#input
    while (!signal.aborted) {
      try {
        const count = await work()
        if (count) log.info({ job, count }, 'job done')
      } catch (error) {
        log.warn({ job, err: error }, 'job failed')
      }
      await pause(everyMs, undefined, { signal }).catch(() => undefined)
    }
  }
}
