import { setTimeout as pause } from 'node:timers/promises'
import type { KeyObject } from 'node:crypto'
import type { Config } from '../config/config.js'
import { identityCertificates } from '../config/identity.js'
import type { Secret } from '../config/secrets.js'
import { loadTimestampSources } from '../config/timestamp-sources.js'
import { createClient, createPool, type ConnectionOptions } from '../database/connection.js'
import { ExpiryWatch } from '../ca/expiry-notices.js'
import { expiryNoticesBatch, expiryNoticesEveryMs } from '../ca/limits.js'
import { ValidationMaterialStore } from '../evidence/validation-material.store.js'
import { searchFillEveryMs } from '../limits/log-search.js'
import { outboxLimits } from '../limits/one-way.js'
import { lastStampMsMax, sequencingLimits, witnessPushEveryMs } from '../limits/transparency.js'
import { CosignatureStore } from '../log-api/cosignature.store.js'
import { Cosigning } from '../log-api/cosigning.js'
import { SearchFilling } from '../log-search/search-filling.store.js'
import { withClient } from '../message-log/log-connection.store.js'
import { LogJobs } from '../message-log/log-jobs.store.js'
import type { SequencingCounts } from '../monitoring/node-metrics.js'
import type { SystemLog } from '../monitoring/system-log.js'
import { writeNotices } from '../notice/notice.store.js'
import { openRegistry } from '../open-stores.js'
import type { RegistryFollower } from '../registry/registry-follower.store.js'
import { OcspAnswerStore } from '../registry/ocsp-answer.store.js'
import { OcspRefresh } from '../registry/ocsp-refresh.js'
import { RevocationListRefresh } from '../registry/revocation-list-refresh.js'
import { RevocationListStore } from '../registry/revocation-list.store.js'
import { LogTreeStore } from '../sequencing/log-tree.store.js'
import { StampCheckpoints, type TimestampState } from '../timestamp/stamp-checkpoints.js'
import { TimestampClient, type TimestampSource } from '../timestamp/timestamp-client.js'
import { TimestampStore } from '../timestamp/timestamp.store.js'
import { ocspSubjectOf } from '../trust/ocsp/ocsp-subject.js'
import { readRevocationList } from '../trust/read-revocation-list.js'
import type { HealthCheck } from './messages.js'
import { NodeSequencing } from './node-sequencing.js'

export interface NodeJobsInput {
  readonly config: Config
  /** Address of a login that may take on the role of the workers. */
  readonly databaseUrl: Secret<string>
  /** Address of a login that may take on the role of the jobs. */
  readonly jobsUrl: Secret<string>
  readonly logSigningKey: Secret<KeyObject>
  readonly log: SystemLog
}

const purgeEveryMs = 600_000
/** What is kept already is not written again; a turn that failed is made up for by the next. */
const keepEveryMs = 600_000
const idleTimeoutMs = 60_000

type Pool = ReturnType<typeof createPool>

/**
 * What one process of a node does now and then: gives entries their places in the logs, marks requests
 * that got no outcome, forgets message ids after the replay window, makes partitions for days to come,
 * fetches revocation lists and asks OCSP responders, keeps the bus's certificates as evidence, has checkpoints stamped and
 * cosigned, and lets search find what has ended. Several nodes may run it; the database lets one at a time.
 */
export class NodeJobs {
  readonly #input: NodeJobsInput
  readonly #registry: RegistryFollower
  readonly #logJobs: LogJobs
  readonly #search: SearchFilling
  readonly #refresh: RevocationListRefresh
  readonly #ocsp: OcspRefresh
  readonly #material: ValidationMaterialStore
  readonly #stamps: StampCheckpoints
  readonly #sequencing: NodeSequencing
  #partitionTrouble: string | undefined
  readonly #cosigning: Cosigning
  readonly #expiries = new ExpiryWatch()
  readonly #pool: Pool
  readonly #stopping = new AbortController()
  readonly #loops: Promise<void>[] = []

