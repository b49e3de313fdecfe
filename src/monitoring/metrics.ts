import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { MetricValues } from './metric-values.js'

/** What other parts of the worker know and is read when somebody asks. */
export interface Readings {
  readonly exchangesInProgress: () => number
  readonly logQueueRows: () => number
  readonly refusalsLost: () => number
  readonly failingServices: () => number
}

export interface OutboxReadings {
  readonly waitingMessages: number
  readonly oldestMs: number
  readonly attempts: number
}

/** What the bus counts, in each worker; the supervisor adds the workers up. */
export class BusMetrics {
  readonly registry = new Registry()
  readonly #exchanges: Counter<'outcome' | 'code'>
  readonly #seconds: Histogram<'outcome'>
  readonly #breaches: Counter<'service' | 'side'>
  readonly #answered: Counter.Internal
  readonly #accepted: Counter.Internal
  readonly #acceptedSeconds: Histogram.Internal<'outcome'>
  readonly #answeredSeconds: Histogram.Internal<'outcome'>
  readonly #refusedSeconds: Histogram.Internal<'outcome'>

  constructor(readings: Readings) {
    const registers = [this.registry]
    this.#exchanges = new Counter({
      name: 'sluice_exchanges_total',
      help: 'Exchanges ended, by outcome and fault code',
      labelNames: ['outcome', 'code'],
      registers,
    })
    this.#seconds = new Histogram({
      name: 'sluice_exchange_seconds',
      help: 'Time from the first byte of a request to its outcome in the log',
      labelNames: ['outcome'],
      buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60],
      registers,
    })
    this.#breaches = new Counter({
      name: 'sluice_contract_breaches_total',
      help: "Messages that broke their service's contract, refused or not",
      labelNames: ['service', 'side'],
      registers,
    })
    // Labels are resolved once: looking them up for each exchange costs more than counting.
    this.#answered = this.#exchanges.labels('answered', '')
    this.#accepted = this.#exchanges.labels('accepted', '')
    this.#acceptedSeconds = this.#seconds.labels('accepted')
    this.#answeredSeconds = this.#seconds.labels('answered')
    this.#refusedSeconds = this.#seconds.labels('refused')
    showReadings(registers, readings)
  }

  /** Shows how the outbox is, as far as this worker delivers it. */
  showOutbox(read: () => OutboxReadings): void {
    const registers = [this.registry]
    gauge(registers, 'sluice_outbox_messages', 'One-way messages that wait', () => {
      return read().waitingMessages
    })
    const oldestHelp = 'How long the oldest one-way message has waited'
    const oldestOf = (): number => read().oldestMs / 1000
    gauge(registers, 'sluice_outbox_oldest_seconds', oldestHelp, oldestOf, 'max')
    const attemptsHelp = 'Attempts to deliver one-way messages'
    counter(registers, 'sluice_outbox_attempts_total', attemptsHelp, () => read().attempts)
  }

  /** As they stand, in a form that can be sent to the supervisor. */
  async values(): Promise<MetricValues> {
    return (await this.registry.getMetricsAsJSON()) as MetricValues
  }

  answered(seconds: number): void {
    this.#answered.inc()
    this.#answeredSeconds.observe(seconds)
  }

  /** A one-way message that the outbox delivers; its delivery is counted when that has ended. */
  accepted(seconds: number): void {
    this.#accepted.inc()
    this.#acceptedSeconds.observe(seconds)
  }

  /** @param service - registered, so that labels stay as few as services */
  breached(service: string, side: 'request' | 'reply'): void {
    this.#breaches.inc({ service, side })
  }

  refused(code: string, seconds: number): void {
    this.#exchanges.inc({ outcome: 'refused', code })
    this.#refusedSeconds.observe(seconds)
  }
}

function showReadings(registers: Registry[], readings: Readings): void {
  const { exchangesInProgress, logQueueRows, refusalsLost, failingServices } = readings
  gauge(registers, 'sluice_exchanges_in_progress', 'Exchanges in progress', exchangesInProgress)
  gauge(registers, 'sluice_log_queue_rows', 'Log rows waiting for a commit', logQueueRows)
  const lostHelp = 'Refusals without a log entry of their own'
  counter(registers, 'sluice_log_refusals_lost_total', lostHelp, refusalsLost)
  const failingHelp = 'Services with an open circuit breaker'
  gauge(registers, 'sluice_services_failing', failingHelp, failingServices)
}

function gauge(
  registers: Registry[],
  name: string,
  help: string,
  read: () => number,
  aggregator: 'sum' | 'max' = 'sum',
): void {
  new Gauge({
    name,
    help,
    registers,
    aggregator,
    collect() {
      this.set(read())
    },
  })
}

/** A counter of what is counted elsewhere. */
function counter(registers: Registry[], name: string, help: string, read: () => number): void {
  new Counter({
    name,
    help,
    registers,
    collect() {
      this.reset()
      this.inc(read())
    },
  })
}
