import type pg from 'pg'
import type { ServiceId, SubsystemId } from '../exchange/identifier.js'
import { partitionOf } from '../exchange/lane.js'
import type { DeliveryNotice, NoticeCode } from '../exchange/message-notice.js'

/** A notice that its sender was not told yet. */
export interface UntoldNotice {
  readonly position: bigint
  readonly notice: DeliveryNotice
  /** By which adapter its message came. */
  readonly protocol: string
}

/** What the columns below hold. */
export interface NoticeRow {
  readonly id: string
  readonly exchange_id: string
  readonly code: NoticeCode
  readonly sender: SubsystemId
  readonly recipient: ServiceId
  readonly message_id: string
  readonly protocol: string
  readonly at: Date
  readonly details: string | null
}

/** The columns that `noticeOfRow` reads. */
export const noticeColumns =
  'id, exchange_id, code, sender, recipient, message_id, protocol, at, details'

/** Notices to senders as the workers that tell them see them. */
export class NoticeStore {
  readonly #pool: pg.Pool

  constructor(pool: pg.Pool) {
    this.#pool = pool
  }

  /** Senders in these partitions whose notices were not all told. */
  async sendersWithUntold(
    partitions: readonly number[],
    sendersMax: number,
  ): Promise<SubsystemId[]> {
    // From sender to sender by the index: one costs the same, however many notices wait for it.
    const { rows } = await this.#pool.query<{ sender: SubsystemId }>(
      `WITH RECURSIVE found AS (
         SELECT first.* FROM unnest($1::smallint[]) AS held (partition), LATERAL (
           SELECT partition, sender FROM sluice.outbox_notice AS notice
            WHERE notice.partition = held.partition AND told_at IS NULL
            ORDER BY partition, sender LIMIT 1
         ) AS first
         UNION ALL
         SELECT next.* FROM found, LATERAL (
           SELECT partition, sender FROM sluice.outbox_notice AS notice
            WHERE notice.partition = found.partition AND notice.sender > found.sender
              AND told_at IS NULL
            ORDER BY partition, sender LIMIT 1
         ) AS next
       )
       SELECT sender FROM found LIMIT $2`,
      [partitions, sendersMax],
    )
    return rows.map(({ sender }) => sender)
  }

  /** Notices of these senders, so many of each, in their order. */
  async untold(senders: readonly SubsystemId[], eachMax: number): Promise<UntoldNotice[]> {
    const { rows } = await this.#pool.query<NoticeRow & { readonly place: string }>({
      name: 'outbox untold notices',
      text: `SELECT notice.* FROM unnest($1::text[], $2::smallint[]) AS asked (sender, partition), LATERAL (
               SELECT ${noticeColumns}, position AS place FROM sluice.outbox_notice AS own
                WHERE own.partition = asked.partition AND own.sender = asked.sender
                  AND told_at IS NULL
                ORDER BY position LIMIT $3) AS notice`,
      values: [senders, senders.map((sender) => partitionOf(sender)), eachMax],
    })
    return rows.map((row) => ({
      position: BigInt(row.place),
      notice: noticeOfRow(row),
      protocol: row.protocol,
    }))
  }

  async told(positions: readonly bigint[], at: Date): Promise<void> {
    await this.#mark(positions, at)
  }

  /** They are not tried any more, and stay for whoever asks. */
  async giveUp(positions: readonly bigint[]): Promise<void> {
    await this.#mark(positions, 'infinity')
  }

  async #mark(positions: readonly bigint[], at: Date | 'infinity'): Promise<void> {
    if (positions.length === 0) return
    await this.#pool.query({
      name: 'outbox told notices',
      text: `UPDATE sluice.outbox_notice SET told_at = $2
              WHERE position = ANY ($1::bigint[]) AND told_at IS NULL`,
      values: [positions.map(String), at],
    })
  }
}

/** What `noticeDetails` of the message log wrote is read here. */
export function noticeOfRow(row: NoticeRow): DeliveryNotice {
  const details = JSON.parse(row.details ?? '{}') as Partial<
    Pick<DeliveryNotice, 'registration' | 'ground' | 'signed'>
  >
  return {
    id: row.id,
    code: row.code,
    exchangeId: row.exchange_id,
    messageId: row.message_id,
    sender: row.sender,
    recipient: row.recipient,
    at: row.at,
    registration: details.registration,
    ground: details.ground,
    signed: details.signed,
  }
}
