import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import type { SystemLog } from '../monitoring/system-log.js'
import { isFromWorker, type ToWorker, type WorkerState } from './messages.js'

export interface WorkerPoolSettings {
  readonly count: number
  /** Environment of the workers, secrets included; it is never logged. */
  readonly environment: Readonly<Record<string, string>>
  readonly readyTimeoutMs: number
  /** A worker that has not drained by then is killed. */
  readonly stopTimeoutMs: number
  readonly log: SystemLog
}

interface Member {
  readonly worker: Worker
  readonly ready: Promise<readonly string[]>
  state: WorkerState | undefined
  stopping: boolean
}

const respawnDelayMsMin = 100
const respawnDelayMsMax = 5_000

/** The worker processes behind one port: starts them, replaces what dies, restarts them in turn. */
export class WorkerPool {
  readonly #settings: WorkerPoolSettings
  readonly #members = new Set<Member>()
  #stopping = false
  #respawnDelayMs = respawnDelayMsMin
  #rolling: Promise<void> | undefined

  constructor(settings: WorkerPoolSettings) {
    this.#settings = settings
  }

  /** Starts all workers. @returns where consumers reach them */
  async start(): Promise<readonly string[]> {
    const members = Array.from({ length: this.#settings.count }, () => this.#fork())
    const addresses = await Promise.all(members.map(({ ready }) => ready))
    return addresses[0] ?? []
  }

  /** The last word of every worker that is not stopping; undefined from one that has not spoken. */
  get states(): readonly (WorkerState | undefined)[] {
    return [...this.#members].filter(({ stopping }) => !stopping).map(({ state }) => state)
  }

  get processIds(): readonly number[] {
    return [...this.#members].flatMap(({ worker }) => worker.process.pid ?? [])
  }

  /** Replaces the workers one by one: a new one is ready before an old one stops. */
  restartInTurn(): Promise<void> {
    this.#rolling ??= this.#restartEach().finally(() => (this.#rolling = undefined))
    return this.#rolling
  }

  async stop(): Promise<void> {
    this.#stopping = true
    await Promise.all([...this.#members].map((member) => this.#stopMember(member)))
  }

  async #restartEach(): Promise<void> {
    for (const old of [...this.#members]) {
      if (this.#stopping) return
      await this.#fork().ready
      await this.#stopMember(old)
    }
  }

  #fork(): Member {
    const { log, readyTimeoutMs } = this.#settings
    const worker = cluster.fork(this.#settings.environment)
    const { promise: ready, resolve, reject } = promiseWithResolvers<readonly string[]>()
    const member: Member = { worker, ready, state: undefined, stopping: false }
    const timer = setTimeout(() => worker.process.kill('SIGKILL'), readyTimeoutMs)
    this.#members.add(member)
    worker.on('message', (message: unknown) => {
      if (!isFromWorker(message)) return
      if (message.type === 'sluice:state') member.state = message.state
      else {
        clearTimeout(timer)
        this.#respawnDelayMs = respawnDelayMsMin
        resolve(message.addresses)
      }
    })
    worker.once('exit', (code: number, signal: string) => {
      clearTimeout(timer)
      this.#members.delete(member)
      reject(new Error(`worker ${worker.process.pid ?? 0} ended before it was ready`))
      if (member.stopping || this.#stopping) return
      log.error({ worker: worker.process.pid, code, signal }, 'worker died; starting another')
      this.#respawn()
    })
    // Whoever awaits readiness hears of it; nobody may be awaiting it.
    ready.catch(() => undefined)
    return member
  }

  #respawn(): void {
    setTimeout(() => {
      if (!this.#stopping) this.#fork()
    }, this.#respawnDelayMs)
    this.#respawnDelayMs = Math.min(this.#respawnDelayMs * 2, respawnDelayMsMax)
  }

  async #stopMember(member: Member): Promise<void> {
    const { worker } = member
    member.stopping = true
    if (worker.isDead()) return
    const timer = setTimeout(() => worker.process.kill('SIGKILL'), this.#settings.stopTimeoutMs)
    const ended = once(worker, 'exit')
    if (worker.isConnected()) worker.send({ type: 'sluice:stop' } satisfies ToWorker)
    await ended
    clearTimeout(timer)
  }
}

// Promise.withResolvers needs Node 22.
function promiseWithResolvers<Value>(): {
  promise: Promise<Value>
  resolve: (value: Value) => void
  reject: (error: Error) => void
} {
  let resolve: (value: Value) => void = () => undefined
  let reject: (error: Error) => void = () => undefined
  const promise = new Promise<Value>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  return { promise, resolve, reject }
}
