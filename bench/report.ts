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
  readonly references: readonly ReferenceFigures[]
  readonly log: LogFigures
  readonly ok: boolean
}

export interface ScenarioFigures {
  readonly consumerKey: string
  readonly payloadBytes: number
  readonly max: PhaseFigures
  readonly half: PhaseFigures
}

export interface ReferenceFigures {
  readonly name: string
  readonly processes: number
  readonly payloadBytes: number
  readonly max: PhaseFigures
  /** By the consumer's key: exchanges a second of the bus over requests a second of this. */
  readonly ratios: Readonly<Record<string, number>>
}

export interface PhaseFigures {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly answered: number
  readonly failed: number
  /** CPU microseconds for one exchange, by part; null where the system does not say. */
  readonly cpuUs: Readonly<Record<string, number>> | null
  /** Share of the machine that other programs took, 0 to 1. */
  readonly othersShare: number | null
}

export interface LogFigures {
  readonly exchanges: number
  /** Exchanges of the measured parts whose status was not 200. */
  readonly failed: number
  readonly requestEntries: number
  readonly replyEntries: number
  readonly otherEntries: number
}

/** The report as a table for people. */
export function reportText(report: BenchReport): string {
  const lines = [
    `Sluice ${report.sluice}, Node ${report.node}, ${report.cores} × ${report.cpu}, ` +
      `${report.workers} workers, ${report.connections} connections; everything on this machine.`,
    '',
    row(['', 'bytes', '/s', 'p50 ms', 'p95', 'p99', 'half: p50', 'p95', 'p99', 'CPU µs']),
    ...report.scenarios.map(scenarioRow),
    '',
    ...report.references.map(referenceRow),
    '',
    `Log: ${report.log.exchanges} exchanges, ${report.log.requestEntries} requests and ` +
      `${report.log.replyEntries} replies durable, ${report.log.failed} failed. ${report.ok ? 'All is there.' : 'WRONG.'}`,
  ]
  return lines.join('\n')
}

function scenarioRow({ consumerKey, payloadBytes, max, half }: ScenarioFigures): string {
  const times = [max.p50Ms, max.p95Ms, max.p99Ms, half.p50Ms, half.p95Ms, half.p99Ms]
  return row([consumerKey, payloadBytes, max.perSecond, ...times, cpuText(max)])
}

function referenceRow({ name, processes, payloadBytes, max, ratios }: ReferenceFigures): string {
  const text = Object.entries(ratios).map(([key, ratio]) => `${key} ${ratio}`)
  const times = [max.p50Ms, max.p95Ms, max.p99Ms]
  return row([
    `${name} × ${processes}`,
    payloadBytes,
    max.perSecond,
    ...times,
    `${cpuText(max)}; bus/this: ${text.join(', ')}`,
  ])
}

function cpuText({ cpuUs, othersShare }: PhaseFigures): string {
  if (!cpuUs) return ''
  const parts = Object.entries(cpuUs).map(([part, us]) => `${part} ${us}`)
  return `${parts.join(', ')} (others ${Math.round((othersShare ?? 0) * 100)} %)`
}

function row([name = '', ...cells]: readonly (string | number)[]): string {
  return String(name).padEnd(18) + cells.map((cell) => String(cell).padStart(10)).join(' ')
}
