import type { KeyObject } from 'node:crypto'
import type { Config } from '../config/config.js'
import { loadFormerLogKeys } from '../config/log-keys.js'
import type { Secret } from '../config/secrets.js'
import type { createClient } from '../database/connection.js'
import { sequencingLimits } from '../limits/transparency.js'
import type { SequencingCounts } from '../monitoring/node-metrics.js'
import type { SystemLog } from '../monitoring/system-log.js'
import { LogSigners } from '../sequencing/log-signers.js'
import { LogTreeStore } from '../sequencing/log-tree.store.js'
import type { Queryable } from '../sequencing/log-tiles.store.js'
import { PublishedCheckpoints, publishedFolderOf } from '../sequencing/published-checkpoints.js'
import { Sequencer } from '../sequencing/sequencer.js'
import { findWaiting, type WaitingEntries } from '../sequencing/waiting-entries.store.js'
import type { HealthCheck } from './messages.js'

export interface NodeSequencingInput {
  readonly config: Config
  readonly logSigningKey: Secret<KeyObject>
  /** Makes a connection under the jobs' role, not yet opened, for the sequencer alone. */
  readonly connect: () => ReturnType<typeof createClient>
  /** Connections under the jobs' role, to look how the logs are. */
  readonly database: Queryable
  readonly log: SystemLog
}

/** Sequencing on one node: does its part, and looks whether anybody does it. */
export class NodeSequencing {
  readonly #database: Queryable
  readonly #store: LogTreeStore
  readonly #sequencer: Sequencer
  #waiting: WaitingEntries = { entries: 0, oldestAt: undefined }
  #sizes: ReadonlyMap<string, number> = new Map()

  constructor({ config, logSigningKey, connect, database, log }: NodeSequencingInput) {
    const { passRowsMax, passEveryMs } = sequencingLimits
    this.#database = database
    this.#store = new LogTreeStore(database)
    this.#sequencer = Sequencer.start({
      connect,
      signers: new LogSigners(
        logSigningKey.reveal(),
        config.evidence.origin,
        loadFormerLogKeys(config),
      ),
      published: new PublishedCheckpoints(publishedFolderOf(config.directory)),
      now: () => new Date(),
      rowsMax: passRowsMax,
      everyMs: passEveryMs,
      info: (event, details) => log.info(details, event),
      warn: (event, details) => log.error(details, event),
    })
  }

  /** Looks how the logs are; call it now and then. */
  async look(): Promise<undefined> {
    this.#waiting = await findWaiting(this.#database, sequencingLimits.waitingLookedAtMax)
    const latest = await this.#store.latestCheckpoints()
    this.#sizes = new Map(latest.map(({ log, size }) => [log, size]))
  }

  checks(): HealthCheck[] {
    const { trouble } = this.#sequencer.state()
    const checks: HealthCheck[] = []
    if (trouble !== undefined) checks.push({ name: 'log sequencing', ok: false, why: trouble })
    const seconds = this.#waitingSeconds()
    if (seconds * 1_000 > sequencingLimits.waitingMsMax) {
      const why = `${this.#waiting.entries} entries wait for their place, the oldest for ${Math.floor(seconds)} s`
      checks.push({ name: 'log sequencing', ok: false, why })
    }
    return checks
  }

  counts(): SequencingCounts {
    const { isElected, passes, placed } = this.#sequencer.state()
    return {
      isElected,
      passes,
      placed,
      waiting: this.#waiting.entries,
      waitingSeconds: this.#waitingSeconds(),
      sizes: this.#sizes,
    }
  }

  /** Resolves when what is there has its place. Call when nothing more is written. */
  stop(): Promise<void> {
    return this.#sequencer.stop()
  }

  #waitingSeconds(): number {
    const { oldestAt } = this.#waiting
    return oldestAt ? Math.max(0, (Date.now() - oldestAt.getTime()) / 1_000) : 0
  }
}
