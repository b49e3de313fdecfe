/**
 * The load generator: one process, raw sockets, requests signed before the clock starts, so that
 * what is measured is the bus and not the client. Told by its parent what to send; answers with figures.
 */
import { createConnection, type Socket } from 'node:net'

export interface LoadOrder {
  readonly host: string
  readonly port: number
  /** Complete requests, each sent once, base64. */
  readonly requests: readonly string[]
  readonly connections: number
  /** Requests a second; 0 sends as fast as answers come. */
  readonly ratePerSecond: number
  /** Stops early once this time is over, milliseconds. */
  readonly timeMsMax: number
}

export interface LoadResult {
  readonly sent: number
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>
  readonly seconds: number
  /** Sorted, milliseconds. With a rate: from the moment a request was due (no coordinated omission). */
  readonly latenciesMs: readonly number[]
}

interface Lane {
  readonly socket: Socket
  busy: boolean
  dueAt: number
  received: Buffer
}

/** Sends an order and resolves with what came back. */
export async function runLoad(order: LoadOrder): Promise<LoadResult> {
  const requests = order.requests.map((text) => Buffer.from(text, 'base64'))
  const lanes = await Promise.all(Array.from({ length: order.connections }, () => openLane(order)))
  const run = new Run(order, requests, lanes)
  const result = await run.finished
  for (const { socket } of lanes) socket.destroy()
  return result
}

function openLane({ host, port }: LoadOrder): Promise<Lane> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port, noDelay: true })
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve({ socket, busy: false, dueAt: 0, received: Buffer.alloc(0) })
    })
  })
}

class Run {
  readonly finished: Promise<LoadResult>
  readonly #order: LoadOrder
  readonly #requests: readonly Buffer[]
  readonly #lanes: readonly Lane[]
  readonly #latenciesMs: number[] = []
  readonly #statuses: Record<string, number> = {}
  readonly #startedAt = performance.now()
  /** Moments at which requests became due while every lane was busy. */
  readonly #waiting: number[] = []
  #next = 0
  #answered = 0
  #timer: NodeJS.Timeout | undefined
  #end: (result: LoadResult) => void = () => undefined
  #fail: (error: Error) => void = () => undefined

  constructor(order: LoadOrder, requests: readonly Buffer[], lanes: readonly Lane[]) {
    this.#order = order
    this.#requests = requests
    this.#lanes = lanes
    this.finished = new Promise((resolve, reject) => {
      this.#end = resolve
      this.#fail = reject
    })
    for (const lane of lanes) {
      lane.socket.on('data', (chunk) => this.#onData(lane, chunk))
      lane.socket.on('error', (error) => this.#stop(error))
      lane.socket.on('close', () => this.#stop(new Error('the bus closed a connection')))
    }
    if (order.ratePerSecond === 0) for (const lane of lanes) this.#sendNext(lane, performance.now())
    else this.#timer = setInterval(() => this.#pace(), 1)
  }

  #pace(): void {
    const now = performance.now()
    const due = Math.floor(((now - this.#startedAt) / 1000) * this.#order.ratePerSecond)
    let issued = this.#next + this.#waiting.length
    while (issued < Math.min(due, this.#requests.length)) {
      const dueAt = this.#startedAt + (issued / this.#order.ratePerSecond) * 1000
      const lane = this.#lanes.find(({ busy }) => !busy)
      if (lane) this.#sendNext(lane, dueAt)
      else this.#waiting.push(dueAt)
      issued += 1
    }
    if (now - this.#startedAt > this.#order.timeMsMax) this.#stop()
  }

  #sendNext(lane: Lane, dueAt: number): void {
    const request = this.#requests[this.#next]
    if (!request || performance.now() - this.#startedAt > this.#order.timeMsMax) {
      if (this.#answered === this.#next) this.#stop()
      return
    }
    this.#next += 1
    lane.busy = true
    lane.dueAt = dueAt
    lane.socket.write(request)
  }

  #onData(lane: Lane, chunk: Buffer): void {
    lane.received = lane.received.length === 0 ? chunk : Buffer.concat([lane.received, chunk])
    const reply = completeReply(lane.received)
    if (!reply) return
    lane.received = lane.received.subarray(reply.bytes)
    this.#latenciesMs.push(performance.now() - lane.dueAt)
    this.#statuses[reply.status] = (this.#statuses[reply.status] ?? 0) + 1
    this.#answered += 1
    lane.busy = false
    if (this.#answered === this.#requests.length) this.#stop()
    else if (this.#order.ratePerSecond === 0) this.#sendNext(lane, performance.now())
    else if (this.#waiting.length > 0) this.#sendNext(lane, this.#waiting.shift() ?? 0)
  }

  #stop(error?: Error): void {
    clearInterval(this.#timer)
    if (error && this.#answered < this.#next) {
      this.#fail(error)
      return
    }
    this.#end({
      sent: this.#answered,
      statuses: this.#statuses,
      seconds: (performance.now() - this.#startedAt) / 1000,
      latenciesMs: this.#latenciesMs.sort((a, b) => a - b),
    })
  }
}

/** The first whole reply in the bytes; every reply here has a Content-Length. */
function completeReply(bytes: Buffer): { status: string; bytes: number } | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const head = bytes.toString('latin1', 0, headEnd)
  const length = /\r\ncontent-length: (\d+)/i.exec(head)
  if (!length) throw new Error('a reply without Content-Length')
  const total = headEnd + 4 + Number(length[1])
  return bytes.length < total ? undefined : { status: head.slice(9, 12), bytes: total }
}

if (process.send) {
  process.on('message', (order: LoadOrder) => {
    runLoad(order).then(
      (result) => process.send?.({ result }),
      (error: unknown) => process.send?.({ error: String(error) }),
    )
  })
}
