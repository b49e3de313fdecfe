import type pg from 'pg'
import { Fault } from '../exchange/fault.js'
import { writeBatch } from './copy-batch.store.js'
import { LogConnection, reasonOf, type LogConnectionOptions } from './log-connection.store.js'
import type { LogRecord } from './log-record.js'
import { findStored } from './stored-records.store.js'

export interface GroupCommitLimits {
  /** Transactions in flight. */
  readonly connectionsMax: number
  readonly batchRecordsMax: number
  /** A record above this size makes a batch of its own. */
  readonly batchBytesMax: number
  readonly queueRecordsMax: number
  readonly queueBytesMax: number
}

export interface GroupCommitOptions extends Omit<LogConnectionOptions, 'onChange'> {
  readonly limits: GroupCommitLimits
}

/** `written`: durable. `exists`: this half of the exchange has another durable entry already. */
export type CommitResult = 'written' | 'exists'

interface Waiting {
  readonly record: LogRecord
  readonly resolve: (result: CommitResult) => void
  readonly reject: (fault: Fault) => void
  /** Whether the connection broke under it once; the first try may have been stored or not. */
  isSecondTry: boolean
}

// A failure is shown for a while only, so that traffic comes back and shows whether it still fails.
const failureShownMs = 3_000

/**
 * Writes records in transactions that are as large as need be: a free connection takes what is
 * waiting and commits it at once, so nobody waits for a full batch, and under load many share one
 * commit. What cannot become durable is refused, at once where the database is known to be away.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions
  readonly #connections: LogConnection[]
  #queue: Waiting[] = []
  #queueBytes = 0
  #inFlight = 0
  #isScheduled = false
  #isClosed = false
  #failedAtMs = -Infinity
  #onIdle: (() => void) | undefined
  /** Transactions committed; for metrics. */
  commits = 0

  constructor(options: GroupCommitOptions) {
    this.#options = options
    const onChange = (): void => {
      this.#changed()
    }
    this.#connections = Array.from(
      { length: options.limits.connectionsMax },
      () => new LogConnection({ ...options, onChange }),
    )
  }

  /** Opens the connections. Resolves after the first attempt, also where it failed. */
  async start(): Promise<void> {
    await Promise.all(this.#connections.map((connection) => connection.start()))
  }

  get isConnected(): boolean {
    return this.#connections.some(({ client }) => client !== undefined)
  }

  /** Whether a record can be expected to become durable: connected, and no fresh failure. */
  get isHealthy(): boolean {
    return this.isConnected && Date.now() - this.#failedAtMs > failureShownMs
  }

  get waiting(): { readonly records: number; readonly bytes: number } {
    return { records: this.#queue.length, bytes: this.#queueBytes }
  }

  /** @throws Fault AUDIT_UNAVAILABLE when a record of this size would be refused now */
  assertAvailable(bytes: number): void {
    const { queueRecordsMax, queueBytesMax } = this.#options.limits
    if (this.#isClosed || !this.isConnected) throw unavailable('The message log is not connected.')
    // A record that alone exceeds the limit still passes when nothing else waits.
    const isOver = this.#queueBytes + bytes > queueBytesMax && this.#queue.length > 0
    if (isOver || this.#queue.length >= queueRecordsMax) {
      throw unavailable('The queue of the message log is full.')
    }
  }

  /**
   * Makes a record durable.
   * @throws Fault AUDIT_UNAVAILABLE, DUPLICATE_MESSAGE
   */
  async commit(record: LogRecord): Promise<CommitResult> {
    this.assertAvailable(record.bytes)
    return new Promise((resolve, reject) => {
      this.#queue.push({ record, resolve, reject, isSecondTry: false })
      this.#queueBytes += record.bytes
      this.#schedule()
    })
  }

  /** Takes nothing more, writes what waits, closes the connections. */
  async close(): Promise<void> {
    this.#isClosed = true
    if (this.#queue.length > 0 || this.#inFlight > 0) {
      await new Promise<void>((resolve) => (this.#onIdle = resolve))
    }
    await Promise.all(this.#connections.map((connection) => connection.close()))
  }

  /** What arrives in one turn of the event loop shares a transaction. */
  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#pump()
    })
  }

  #pump(): void {
    for (const connection of this.#connections) {
      if (this.#queue.length === 0) break
      if (connection.client && !connection.isBusy) {
        void this.#work(connection, connection.client, this.#takeBatch())
      }
    }
    if (this.#queue.length === 0 && this.#inFlight === 0) this.#onIdle?.()
  }

  #takeBatch(): Waiting[] {
    const { batchRecordsMax, batchBytesMax } = this.#options.limits
    let count = 0
    let bytes = 0
    for (const { record } of this.#queue.slice(0, batchRecordsMax)) {
      if (count > 0 && bytes + record.bytes > batchBytesMax) break
      count += 1
      bytes += record.bytes
    }
    this.#queueBytes -= bytes
    return this.#queue.splice(0, count)
  }

  async #work(connection: LogConnection, client: pg.Client, batch: Waiting[]): Promise<void> {
    connection.isBusy = true
    this.#inFlight += 1
    await this.#write(client, batch).catch((error: unknown) => {
      if (isConnectionTrouble(error)) connection.drop(client)
      this.#giveUp(batch, error)
    })
    this.#inFlight -= 1
    connection.isBusy = false
    this.#pump()
  }

  /** @throws the server's error where the database as such does not take records */
  async #write(client: pg.Client, batch: readonly Waiting[]): Promise<void> {
    try {
      await writeBatch(
        client,
        batch.map(({ record }) => record),
      )
    } catch (error) {
      if (!isTroubleOfRecord(error)) throw error
      await this.#sortOut(client, batch, error)
      return
    }
    this.commits += 1
    this.#failedAtMs = -Infinity
    for (const { resolve } of batch) resolve('written')
  }

  /** One record spoils the transaction of all: settles those that are the cause, writes the others. */
  async #sortOut(client: pg.Client, batch: readonly Waiting[], cause: unknown): Promise<void> {
    const stored = await findStored(
      client,
      batch.map(({ record }) => record),
    )
    const others: Waiting[] = []
    for (const waiting of batch) {
      const found = stored.get(waiting.record)
      if (found === 'duplicate') waiting.reject(new Fault('DUPLICATE_MESSAGE'))
      else if (found) waiting.resolve(found === 'own' ? 'written' : 'exists')
      else others.push(waiting)
    }
    if (others.length < batch.length && others.length > 0) await this.#write(client, others)
    else if (others.length > 1) for (const waiting of others) await this.#write(client, [waiting])
    else if (others[0]) {
      this.#options.warn('message_log.record_refused', reasonOf(cause))
      others[0].reject(unavailable('The message log did not take the entry.', cause))
    }
  }

  /** The database as such failed. What another connection may still write is tried there, once. */
  #giveUp(batch: readonly Waiting[], error: unknown): void {
    this.#options.warn('message_log.write_failed', { ...reasonOf(error), records: batch.length })
    this.#failedAtMs = Date.now()
    const mayRetry = isLost(error) && this.isConnected
    const again = batch.filter((waiting) => mayRetry && !waiting.isSecondTry)
    for (const waiting of again) waiting.isSecondTry = true
    this.#queue.unshift(...again)
    this.#queueBytes += again.reduce((sum, { record }) => sum + record.bytes, 0)
    const fault = unavailable('The message log could not be written.', error)
    for (const waiting of batch) if (!again.includes(waiting)) waiting.reject(fault)
  }

  #changed(): void {
    if (this.isConnected) {
      this.#schedule()
      return
    }
    const left = this.#queue
    this.#queue = []
    this.#queueBytes = 0
    for (const { reject } of left) reject(unavailable('The message log lost its database.'))
    this.#schedule()
  }
}

function unavailable(detail: string, cause?: unknown): Fault {
  return new Fault('AUDIT_UNAVAILABLE', { detail, cause })
}

function codeOf(error: unknown): string | undefined {
  const { code, severity } = error as { code?: string; severity?: string }
  // Node's own errors have codes too, such as ECONNRESET; only the server's have a severity.
  return severity === undefined ? undefined : code
}

/** SQLSTATE classes that speak of the data of some record: data, constraint, transaction rollback. */
function isTroubleOfRecord(error: unknown): boolean {
  return /^(22|23|40)/.test(codeOf(error) ?? '')
}

/** Whether the connection is of no use any more: lost, shut down, or to a server that is read-only. */
function isConnectionTrouble(error: unknown): boolean {
  const code = codeOf(error)
  return code === undefined || /^(08|57P0|25006)/.test(code)
}

/** Lost, as opposed to hung: the driver's own time limit means that a second try would hang too. */
function isLost(error: unknown): boolean {
  return isConnectionTrouble(error) && (error as Error).message !== 'Query read timeout'
}
