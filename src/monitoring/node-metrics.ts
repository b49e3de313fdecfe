import { AggregatorRegistry, Counter, Gauge, Registry } from 'prom-client'
import type { HealthReport } from './health.js'
import type { MetricValues } from './metric-values.js'
import type { TimestampState } from '../timestamp/stamp-checkpoints.js'
import type { Replication } from '../incident/replication-lag.js'
import { reportTimestamps } from './timestamp-report.js'

/** What the supervisor itself counts. */
export interface NodeCounts {
  readonly workerDeaths: number
  readonly databaseRestarts: number
  readonly timestamps: TimestampState | undefined
  /** Undefined until the node's jobs run. */
  readonly sequencing: SequencingCounts | undefined
  /** How long ago exchanges ended that search may not find yet, milliseconds; undefined before there are jobs. */
  readonly searchLagMs: number | undefined
  /** Messages that were put aside at the broker, by queue; undefined without one. */
  readonly letters: ReadonlyMap<string, number> | undefined
  /** Standbys of the database; undefined before they were looked at. */
  readonly replication: Replication | undefined
}

/** How the logs grow. */
export interface SequencingCounts {
  /** Whether this node gives the places. */
  readonly isElected: boolean
  readonly passes: number
  readonly placed: number
  /** Entries without a place, and how long the oldest has been. */
  readonly waiting: number
  readonly waitingSeconds: number
  /** Entries under the last checkpoint of each log. */
  readonly sizes: ReadonlyMap<string, number>
}

/** Prometheus text: the workers added up, and what the supervisor knows of the node. */
export async function writeMetrics(
  workers: readonly MetricValues[],
  health: HealthReport,
  counts: NodeCounts,
): Promise<string> {
  const node = new Registry()
  const gauge = (name: string, help: string, value: number): void => {
    new Gauge({ name, help, registers: [node] }).set(value)
  }
  const counter = (name: string, help: string, value: number): void => {
    new Counter({ name, help, registers: [node] }).inc(value)
  }
  gauge('sluice_ready', 'Whether exchanges can be carried', health.status === 'ready' ? 1 : 0)
  gauge('sluice_workers_ready', 'Workers that are well', health.workers.ready)
  gauge('sluice_workers_expected', 'Workers there should be', health.workers.expected)
  counter('sluice_worker_deaths_total', 'Workers that died', counts.workerDeaths)
  counter(
    'sluice_database_restarts_total',
    'Times the embedded database was started again',
    counts.databaseRestarts,
  )
  if (counts.replication) showReplication(node, counts.replication)
  if (counts.letters) showLetters(node, counts.letters)
  if (counts.timestamps) countTimestamps(node, counts.timestamps)
  if (counts.sequencing) showSequencing(node, counts.sequencing)
  if (counts.searchLagMs !== undefined) {
    gauge(
      'sluice_log_search_lag_seconds',
      'Exchanges that ended longer ago are all found by log search',
      counts.searchLagMs / 1_000,
    )
  }
  const sums = AggregatorRegistry.aggregate([...workers])
  return (await sums.metrics()) + (await node.metrics())
}

function showLetters(node: Registry, letters: ReadonlyMap<string, number>): void {
  const help = 'Messages that were put aside at the broker'
  const shown = { name: 'sluice_broker_letters', help, labelNames: ['queue'], registers: [node] }
  const gauge = new Gauge(shown)
  for (const [queue, messages] of letters) gauge.set({ queue }, messages)
}

function showReplication(registry: Registry, { replicas }: Replication): void {
  const registers = [registry]
  const count = 'Standbys of the database that are connected'
  new Gauge({ name: 'sluice_replicas', help: count, registers }).set(replicas.length)
  const labelNames = ['standby', 'kind']
  const help = 'How old what a standby does not have is: on its disk (flush), to be read (replay)'
  const name = 'sluice_replication_lag_seconds'
  const lag = new Gauge({ name, help, labelNames, registers })
  // Of two that have one name, the one that is further behind.
  for (const each of [...replicas].sort((one, other) => one.replayLagMs - other.replayLagMs)) {
    lag.set({ standby: each.name, kind: 'flush' }, each.lagMs / 1_000)
    lag.set({ standby: each.name, kind: 'replay' }, each.replayLagMs / 1_000)
  }
}

function countTimestamps(node: Registry, state: TimestampState): void {
  const registers = [node]
  const last = 'Unix time of the last timestamp over a checkpoint, 0 before the first'
  const lastSeconds = (state.lastStampAt?.getTime() ?? 0) / 1_000
  new Gauge({ name: 'sluice_timestamp_last_seconds', help: last, registers }).set(lastSeconds)
  const independent = 'Whether an authority that the bus does not run vouches for the time'
  new Gauge({ name: 'sluice_timestamps_independent', help: independent, registers }).set(
    reportTimestamps(state).independent ? 1 : 0,
  )
  const late = 'Whether the last turn left checkpoints without a timestamp'
  new Gauge({ name: 'sluice_timestamps_late', help: late, registers }).set(
    state.trouble === undefined ? 0 : 1,
  )
  const labelNames = ['authority']
  const had = 'Timestamps had from an authority'
  const stamps = new Counter({ name: 'sluice_timestamps_total', help: had, labelNames, registers })
  const failed = 'Attempts in vain to have a timestamp from an authority'
  const name = 'sluice_timestamp_failures_total'
  const failures = new Counter({ name, help: failed, labelNames, registers })
  for (const source of state.sources) {
    stamps.inc({ authority: source.name }, source.stamps)
    failures.inc({ authority: source.name }, source.failures)
  }
}

function showSequencing(registry: Registry, counts: SequencingCounts): void {
  const registers = [registry]
  const gauge = (name: string, help: string, value: number): void => {
    new Gauge({ name, help, registers }).set(value)
  }
  const counter = (name: string, help: string, value: number): void => {
    new Counter({ name, help, registers }).inc(value)
  }
  const { isElected, passes, placed, waiting, waitingSeconds, sizes } = counts
  gauge('sluice_log_sequencer', 'Whether this node gives entries their places', isElected ? 1 : 0)
  gauge('sluice_log_unsequenced_entries', 'Entries that wait for their place in a log', waiting)
  gauge('sluice_log_unsequenced_seconds', 'How long the oldest of them has waited', waitingSeconds)
  counter('sluice_log_sequenced_total', 'Entries that this node gave their places', placed)
  counter('sluice_log_passes_total', 'Transactions in which it looked for such', passes)
  const help = 'Entries under the last checkpoint of a log'
  const size = new Gauge({ name: 'sluice_log_size', help, labelNames: ['log'], registers })
  for (const [log, entries] of sizes) size.set({ log }, entries)
}
