import { AggregatorRegistry, Counter, Gauge, Registry } from 'prom-client'
import type { HealthReport } from './health.js'
import type { MetricValues } from './metric-values.js'

/** What the supervisor itself counts. */
export interface NodeCounts {
  readonly workerDeaths: number
  readonly databaseRestarts: number
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
  const sums = AggregatorRegistry.aggregate([...workers])
  return (await sums.metrics()) + (await node.metrics())
}
