import { setTimeout as pause } from 'node:timers/promises'
import type pg from 'pg'
import type { DurableOutcome, SignReceipts } from '../exchange/logged-entry.js'
import { Fault } from '../exchange/fault.js'
import { writeBatch } from './copy-batch.store.js'
import { FairQueue } from './fair-queue.js'
import { LogConnection, reasonOf, type LogConnectionOptions } from './log-connection.store.js'
import type { LogRecord } from './log-record.js'
import { findStored } from './stored-records.store.js'
import { isConnectionTrouble, isLost, isTroubleOfRecord, unavailable } from './write-trouble.js'

export interface GroupCommitLimits {
  /** Transactions in flight. Where there are several, the last is for large records. */
  readonly connectionsMax: number
  /** Above this size a record is a large one. */
  readonly smallRecordBytesMax: number
  readonly batchRecordsMax: number
  /** A record above this size makes a batch of its own; likewise the large ones. */
  readonly batchBytesMax: number
  readonly largeBatchBytesMax: number
  /** Waiting records of either kind, and bytes of each. */
  readonly queueRecordsMax: number
  readonly queueBytesMax: number
  readonly largeQueueBytesMax: number
  /** Share of a queue, 0 to 1, that one party may take. */
  readonly queuePartyShareMax: number
  /**
   * Whether order is worth more than what could still be written: what waits behind a batch that failed is refused with it.
   * With one connection and one queue only.
   */
  readonly isOrdered?: boolean
  /** Rest of a connection after each transaction, milliseconds: what is not urgent makes way. */
  readonly restMs: number
}

export interface GroupCommitOptions extends Omit<LogConnectionOptions, 'onChange'> {
  readonly limits: GroupCommitLimits
  /** Is given the outcomes of a transaction once they are durable. */
  readonly signReceipts: SignReceipts
}

