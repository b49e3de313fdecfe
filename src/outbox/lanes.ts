import { outboxLimits } from '../limits/one-way.js'
import { runLane, type LaneCall, type LaneEnd, type LaneParts } from './lane-runner.js'
import type { Lane } from './outbox.store.js'

interface Running {
  readonly lane: Lane
  readonly done: Promise<void>
  /** Somebody called it since it looked last. */
  calledAgain: LaneCall | undefined
}

export interface LanesParts extends LaneParts {
  /** A lane waits, or could not be looked at; what is kept of it in memory is old by its next turn. */
  readonly onRest: (lane: Lane) => void
}

/** The lanes that this worker delivers: each in its order, several beside one another, not too many at one time. */
export class Lanes {
  readonly #parts: LanesParts
  readonly #running = new Map<string, Running>()
  /** In the order in which they were called. */
  readonly #queue = new Map<string, { readonly lane: Lane; readonly call: LaneCall }>()
  /** Lanes whose first message waits, until when: what comes behind it is no reason to look. */
  readonly #resting = new Map<string, number>()

  constructor(parts: LanesParts) {
    this.#parts = parts
  }

  /** A message has come into the lane. */
  arrived(lane: Lane): void {
    const until = this.#resting.get(keyOf(lane))
    if (until !== undefined && until > this.#parts.now().getTime()) return
    this.call(lane, noReason)
  }

  /** Whether the lane's first message waits, so that no other one's turn comes soon. */
  rests(lane: Lane): boolean {
    return this.#resting.has(keyOf(lane))
  }

  /** Has the lane looked at as soon as there is room. */
  call(lane: Lane, call: LaneCall): void {
    const key = keyOf(lane)
    const running = this.#running.get(key)
    if (running) {
      running.calledAgain = both(running.calledAgain, call)
      return
    }
    const queued = this.#queue.get(key)
    // What finds no place is found again by the next look.
    if (!queued && this.#queue.size >= outboxLimits.lanesWaitingMax) return
    this.#queue.set(key, { lane, call: both(queued?.call, call) })
    this.#next()
  }

  /** Resolves when nothing of the partition is in progress; undefined stands for all. */
  async idle(partition?: number): Promise<void> {
    const all = [...this.#running.values()]
    const own = all.filter(({ lane }) => partition === undefined || lane.partition === partition)
    await Promise.all(own.map(({ done }) => done))
  }

  #next(): void {
    for (const [key, { lane, call }] of this.#queue) {
      if (this.#running.size >= outboxLimits.lanesMax) return
      this.#queue.delete(key)
      if (!this.#parts.mayGoOn(lane)) continue
      const running: Running = { lane, done: this.#run(key, lane, call), calledAgain: undefined }
      this.#running.set(key, running)
    }
  }

  async #run(key: string, lane: Lane, call: LaneCall): Promise<void> {
    // Not before it is among those that run.
    await Promise.resolve()
    this.#resting.delete(key)
    let isMore = false
    try {
      const end = await runLane(lane, call, this.#parts)
      isMore = end.end === 'more'
      this.#ended(key, lane, end)
    } catch (error) {
      this.#parts.warn('outbox.lane_failed', { error: String(error) })
      this.#parts.onRest(lane)
    }
    const again = this.#running.get(key)?.calledAgain
    this.#running.delete(key)
    if (again && (again.isForced || again.hasEnding || !this.#resting.has(key))) {
      this.call(lane, again)
    }
    // Behind those that wait, so that lanes with much to deliver leave a place to the others.
    if (isMore) this.call(lane, noReason)
    this.#next()
  }

  #ended(key: string, lane: Lane, end: LaneEnd): void {
    if (end.end !== 'waiting') return
    if (this.#resting.size >= outboxLimits.lanesWaitingMax) this.#resting.clear()
    this.#resting.set(key, end.until.getTime())
    this.#parts.onRest(lane)
  }
}

const noReason: LaneCall = { hasEnding: false, isForced: false }

function keyOf({ sender, provider }: Lane): string {
  return `${sender}\0${provider}`
}

function both(some: LaneCall | undefined, other: LaneCall): LaneCall {
  if (!some) return other
  return {
    hasEnding: some.hasEnding || other.hasEnding,
    isForced: some.isForced || other.isForced,
  }
}
