import { setTimeout as pause } from 'node:timers/promises'
import type pg from 'pg'
import { parseSubsystemId, type SubsystemId } from '../exchange/identifier.js'
import { outboxPartitions } from '../exchange/lane.js'
import { outboxLimits } from '../limits/one-way.js'
import { endClient, reasonOf } from '../message-log/log-connection.store.js'

// Advisory locks of the bus; see src/message-log/sweep.store.ts for the others. Every relay shares the first, so that
// they can be counted; one relay at a time holds one of the sixteen that follow it.
const presenceLock = 7_583_142_011
const firstPartitionLock = 7_583_142_200

/** What is told to whoever holds a partition: that there are messages in it, or in a lane, or notices for a sender. */
export type OutboxSignal =
  | { readonly partition: number }
  | { readonly sender: SubsystemId; readonly provider: SubsystemId | undefined }

export const outboxChannel = 'sluice_outbox'

export interface PartitionKeeperOptions {
  /** Makes a connection under the bus's role, not yet opened. */
  readonly connect: () => pg.Client
  readonly warn: (event: string, details: Readonly<Record<string, unknown>>) => void
  /** This worker has the partition from now on. */
  readonly onHeld: (partition: number) => void
  /** Nothing more of it MUST begin; resolves when nothing is in progress. */
  readonly onLeave: (partition: number) => Promise<void>
  /** The database gave all of them to whoever comes first. */
  readonly onLost: () => void
  readonly onSignal: (signal: OutboxSignal) => void
}

/**
 * Holds this worker's share of the partitions, by locks of one database session: who dies loses them with the session,
 * and the others share them among themselves at their next look.
 */
export class PartitionKeeper {
  readonly #options: PartitionKeeperOptions
  readonly #closing = new AbortController()
  readonly #held = new Set<number>()
  readonly #leaving = new Set<number>()
  #session: Session | undefined
  #running: Promise<void> | undefined
  #isQuiet = false
  /** As they are written. */
  readonly #unsent = new Set<string>()
  #isSending = false

  constructor(options: PartitionKeeperOptions) {
    this.#options = options
  }

  /** The partitions that are this worker's to deliver. */
  get held(): readonly number[] {
    return [...this.#held].filter((partition) => this.holds(partition))
  }

  holds(partition: number): boolean {
    return this.#held.has(partition) && !this.#leaving.has(partition) && !this.#isQuiet
  }

  get #isClosing(): boolean {
    return this.#closing.signal.aborted
  }

  start(): void {
    this.#running ??= this.#keep()
  }

  /** Holds nothing any more as far as new work goes; the locks stay until `close`. */
  quiet(): void {
    this.#isQuiet = true
  }

  async close(): Promise<void> {
    this.quiet()
    this.#closing.abort()
    await this.#running
  }

