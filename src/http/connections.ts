import type { Socket } from 'node:net'
import { Connection, type ReaderLimits } from './connection.js'
import { drain } from './draining.js'

const lookEveryMsMax = 1_000

/** The connections of one listener, and the clock of those who do not read what they asked for. */
export class Connections {
  readonly #all = new Map<Socket, Connection>()
  readonly #limits: ReaderLimits
  readonly #warn: (event: string, details: Readonly<Record<string, unknown>>) => void
  #clock: NodeJS.Timeout | undefined

  constructor(
    limits: ReaderLimits,
    warn: (event: string, details: Readonly<Record<string, unknown>>) => void,
  ) {
    this.#limits = limits
    this.#warn = warn
  }

  /** From now on slow readers are cut off. */
  start(): void {
    const everyMs = Math.min(lookEveryMsMax, Math.ceil(this.#limits.replyIdleTimeoutMs / 4))
    this.#clock = setInterval(() => this.#cutOff(performance.now()), everyMs)
  }

  stop(): void {
    clearInterval(this.#clock)
  }

  add(socket: Socket): void {
    const connection = new Connection(socket)
    this.#all.set(socket, connection)
    socket.once('close', () => {
      this.#all.delete(socket)
      // Node tells the reply that was being written, and not those that waited behind it.
      for (const reply of connection.replies) reply.forget()
    })
  }

  of(socket: Socket): Connection | undefined {
    return this.#all.get(socket)
  }

  /** Ends the connections that nothing is under way on; what is written to them still arrives. */
  endIdle(): void {
    for (const connection of this.#all.values()) {
      if (!connection.isIdle) continue
      connection.ending = true
      connection.socket.end()
      drain(connection.socket)
    }
  }

  #cutOff(nowMs: number): void {
    for (const connection of this.#all.values()) {
      const reply = connection.overdue(nowMs, this.#limits)
      if (!reply) continue
      this.#warn('reply was not read in time', { exchangeId: reply.exchangeId })
      connection.socket.destroy()
    }
  }
}
