import { NodeStatus } from '../monitoring/health.controller.js'
import {
  failedChecks,
  reportHealth,
  type HealthReport,
  type NodeFacts,
  type NodePhase,
} from '../monitoring/health.js'
import { writeMetrics } from '../monitoring/node-metrics.js'
import type { NodeBroker } from './node-broker.js'
import type { NodeCa } from './node-ca.js'
import type { HealthCheck } from './messages.js'
import type { NodeDatabase } from './node-database.js'
import type { NodeIncidents } from './node-incidents.js'
import type { NodeJobs } from './node-jobs.js'
import type { WorkerPool } from './worker-pool.js'

/** What the management side shows of a node. Parts are put in as they come up. */
export class NodePage extends NodeStatus {
  readonly #workersExpected: number
  phase: NodePhase = 'starting'
  database: NodeDatabase | undefined
  jobs: NodeJobs | undefined
  broker: NodeBroker | undefined
  ca: NodeCa | undefined
  incidents: NodeIncidents | undefined
  pool: WorkerPool | undefined

  constructor(workersExpected: number) {
    super()
    this.#workersExpected = workersExpected
  }

  health(): HealthReport {
    const { incidents } = this
    return reportHealth(this.#facts(incidents?.checks() ?? []))
  }

  /** Every check that is not well, but for those that looking for incidents makes itself. */
  failedChecks(): HealthCheck[] {
    return failedChecks(this.#facts([]))
  }

  #facts(more: readonly HealthCheck[]): NodeFacts {
    return {
      phase: this.phase,
      workersExpected: this.#workersExpected,
      workers: this.pool?.reports ?? [],
      checks: [
        ...(this.database?.checks() ?? []),
        ...(this.jobs?.checks() ?? []),
        ...(this.broker?.checks() ?? []),
        ...(this.ca?.checks() ?? []),
        ...more,
      ],
      timestamps: this.jobs?.timestamps(),
    }
  }

  metrics(): Promise<string> {
    return writeMetrics(this.pool?.metrics ?? [], this.health(), {
      workerDeaths: this.pool?.deaths ?? 0,
      databaseRestarts: this.database?.restarts ?? 0,
      timestamps: this.jobs?.timestamps(),
      sequencing: this.jobs?.sequencing(),
      searchLagMs: this.jobs?.searchLagMs,
      letters: this.broker?.letters(),
      replication: this.incidents?.replication(),
    })
  }
}
