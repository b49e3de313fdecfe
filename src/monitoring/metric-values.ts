/** One value of a metric; a histogram has many, told apart by `metricName` and labels. */
interface Value {
  readonly value: number
  readonly labels: Readonly<Record<string, string | number>>
  readonly metricName?: string
}

interface Metric {
  readonly name: string
  readonly help: string
  /** The library's own code or name of the kind. */
  readonly type: unknown
  readonly values: readonly Value[]
}

/** The metrics of one worker at one moment, as `prom-client` gives them. */
export type MetricValues = readonly Metric[]

/**
 * Adds what an ended worker had counted to what those before it had, so that a node's counters do
 * not fall while its supervisor lives. What a gauge showed is gone with its worker.
 */
export function addDeparted(departed: MetricValues, ended: MetricValues): MetricValues {
  const sums = new Map(departed.map((metric) => [metric.name, metric]))
  for (const metric of ended) {
    if (metric.type === 'gauge') continue
    sums.set(metric.name, {
      ...metric,
      values: addValues(sums.get(metric.name)?.values ?? [], metric.values),
    })
  }
  return [...sums.values()]
}

function addValues(some: readonly Value[], others: readonly Value[]): Value[] {
  const sums = new Map<string, Value>()
  for (const value of [...some, ...others]) {
    const key = JSON.stringify([value.metricName, Object.entries(value.labels).sort()])
    sums.set(key, { ...value, value: value.value + (sums.get(key)?.value ?? 0) })
  }
  return [...sums.values()]
}
