import type pg from 'pg'
import type { ServiceId, SubsystemId } from '../exchange/identifier.js'
import type { OutboxMessage } from './outbox-message.js'

/** Messages of one sender to one provider, which are delivered in their order. */
export interface Lane {
  readonly partition: number
  readonly sender: SubsystemId
  readonly provider: SubsystemId
}

/** A lane that has something to do. */
export interface DueLane extends Lane {
  /** Whether some of its messages have to be ended, wherever they stand. */
  readonly hasEnding: boolean
}

/** A message as it was found, and whether its exchange has its outcome already. */
export interface FoundMessage extends OutboxMessage {
  readonly isEnded: boolean
}

interface Row {
  readonly position: string
  readonly exchange_id: string
  readonly partition: number
  readonly sender: SubsystemId
  readonly recipient: ServiceId
  readonly provider: SubsystemId
  readonly message_id: string
  readonly protocol: string
  readonly copy: number
  readonly payload_bytes: number
  readonly accepted_at: Date
  readonly expires_at: Date
  readonly attempts: number
  readonly next_at: Date | number
  readonly last_fault: string | null
  readonly drop_ground: string | null
  readonly is_ended: boolean
}

const columns = `position, exchange_id, partition, sender, recipient, provider, message_id, protocol, copy,
  payload_bytes, accepted_at, expires_at, attempts, next_at, last_fault, drop_ground`

const isEnded = `EXISTS (SELECT FROM sluice.message_log_entry AS outcome
  WHERE outcome.exchange_id = message.exchange_id AND outcome.half = 2) AS is_ended`

/** The outbox as the workers that deliver see it. */
export class OutboxStore {
  readonly #pool: pg.Pool

  constructor(pool: pg.Pool) {
    this.#pool = pool
  }

  /**
   * The lanes of these partitions of which the first message is due, or any is to be ended.
   * @param at - undefined for all that have messages
   */
  async dueLanes(
    partitions: readonly number[],
    at: Date | undefined,
    lanesMax: number,
  ): Promise<DueLane[]> {
    // From lane to lane by the index: a lane costs the same, however many messages wait in it.
    const heads = await this.#pool.query<Lane>(
      `WITH RECURSIVE lane AS (
         SELECT first.* FROM unnest($1::smallint[]) AS held (partition), LATERAL (
           SELECT partition, sender, provider, next_at FROM sluice.outbox_message
            WHERE partition = held.partition ORDER BY partition, sender, provider, position LIMIT 1
         ) AS first
         UNION ALL
         SELECT next.* FROM lane, LATERAL (
           SELECT partition, sender, provider, next_at FROM sluice.outbox_message AS message
            WHERE message.partition = lane.partition
              AND (message.sender, message.provider) > (lane.sender, lane.provider)
            ORDER BY partition, sender, provider, position LIMIT 1
         ) AS next
       )
       SELECT partition, sender, provider FROM lane
        WHERE $2::timestamptz IS NULL OR next_at <= $2 ORDER BY next_at LIMIT $3`,
      [partitions, at, lanesMax],
    )
    const ending = await this.#pool.query<Lane>(
      `SELECT DISTINCT partition, sender, provider FROM sluice.outbox_message
        WHERE partition = ANY($1::smallint[]) AND (expires_at <= $2 OR drop_ground IS NOT NULL) LIMIT $3`,
      [partitions, at ?? new Date(), lanesMax],
    )
    return [
      ...ending.rows.map((lane) => ({ ...lane, hasEnding: true })),
      ...heads.rows.map((lane) => ({ ...lane, hasEnding: false })),
    ]
  }

  /** The first messages of a lane. */
  first({ partition, sender, provider }: Lane, messagesMax: number): Promise<FoundMessage[]> {
    return findMessages(
      this.#pool,
      'partition = $1 AND sender = $2 AND provider = $3 ORDER BY position LIMIT $4',
      [partition, sender, provider, messagesMax],
    )
  }

  /** Those of its messages that have to be ended. */
  ending(
    { partition, sender, provider }: Lane,
    at: Date,
    messagesMax: number,
  ): Promise<FoundMessage[]> {
    return findMessages(
      this.#pool,
      `partition = $1 AND sender = $2 AND provider = $3
         AND (expires_at <= $4 OR drop_ground IS NOT NULL) ORDER BY position LIMIT $5`,
      [partition, sender, provider, at, messagesMax],
    )
  }

  /** Notes an attempt that failed. */
  async postpone(
    exchangeId: string,
    { attempts, nextAt, fault }: { attempts: number; nextAt: Date; fault: string },
  ): Promise<void> {
    await this.#pool.query(
      `UPDATE sluice.outbox_message SET attempts = $2, next_at = $3, last_fault = $4
        WHERE exchange_id = $1`,
      [exchangeId, attempts, nextAt, fault],
    )
  }

  /** Takes messages out whose exchanges have their outcomes from elsewhere, or can have none. */
  async forget(exchangeIds: readonly string[]): Promise<void> {
    await this.#pool.query(
      'DELETE FROM sluice.outbox_message WHERE exchange_id = ANY ($1::uuid[])',
      [exchangeIds],
    )
  }

  /** How many messages wait in these partitions, and since when the oldest does. */
  async waiting(
    partitions: readonly number[],
  ): Promise<{ readonly messages: number; readonly oldest: Date | undefined }> {
    const { rows } = await this.#pool.query<{ messages: number; oldest: Date | null }>(
      `SELECT count(*)::int AS messages, min(accepted_at) AS oldest FROM sluice.outbox_message
        WHERE partition = ANY($1::smallint[])`,
      [partitions],
    )
    return { messages: rows[0]?.messages ?? 0, oldest: rows[0]?.oldest ?? undefined }
  }
}

interface Reader {
  query<Found extends pg.QueryResultRow>(
    sql: string,
    values: unknown[],
  ): Promise<pg.QueryResult<Found>>
}

/** @param condition - of the statement's own, and its order */
export async function findMessages(
  reader: Reader,
  condition: string,
  values: unknown[],
): Promise<FoundMessage[]> {
  const { rows } = await reader.query<Row>(
    `SELECT ${columns}, ${isEnded} FROM sluice.outbox_message AS message WHERE ${condition}`,
    values,
  )
  return rows.map(messageOf)
}

function messageOf(row: Row): FoundMessage {
  return {
    position: BigInt(row.position),
    exchangeId: row.exchange_id,
    partition: row.partition,
    sender: row.sender,
    recipient: row.recipient,
    provider: row.provider,
    messageId: row.message_id,
    protocol: row.protocol,
    copy: row.copy,
    payloadBytes: row.payload_bytes,
    acceptedAt: row.accepted_at,
    expiresAt: row.expires_at,
    attempts: row.attempts,
    // The driver has a number for `-infinity`.
    nextAt: row.next_at instanceof Date ? row.next_at : new Date(0),
    lastFault: row.last_fault ?? undefined,
    dropGround: row.drop_ground ?? undefined,
    isEnded: row.is_ended,
  }
}
