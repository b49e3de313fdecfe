import type { Lane } from './load-lane.js'

const paceMs = 1
/** Replies of a run that are kept for a closer look, spread over its requests. */
const keptMax = 16

/**
 * What one run brought. With a rate, latencies count from the moment a request was due and not from when
 * it could be sent, so that a stall is seen by all the requests that it held up.
 */
export interface RunFigures {
  readonly answered: number
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>
  readonly seconds: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
}

/** A reply as it came, and how its request began. */
export interface KeptReply {
  readonly head: Buffer
  readonly reply: Buffer
}

/** One run: sends prepared requests over open lanes and times the answers. */
export class LoadRun {
  /** Some of the replies. */
  readonly kept: KeptReply[] = []
  readonly #heads: readonly Buffer[]
  readonly #payload: Buffer
  readonly #ratePerSecond: number
  readonly #timeMs: number
  readonly #lanes: readonly Lane[]
  readonly #idle: Lane[]
  readonly #dueAt = new Map<Lane, number>()
  readonly #keptHeads = new Map<Lane, Buffer>()
  readonly #keepEvery: number
  readonly #latenciesMs: number[] = []
  readonly #statuses: Record<string, number> = {}
  #startedAt = 0
  #lastAnswerAt = 0
  #next = 0
  #isOver = false
  #timer: NodeJS.Timeout | undefined
  #end: (result: RunFigures) => void = () => undefined
  #fail: (error: Error) => void = () => undefined

  constructor(
    lanes: readonly Lane[],
    heads: readonly Buffer[],
    payload: Buffer,
    pace: { readonly ratePerSecond: number; readonly timeMs: number },
  ) {
    this.#lanes = lanes
    this.#heads = heads
    this.#payload = payload
    this.#ratePerSecond = pace.ratePerSecond
    this.#timeMs = pace.timeMs
    this.#idle = [...lanes]
    this.#keepEvery = Math.max(1, Math.ceil(heads.length / keptMax))
  }

  /** Resolves when the time is over, or the requests used up, and all answers are there. */
  go(): Promise<RunFigures> {
    return new Promise((resolve, reject) => {
      this.#end = resolve
      this.#fail = reject
      for (const lane of this.#lanes) {
        lane.attach(
          (status, bytes) => this.#onReply(lane, status, bytes),
          (error) => this.#onEnd(error),
        )
      }
      this.#startedAt = performance.now()
      this.#timer = setInterval(() => this.#send(), paceMs)
      this.#send()
    })
  }

  /** Sends what is due as far as there are lanes for it. */
  #send(): void {
    const now = performance.now()
    const isClosedLoop = this.#ratePerSecond === 0
    if (now - this.#startedAt >= this.#timeMs || this.#next >= this.#heads.length)
      this.#isOver = true
    while (!this.#isOver && this.#idle.length > 0) {
      const dueAt = isClosedLoop ? now : this.#startedAt + (this.#next / this.#ratePerSecond) * 1000
      const head = this.#heads[this.#next]
      if (dueAt > now || !head) break
      // In turn: else few connections, and perhaps one worker, get all, and the bus closes those on which
      // nothing was ever asked.
      const lane = this.#idle.shift()
      if (!lane) break
      this.#next += 1
      this.#dueAt.set(lane, dueAt)
      const isKept = this.#next % this.#keepEvery === 0
      if (isKept) this.#keptHeads.set(lane, head)
      lane.send(head, this.#payload, isKept)
    }
    if (this.#isOver && this.#idle.length === this.#lanes.length) this.#finish()
  }

  #onReply(lane: Lane, status: string, bytes: Buffer | undefined): void {
    this.#lastAnswerAt = performance.now()
    const head = this.#keptHeads.get(lane)
    if (bytes && head) this.kept.push({ head, reply: bytes })
    this.#latenciesMs.push(this.#lastAnswerAt - (this.#dueAt.get(lane) ?? 0))
    this.#statuses[status] = (this.#statuses[status] ?? 0) + 1
    this.#idle.push(lane)
    this.#send()
  }

  #onEnd(error: Error): void {
    clearInterval(this.#timer)
    this.#fail(error)
  }

  #finish(): void {
    clearInterval(this.#timer)
    for (const lane of this.#lanes) lane.attach(undefined, undefined)
    const sorted = Float64Array.from(this.#latenciesMs).sort()
    const quantile = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? NaN
    this.#end({
      answered: sorted.length,
      statuses: this.#statuses,
      seconds: (this.#lastAnswerAt - this.#startedAt) / 1000,
      p50Ms: quantile(0.5),
      p95Ms: quantile(0.95),
      p99Ms: quantile(0.99),
    })
  }
}