  private constructor(
    input: NodeJobsInput,
    registry: RegistryFollower,
    sources: readonly TimestampSource[],
  ) {
    const { config, log } = input
    const warn = warnTo(log)
    const connection = connectionTo(input.jobsUrl)
    const pool = openPool(connection, log)
    this.#input = input
    this.#registry = registry
    this.#search = new SearchFilling({ pool })
    this.#logJobs = new LogJobs({ connect: () => createClient(connection) })
    this.#material = new ValidationMaterialStore(pool)
    this.#pool = pool
    this.#sequencing = sequencingOf(input, connection, pool)
    this.#refresh = new RevocationListRefresh({
      authorities: () => registry.current.authorities,
      store: new RevocationListStore(pool),
      readRevocationList,
      everyMs: config.limits.revocationRefreshEveryMs,
      warn,
    })
    this.#ocsp = ocspOf(input, registry, pool)
    this.#stamps = new StampCheckpoints({
      store: new TimestampStore((work) => withClient(() => createClient(connection), work)),
      client: new TimestampClient({ sources, retryMsMin: config.timestamps.everyMs / 2, warn }),
    })
    this.#cosigning = new Cosigning({
      witnesses: config.witnesses,
      tree: new LogTreeStore(pool),
      cosignatures: new CosignatureStore(pool),
      warn,
    })
  }

  static async start(input: NodeJobsInput): Promise<NodeJobs> {
    const { config, databaseUrl, log } = input
    const warn = warnTo(log)
    const sources = await loadTimestampSources(config)
    const registry = await openRegistry({ limits: config.limits, databaseUrl, warn })
    const jobs = new NodeJobs(input, registry, sources)
    jobs.#begin()
    return jobs
  }

  /** The registry as the jobs follow it, until they stop. */
  get registry(): RegistryFollower {
    return this.#registry
  }

  /** How long ago exchanges ended that search may not find yet, milliseconds. */
  get searchLagMs(): number {
    return this.#search.lagMs
  }

  /**
   * What health says of the jobs: an authority without a current revocation list is refused, as certificates are
   * without an OCSP answer; timestamps, witnesses and search that are late stop nothing.
   */
  checks(): HealthCheck[] {
    const { trouble } = this.#stamps.state()
    const lists = this.#refresh
      .state()
      .filter(({ outcome }) => outcome === 'failed')
      .map((state) => ({
        name: `revocation list of ${state.authority}`,
        ok: false,
        why: state.trouble ?? 'not available',
      }))
    const answers = this.#ocsp.troubles().map(({ authority, certificates, trouble: text }) => ({
      name: `OCSP answers of ${authority}`,
      ok: false,
      why: `none about ${certificates} of its certificates: ${text}`,
    }))
    const stamps = trouble === undefined ? [] : [{ name: 'timestamps', ok: false, why: trouble }]
    const why = this.#partitionTrouble
    const partitions = why === undefined ? [] : [{ name: 'log partitions', ok: false, why }]
    const behind = this.#search.trouble
    const search = behind === undefined ? [] : [{ name: 'log search', ok: false, why: behind }]
    return [
      ...lists,
      ...answers,
      ...search,
      ...this.#sequencing.checks(),
      ...partitions,
      ...stamps,
      ...this.#cosigning.checks(),
    ]
  }

  /** How the logs grow, for metrics. */
  sequencing(): SequencingCounts {
    return this.#sequencing.counts()
  }

  /** How it goes with the timestamps. */
  timestamps(): TimestampState {
    return this.#stamps.state()
  }

  /** Resolves when the jobs in progress have ended, and what can be stamped now has been. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await Promise.all(this.#loops)
    // Last, because the sweep may have written entries.
    await this.#sequencing.stop()
    await this.#stamp(AbortSignal.timeout(lastStampMsMax)).catch((error: unknown) =>
      this.#input.log.warn({ job: 'stamp', err: error }, 'job failed'),
    )
    await this.#refresh.close()
    await this.#ocsp.close()
    await this.#registry.close()
    await this.#pool.end()
  }

  #begin(): void {
    const { limits, timestamps } = this.#input.config
    const logJobs = this.#logJobs
    this.#refresh.start()
    this.#ocsp.start()
    this.#loops.push(
      this.#every(limits.sweepEveryMs, 'sweep', () =>
        logJobs.sweepUnresolved({ olderThanMs: limits.unresolvedAfterMs }),
      ),
      this.#every(purgeEveryMs, 'purge', () =>
        logJobs.purgeMessageIds({ replayWindowMs: limits.replayWindowMs }),
      ),
      this.#every(expiryNoticesEveryMs, 'expiry notices', () => this.#noticeExpiries()),
      this.#every(purgeEveryMs, 'purge notices', () =>
        logJobs.purgeNotices({ keptMs: outboxLimits.noticesKeptMs }),
      ),
      this.#every(keepEveryMs, 'keep certificates', () =>
        this.#material.keepBusCertificates(identityCertificates(this.#input.config)),
      ),
      this.#every(timestamps.everyMs, 'stamp', () => this.#stamp(this.#stopping.signal)),
      this.#every(sequencingLimits.partitionsEveryMs, 'partitions', () => this.#makePartitions()),
      this.#every(sequencingLimits.lookEveryMs, 'look at the logs', () => this.#sequencing.look()),
      this.#every(witnessPushEveryMs, 'cosign', () => this.#cosigning.turn()),
      // Done every other second, it is not worth a line of the system log.
      this.#every(searchFillEveryMs, 'search', async () => {
        await this.#search.turn(this.#stopping.signal)
        return undefined
      }),
    )
  }

  async #noticeExpiries(): Promise<number> {
    const { certificates, subsystems } = this.#registry.current
    const due = this.#expiries.due(certificates.values(), (id) => subsystems.get(id), new Date())
    let written = 0
    for (let at = 0; at < due.length; at += expiryNoticesBatch) {
      written += await writeNotices(this.#pool, due.slice(at, at + expiryNoticesBatch))
    }
    return written
  }

  /** Whoever is told to stop has failed in nothing; the rest is stamped later. */
  async #stamp(stop: AbortSignal): Promise<number | undefined> {
    try {
      return await this.#stamps.run(stop)
    } catch (error) {
      if (stop.aborted) return undefined
      throw error
    }
  }

  async #makePartitions(): Promise<number> {
    try {
      const made = await this.#logJobs.makePartitions(sequencingLimits.partitionDaysAhead)
      this.#partitionTrouble = undefined
      return made
    } catch (error) {
      this.#partitionTrouble = error instanceof Error ? error.message : String(error)
      throw error
    }
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

