import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { addDeparted, type MetricValues } from '../monitoring/metric-values.js'
import type { SystemLog } from '../monitoring/system-log.js'
import { Handover } from './handover.js'
import { ListeningClock } from './listening-clock.js'
import { isFromWorker, type FromWorker, type ToWorker, type WorkerState } from './messages.js'
import { StartError } from './start-trouble.js'

export interface WorkerPoolSettings {
  readonly count: number
  /** Environment of the workers, secrets included; it is never logged. */
  readonly environment: Readonly<Record<string, string>>
  readonly readyTimeoutMs: number
  /** A worker that has not drained by then is killed. */
  readonly stopTimeoutMs: number
  /** A worker that has said nothing for so long hangs, and is killed. */
  readonly silentMsMax: number
  readonly log: SystemLog
}

/** What a worker last said, and how long ago. */
export interface WorkerReport {
  /** Undefined from one that has not spoken yet. */
  readonly state: WorkerState | undefined
  readonly ageMs: number
}

interface Member {
  readonly worker: Worker
  readonly handover: Handover
  readonly ready: Deferred<readonly string[]>
  state: WorkerState | undefined
  metrics: MetricValues
  isReady: boolean
  isStopping: boolean
  saidAtMs: number
}

const respawnDelayMsMin = 100
const respawnDelayMsMax = 5_000
const lookEveryMs = 1_000

/** The worker processes behind one port: starts them, replaces what dies, restarts them in turn. */
export class WorkerPool {
  readonly #settings: WorkerPoolSettings
  readonly #members = new Set<Member>()
  readonly #clock = new ListeningClock(lookEveryMs)
  readonly #watch: NodeJS.Timeout
  #departed: MetricValues = []
  #deaths = 0
  #stopping = false
  #respawnDelayMs = respawnDelayMsMin
  #rolling: Promise<void> | undefined

  constructor(settings: WorkerPoolSettings) {
    this.#settings = settings
    this.#watch = setInterval(() => this.#killSilent(), lookEveryMs)
  }

