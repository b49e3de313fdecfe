import type { LaneName } from './load-order.js'

/** What the bench prints with `--json`; `bench/README.md` says what each key means. */
export interface BenchReport {
  readonly sluice: string
  readonly node: string
  readonly platform: string
  readonly cpu: string
  readonly cores: number
  readonly startedAt: string
  readonly quick: boolean
  readonly workers: number
  readonly connections: number
  readonly scenarios: readonly ScenarioFigures[]
  readonly neighbours: readonly NeighbourFigures[]
  readonly references: readonly ReferenceFigures[]
  readonly log: LogFigures
  readonly ok: boolean
}

export interface ScenarioFigures {
  readonly lane: LaneName
  readonly consumerKey: string
  readonly payloadBytes: number
  readonly max: PhaseFigures
  readonly half: PhaseFigures
}

export interface Latencies {
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
}

/** Latencies at one provider while another one answers, and while it hangs. */
export interface NeighbourFigures {
  readonly lane: LaneName
  readonly payloadBytes: number
  /** Requests a second to the measured provider. */
  readonly ratePerSecond: number
  readonly rounds: number
  readonly quiet: Latencies
  readonly hanging: Latencies
  /** p95 with the hanging neighbour over p95 without. */
  readonly ratio: number
  readonly withinLimit: boolean
  /** Share of the machine that other programs took, 0 to 1. */
  readonly othersShare: number | null
  /** By the measured provider. */
  readonly answered: number
  readonly failed: number
  readonly neighbourAnswered: number
  /** Requests to the hanging service that found no place. */
  readonly neighbourRefused: number
}

export interface ReferenceFigures {
  readonly name: string
  readonly processes: number
  readonly payloadBytes: number
  readonly max: PhaseFigures
  /** By the consumer's key: exchanges a second of the bus over requests a second of this. */
  readonly ratios: Readonly<Record<string, number>>
}

export interface PhaseFigures extends Latencies {
  readonly perSecond: number
  readonly answered: number
  readonly failed: number
  /** Replies of which the bus's signature was verified: a sample. */
  readonly verified: number
  /** Of one request, without the HTTP head. */
  readonly messageBytes: number
  /** CPU microseconds for one exchange, by part; null where the system does not say. */
  readonly cpuUs: Readonly<Record<string, number>> | null
  /** Share of the machine that other programs took, 0 to 1. */
  readonly othersShare: number | null
}

export interface LogFigures {
  readonly exchanges: number
  /** Exchanges of the measured parts whose status was not 200. */
  readonly failed: number
  /** Exchanges with a hanging service that the bus refused, as it should. */
  readonly refused: number
  readonly requestEntries: number
  readonly replyEntries: number
  readonly otherEntries: number
}