function connectionTo(jobsUrl: Secret<string>): ConnectionOptions {
  return {
    url: jobsUrl.reveal(),
    role: 'jobs',
    applicationName: 'sluice jobs',
    connectionTimeoutMs: 5_000,
    statementTimeoutMs: 30_000,
  }
}

function openPool(connection: ConnectionOptions, log: SystemLog): Pool {
  return createPool({ ...connection, connectionsMax: 2, idleTimeoutMs }, (error) =>
    log.warn({ err: error }, 'an idle database connection broke'),
  )
}

function ocspOf(
  { config, log }: NodeJobsInput,
  registry: RegistryFollower,
  pool: Pool,
): OcspRefresh {
  return new OcspRefresh({
    registry,
    store: new OcspAnswerStore(pool),
    subjectOf: ocspSubjectOf,
    everyMs: config.limits.revocationRefreshEveryMs,
    warn: warnTo(log),
  })
}

function sequencingOf(
  { config, logSigningKey, log }: NodeJobsInput,
  connection: ConnectionOptions,
  database: Pool,
): NodeSequencing {
  const connect = (): ReturnType<typeof createClient> =>
    createClient({ ...connection, applicationName: 'sluice sequencer' })
  return new NodeSequencing({ config, logSigningKey, connect, database, log })
}

function warnTo(
  log: SystemLog,
): (event: string, details: Readonly<Record<string, unknown>>) => void {
  return (event, details) => log.warn(details, event)
}