  /**
   * Starts all workers. @returns where consumers reach them
   * @throws StartError with the words of the worker that could not start
   */
  async start(): Promise<readonly string[]> {
    const members = Array.from({ length: this.#settings.count }, () => this.#fork())
    const addresses = await Promise.all(members.map(({ ready }) => ready.promise))
    return addresses[0] ?? []
  }

  /** The last word of every worker that is not stopping. */
  get reports(): readonly WorkerReport[] {
    const nowMs = this.#clock.nowMs
    return this.#serving.map(({ state, saidAtMs }) => ({ state, ageMs: nowMs - saidAtMs }))
  }

  /** What every worker counted, those that have ended included. */
  get metrics(): readonly MetricValues[] {
    return [this.#departed, ...[...this.#members].map(({ metrics }) => metrics)]
  }

  /** Workers that ended without being told to. */
  get deaths(): number {
    return this.#deaths
  }

  get processIds(): readonly number[] {
    return [...this.#members].flatMap(({ worker }) => worker.process.pid ?? [])
  }

  /**
   * Replaces the workers one by one: a new one is ready before an old one stops (R-156).
   * @throws StartError when a new worker cannot start; the old ones carry on
   */
  restartInTurn(): Promise<void> {
    this.#rolling ??= this.#restartEach().finally(() => (this.#rolling = undefined))
    return this.#rolling
  }

  async stop(): Promise<void> {
    this.#stopping = true
    clearInterval(this.#watch)
    await Promise.all([...this.#members].map((member) => this.#stopMember(member)))
  }

  get #serving(): readonly Member[] {
    return [...this.#members].filter(({ isStopping }) => !isStopping)
  }

  async #restartEach(): Promise<void> {
    for (const old of this.#serving) {
      if (this.#stopping) return
      const { ready } = this.#fork()
      await ready.promise
      await this.#stopMember(old)
    }
  }

  #fork(): Member {
    const worker = cluster.fork(this.#settings.environment)
    const member: Member = {
      worker,
      handover: new Handover(worker.process),
      ready: defer(),
      state: undefined,
      metrics: [],
      isReady: false,
      isStopping: false,
      saidAtMs: this.#clock.nowMs,
    }
    // Whoever awaits readiness hears of it; nobody may be awaiting it.
    member.ready.promise.catch(() => undefined)
    this.#members.add(member)
    worker.on('message', (message: unknown) => {
      if (isFromWorker(message)) this.#hear(member, message)
    })
    // A worker that dies while it is written to; its exit says the rest.
    worker.on('error', (error) =>
      this.#settings.log.debug({ worker: worker.process.pid, err: error }, 'worker channel'),
    )
    worker.once('exit', (code: number | null, signal: string | null) =>
      this.#ended(member, code, signal),
    )
    return member
  }

  #hear(member: Member, message: FromWorker): void {
    member.saidAtMs = this.#clock.nowMs
    switch (message.type) {
      case 'sluice:state':
        member.state = message.state
        member.metrics = message.metrics
        break
      case 'sluice:ready':
        member.isReady = true
        this.#respawnDelayMs = respawnDelayMsMin
        member.ready.resolve(message.addresses)
        break
      case 'sluice:failed':
        this.#settings.log.error(
          { worker: member.worker.process.pid, why: message.trouble.text },
          'worker could not start',
        )
        member.ready.reject(new StartError(message.trouble))
    }
  }

  #ended(member: Member, code: number | null, signal: string | null): void {
    const worker = member.worker.process.pid
    this.#members.delete(member)
    this.#settle(member)
    this.#departed = addDeparted(this.#departed, member.metrics)
    const text = `worker ${worker ?? 0} ended before it was ready (${signal ?? `code ${code ?? 0}`})`
    member.ready.reject(new StartError({ text, exitCode: 1 }))
    if (member.isStopping || this.#stopping) return
    this.#deaths += 1
    this.#settings.log.error({ worker, code, signal }, 'worker died; starting another')
    this.#respawn()
  }

  // What a dead worker said last may still have to be read.
  #settle({ worker, handover }: Member): void {
    const settle = (): void =>
      void setImmediate(() => handover.settle(this.#serving.some(({ isReady }) => isReady)))
    if (worker.isConnected()) worker.once('disconnect', settle)
    else settle()
  }

  #respawn(): void {
    setTimeout(() => {
      // In a rolling restart the one that takes its place may be there already.
      if (!this.#stopping && this.#serving.length < this.#settings.count) this.#fork()
    }, this.#respawnDelayMs)
    this.#respawnDelayMs = Math.min(this.#respawnDelayMs * 2, respawnDelayMsMax)
  }

  #killSilent(): void {
    const nowMs = this.#clock.look()
    const { readyTimeoutMs, silentMsMax, log } = this.#settings
    for (const { worker, isReady, saidAtMs } of this.#serving) {
      const silentMs = nowMs - saidAtMs
      if (silentMs <= (isReady ? silentMsMax : readyTimeoutMs)) continue
      log.error(
        { worker: worker.process.pid, silentMs: Math.round(silentMs) },
        isReady ? 'worker hangs; ending it' : 'worker was not ready in time; ending it',
      )
      worker.process.kill('SIGKILL')
    }
  }

  async #stopMember(member: Member): Promise<void> {
    const { worker } = member
    member.isStopping = true
    if (worker.isDead()) return
    const { stopTimeoutMs, log } = this.#settings
    const ended = once(worker, 'exit')
    const timer = setTimeout(() => {
      log.error({ worker: worker.process.pid }, 'worker did not drain in time; ending it')
      worker.process.kill('SIGKILL')
    }, stopTimeoutMs)
    // One that is still loading would miss a message: only cluster listens yet, and drops it.
    if (!member.isReady) worker.process.kill('SIGTERM')
    else if (worker.isConnected()) worker.send({ type: 'sluice:stop' } satisfies ToWorker)
    await ended
    clearTimeout(timer)
  }
}

interface Deferred<Value> {
  readonly promise: Promise<Value>
  readonly resolve: (value: Value) => void
  readonly reject: (error: Error) => void
}

// Promise.withResolvers needs Node 22.
function defer<Value>(): Deferred<Value> {
  let resolve: (value: Value) => void = () => undefined
  let reject: (error: Error) => void = () => undefined
  const promise = new Promise<Value>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  return { promise, resolve, reject }
}