export interface CommitResult {
  /** `written`: durable. `exists`: this half of the exchange has another durable entry already. */
  readonly result: 'written' | 'exists'
  /** Of an outcome that is written; undefined where it could not be signed. */
  readonly receipt: string | undefined
}

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
 * commit; it rests for a moment after each, so that more do. Large records wait in a queue of their own for a connection of their own, so that small
 * ones never wait behind them. What cannot become durable is refused, at once where the database is
 * known to be away.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions
  readonly #connections: LogConnection[]
  readonly #small: FairQueue<Waiting>
  readonly #large: FairQueue<Waiting>
  /** Whose turn is next at a connection that has to serve both queues. */
  #isLargeNext = false
  #inFlight = 0
  #isScheduled = false
  #isClosed = false
  #failedAtMs = -Infinity
  #onIdle: (() => void) | undefined
  /** Transactions committed; for metrics. */
  commits = 0

  constructor(options: GroupCommitOptions) {
    this.#options = options
    const { limits } = options
    this.#small = queueWith(limits, limits.queueBytesMax, limits.batchBytesMax)
    this.#large = queueWith(limits, limits.largeQueueBytesMax, limits.largeBatchBytesMax)
    const onChange = (): void => {
      this.#changed()
    }
    this.#connections = Array.from(
      { length: limits.connectionsMax },
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
    return {
      records: this.#small.records + this.#large.records,
      bytes: this.#small.bytes + this.#large.bytes,
    }
  }

  /** @throws Fault AUDIT_UNAVAILABLE when a record of this party and size would be refused now */
  assertAvailable(party: string, bytes: number): void {
    if (this.#isClosed || !this.isConnected) throw unavailable('The message log is not connected.')
    if (!this.#queueFor(bytes).hasRoom(party, bytes)) {
      throw unavailable('The queue of the message log is full.')
    }
  }

  /**
   * Makes a record durable.
   * @throws Fault AUDIT_UNAVAILABLE, DUPLICATE_MESSAGE
   */
  async commit(record: LogRecord): Promise<CommitResult> {
    this.assertAvailable(record.party, record.bytes)
    return new Promise((resolve, reject) => {
      this.#queueFor(record.bytes).push({ record, resolve, reject, isSecondTry: false })
      this.#schedule()
    })
  }

  /** Takes nothing more, writes what waits, closes the connections. */
  async close(): Promise<void> {
    this.#isClosed = true
    if (!this.#isIdle) {
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
      if (!connection.client || connection.isBusy) continue
      const batch = this.#queueOf(connection).takeBatch()
      if (batch.length > 0) void this.#work(connection, connection.client, batch)
    }
    if (this.#isIdle) this.#onIdle?.()
  }

  get #isIdle(): boolean {
    return this.#small.records === 0 && this.#large.records === 0 && this.#inFlight === 0
  }

  #queueFor(bytes: number): FairQueue<Waiting> {
    return bytes > this.#options.limits.smallRecordBytesMax ? this.#large : this.#small
  }

  /** The queue that a connection serves next: its own, or both in turn while the other has nobody. */
  #queueOf(connection: LogConnection): FairQueue<Waiting> {
    const isLast = connection === this.#connections.at(-1)
    const [own, other] = isLast ? [this.#large, this.#small] : [this.#small, this.#large]
    const others = isLast ? this.#connections.slice(0, -1) : this.#connections.slice(-1)
    if (other.records === 0 || others.some(({ client }) => client)) return own
    if (own.records === 0) return other
    this.#isLargeNext = !this.#isLargeNext
    return this.#isLargeNext ? this.#large : this.#small
  }

  async #work(connection: LogConnection, client: pg.Client, batch: Waiting[]): Promise<void> {
    connection.isBusy = true
    this.#inFlight += 1
    await this.#write(client, batch).catch((error: unknown) => {
      if (isConnectionTrouble(error)) connection.drop(client)
      this.#giveUp(batch, error)
    })
    const { restMs } = this.#options.limits
    if (restMs > 0) await pause(restMs)
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
    this.#settle(batch)
  }

  /** These are durable. One signature makes the receipts of all outcomes among them. */
  #settle(durable: readonly Waiting[]): void {
    const outcomes: DurableOutcome[] = []
    for (const { record } of durable) if (record.outcome) outcomes.push(record.outcome)
    const receipts = this.#receiptsOf(outcomes).values()
    for (const { record, resolve } of durable) {
      const receipt = record.outcome && receipts.next().value
      resolve({ result: 'written', receipt })
    }
  }

  #receiptsOf(outcomes: readonly DurableOutcome[]): readonly string[] {
    if (outcomes.length === 0) return []
    try {
      return this.#options.signReceipts(outcomes)
    } catch (error) {
      // What is durable stays so, and whoever asked is answered.
      const receipts = outcomes.length
      this.#options.warn('message_log.receipts_not_signed', { ...reasonOf(error), receipts })
      return []
    }
  }

  /** One record spoils the transaction of all: settles those that are the cause, writes the others. */
  async #sortOut(client: pg.Client, batch: readonly Waiting[], cause: unknown): Promise<void> {
    const stored = await findStored(
      client,
      batch.map(({ record }) => record),
    )
    const own: Waiting[] = []
    const others: Waiting[] = []
    for (const waiting of batch) {
      const found = stored.get(waiting.record)
      if (found === 'duplicate') waiting.reject(new Fault('DUPLICATE_MESSAGE'))
      else if (found === 'exists') waiting.resolve({ result: 'exists', receipt: undefined })
      else if (found === 'own') own.push(waiting)
      else others.push(waiting)
    }
    this.#settle(own)
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
    for (const waiting of again) {
      waiting.isSecondTry = true
      this.#queueFor(waiting.record.bytes).push(waiting)
    }
    const fault = unavailable('The message log could not be written.', error)
    for (const waiting of batch) if (!again.includes(waiting)) waiting.reject(fault)
    if (this.#options.limits.isOrdered) this.#refuseWaiting(fault)
  }

  #refuseWaiting(fault: Fault): void {
    for (const { reject } of [...this.#small.drain(), ...this.#large.drain()]) reject(fault)
  }

  #changed(): void {
    if (this.isConnected) {
      this.#schedule()
      return
    }
    this.#refuseWaiting(unavailable('The message log lost its database.'))
    this.#schedule()
  }
}

function queueWith(
  limits: GroupCommitLimits,
  bytesMax: number,
  batchBytesMax: number,
): FairQueue<Waiting> {
  const { queueRecordsMax: recordsMax, queuePartyShareMax: partyShareMax, batchRecordsMax } = limits
  return new FairQueue({ recordsMax, bytesMax, partyShareMax, batchRecordsMax, batchBytesMax })
}
