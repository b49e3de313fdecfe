import type pg from 'pg'
import type { ServiceId, SubsystemId } from '../exchange/identifier.js'
import type { DeliveryNotice, NoticeCode } from '../exchange/message-notice.js'

/** A notice that its sender was not told yet. */
export interface UntoldNotice {
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

  /** Which of these partitions have notices that were not told. */
  async partitionsWithUntold(partitions: readonly number[]): Promise<number[]> {
    const { rows } = await this.#pool.query<{ partition: number }>(
      `SELECT partition FROM unnest($1::smallint[]) AS held (partition)
        WHERE EXISTS (SELECT FROM sluice.outbox_notice AS notice
                       WHERE notice.partition = held.partition AND told_at IS NULL)`,
      [partitions],
    )
    return rows.map(({ partition }) => partition)
  }

  /** Notices of a partition in their order, without those to some senders. */
  async untold(
    partition: number,
    without: readonly SubsystemId[],
    noticesMax: number,
  ): Promise<UntoldNotice[]> {
    const { rows } = await this.#pool.query<NoticeRow>(
      `SELECT ${noticeColumns} FROM sluice.outbox_notice
        WHERE partition = $1 AND told_at IS NULL AND sender <> ALL ($2::text[])
        ORDER BY position LIMIT $3`,
      [partition, without, noticesMax],
    )
    return rows.map((row) => ({ notice: noticeOfRow(row), protocol: row.protocol }))
  }

  async told(ids: readonly string[], at: Date): Promise<void> {
    await this.#pool.query(
      'UPDATE sluice.outbox_notice SET told_at = $2 WHERE id = ANY ($1::uuid[])',
      [ids, at],
    )
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