  /** Wakes whoever holds the partition. One that is lost is made up for by the next look. */
  signal(signal: OutboxSignal): void {
    if (this.#unsent.size >= outboxLimits.signalsUnsentMax) return
    this.#unsent.add(wordOf(signal))
    if (this.#isSending) return
    this.#isSending = true
    // What comes in one turn of the event loop goes out together.
    setImmediate(() => void this.#send())
  }

  async #send(): Promise<void> {
    while (this.#session && this.#unsent.size > 0) {
      const words = this.#nextWords()
      await this.#session
        .query('SELECT pg_notify($1, $2)', [outboxChannel, words.join('\n')])
        .catch(() => undefined)
    }
    this.#unsent.clear()
    this.#isSending = false
  }

  /** As many as one notification holds. */
  #nextWords(): string[] {
    const words: string[] = []
    let bytes = 0
    for (const word of this.#unsent) {
      bytes += Buffer.byteLength(word) + 1
      if (bytes > outboxLimits.signalBytesMax) break
      this.#unsent.delete(word)
      words.push(word)
    }
    return words
  }

  async #keep(): Promise<void> {
    const { reconnectMsMin, reconnectMsMax } = outboxLimits
    const { signal } = this.#closing
    for (let pauseMs: number = reconnectMsMin; !signal.aborted;) {
      const client = this.#options.connect()
      try {
        await this.#serve(client, () => (pauseMs = reconnectMsMin))
      } catch (error) {
        if (!this.#isClosing) this.#options.warn('outbox.connection_lost', reasonOf(error))
      } finally {
        // The locks are gone with the session, whoever ended it.
        this.#session = undefined
        this.#held.clear()
        this.#leaving.clear()
        this.#options.onLost()
        await endClient(client)
      }
      await pause(pauseMs, undefined, { signal }).catch(() => undefined)
      pauseMs = Math.min(pauseMs * 2, reconnectMsMax)
    }
  }

  async #serve(client: pg.Client, connected: () => void): Promise<void> {
    const { signal } = this.#closing
    const broken = new Promise<never>((_resolve, reject) => {
      client.on('error', reject)
      client.on('end', () => reject(new Error('the connection ended')))
    })
    broken.catch(() => undefined)
    client.on('notification', ({ payload = '' }) => this.#hear(payload))
    await client.connect()
    const session = new Session(client)
    await session.query(`LISTEN ${outboxChannel}`)
    await session.query('SELECT pg_advisory_lock_shared($1::bigint)', [presenceLock])
    this.#session = session
    while (!signal.aborted) {
      await Promise.race([this.#look(session), broken])
      connected()
      const turn = pause(outboxLimits.lookEveryMs, undefined, { signal }).catch(() => undefined)
      await Promise.race([turn, broken])
    }
  }

  #hear(payload: string): void {
    for (const word of payload.split('\n')) {
      const signal = signalOf(word)
      if (signal) this.#options.onSignal(signal)
    }
  }

  /** Takes what is free up to its share, and leaves what is above it. */
  async #look(session: Session): Promise<void> {
    const { relays, taken } = await locksOf(session)
    const share = Math.ceil(outboxPartitions / Math.max(relays, 1))
    const kept = this.#held.size - this.#leaving.size
    const above = [...this.#held].filter((partition) => !this.#leaving.has(partition)).slice(share)
    for (const partition of above) void this.#leave(session, partition)
    if (kept >= share || this.#isQuiet) return
    const free = shuffled(allPartitions.filter((partition) => !taken.has(partition)))
    for (const partition of free.slice(0, share - kept)) await this.#take(session, partition)
  }

  async #take(session: Session, partition: number): Promise<void> {
    const { rows } = await session.query<{ got: boolean }>(
      'SELECT pg_try_advisory_lock($1::bigint) AS got',
      [firstPartitionLock + partition],
    )
    if (!rows[0]?.got) return
    this.#held.add(partition)
    this.#options.onHeld(partition)
  }

  async #leave(session: Session, partition: number): Promise<void> {
    this.#leaving.add(partition)
    await this.#options.onLeave(partition)
    // Another session has other locks.
    if (this.#session !== session) return
    await session
      .query('SELECT pg_advisory_unlock($1::bigint)', [firstPartitionLock + partition])
      .catch(() => undefined)
    if (this.#session !== session) return
    this.#held.delete(partition)
    this.#leaving.delete(partition)
  }
}

/** Questions of one database session, asked one after the other: the driver is giving up putting them in line. */
class Session {
  readonly #client: pg.Client
  #last: Promise<unknown> = Promise.resolve()

  constructor(client: pg.Client) {
    this.#client = client
  }

  query<Row extends pg.QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<pg.QueryResult<Row>> {
    const answer = this.#last.then(() => this.#client.query<Row>(text, [...values]))
    this.#last = answer.catch(() => undefined)
    return answer
  }
}

/** Names have no control characters in them. */
export function wordOf(signal: OutboxSignal): string {
  if ('partition' in signal) return `m${signal.partition}`
  const { sender, provider } = signal
  return provider === undefined ? `n\t${sender}` : `l\t${sender}\t${provider}`
}

/** @returns undefined for what is none */
function signalOf(word: string): OutboxSignal | undefined {
  const [, digits] = /^m(\d{1,2})$/.exec(word) ?? []
  if (digits !== undefined) return { partition: Number(digits) }
  const [kind, sender, provider] = word.split('\t')
  try {
    if (sender === undefined || (kind !== 'n' && kind !== 'l')) return undefined
    return {
      sender: parseSubsystemId(sender),
      provider: kind === 'l' ? parseSubsystemId(provider ?? '') : undefined,
    }
  } catch {
    return undefined
  }
}

const allPartitions = Array.from({ length: outboxPartitions }, (_none, index) => index)

interface Locks {
  readonly relays: number
  readonly taken: ReadonlySet<number>
}

/** A lock by one number shows in two halves of 32 bits. */
async function locksOf(session: Session): Promise<Locks> {
  const { rows } = await session.query<{ lock: string }>(
    `SELECT ((classid::bigint << 32) | objid::bigint)::text AS lock FROM pg_locks
      WHERE locktype = 'advisory' AND objsubid = 1 AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  )
  const locks = rows.map(({ lock }) => Number(lock))
  const partitions = locks.map((lock) => lock - firstPartitionLock)
  return {
    relays: locks.filter((lock) => lock === presenceLock).length,
    taken: new Set(partitions.filter((each) => each >= 0 && each < outboxPartitions)),
  }
}

/** Relays that look at the same moment do not want the same ones. */
function shuffled(partitions: readonly number[]): number[] {
  return partitions
    .map((partition) => ({ partition, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ partition }) => partition)
}
