import type { ClientBase, Pool } from 'pg'
import { v7 as newId } from 'uuid'
import { noticeText } from '../notice/notice.js'
import type { NoticeData } from '../notice/said.js'
import {
  mailedNoticesPerTurn,
  mailKeptDays,
  mailLeaseMs,
  mailNoticeAgeHoursMax,
  mailRecipientsMax,
  mailsForgottenPerTurn,
} from './limits.js'
import { isMailAddress } from './mail-address.js'
import type { Mail, MailQueue } from './mail.js'

interface NoticeRow {
  readonly id: string
  readonly recipient_member: string | null
  readonly recipient_role: string | null
  readonly recipient_domain: string | null
}

interface MailRow {
  readonly id: string
  readonly recipient: string
  readonly made_at: Date
  readonly attempts: number
  readonly kind: string
  readonly subject: string
  readonly data: NoticeData
}

export interface MailDatabase {
  readonly pool: Pool
  transaction<Result>(work: (client: ClientBase) => Promise<Result>): Promise<Result>
}

/** Mails of all nodes, in the database: any node makes them of notices, and any node sends them. */
export class MailOutbox implements MailQueue {
  readonly #database: MailDatabase

  constructor(database: MailDatabase) {
    this.#database = database
  }

  /** Makes mails of notices that have none yet. @returns how many notices that were */
  expand(now: Date): Promise<number> {
    return this.#database.transaction(async (client) => {
      const { rows } = await client.query<NoticeRow>(
        `SELECT id, recipient_member, recipient_role, recipient_domain FROM sluice.notice
          WHERE mailed_at IS NULL AND at > $1::timestamptz - make_interval(hours => $2)
          ORDER BY at LIMIT $3 FOR UPDATE SKIP LOCKED`,
        [now, mailNoticeAgeHoursMax, mailedNoticesPerTurn],
      )
      for (const notice of rows) await this.#addressTo(client, notice, now)
      await client.query('UPDATE sluice.notice SET mailed_at = $2 WHERE id = ANY ($1)', [
        rows.map(({ id }) => id),
        now,
      ])
      return rows.length
    })
  }

  async take(now: Date, limit: number): Promise<Mail[]> {
    const { rows } = await this.#database.pool.query<MailRow>(
      `WITH due AS (
         SELECT id FROM sluice.mail WHERE state = 'waiting' AND next_at <= $1
          ORDER BY next_at LIMIT $2 FOR UPDATE SKIP LOCKED),
       taken AS (
         UPDATE sluice.mail m SET next_at = $3 FROM due WHERE m.id = due.id
         RETURNING m.id, m.notice, m.recipient, m.made_at, m.attempts)
       SELECT t.id, t.recipient, t.made_at, t.attempts, n.kind, n.subject, n.data
         FROM taken t JOIN sluice.notice n ON n.id = t.notice ORDER BY t.id`,
      [now, limit, new Date(now.getTime() + mailLeaseMs)],
    )
    return rows.map(({ id, recipient, made_at: at, attempts, ...notice }) => ({
      ...{ id, recipient, at, attempts, text: noticeText(notice) },
    }))
  }

  async sent({ id }: Mail, now: Date): Promise<void> {
    await this.#end(id, 'sent', now, null)
  }

  async again({ id }: Mail, nextAt: Date, trouble: string): Promise<void> {
    await this.#database.pool.query(
      'UPDATE sluice.mail SET attempts = attempts + 1, next_at = $2, trouble = $3 WHERE id = $1',
      [id, nextAt, trouble],
    )
  }

  async givenUp({ id }: Mail, now: Date, trouble: string): Promise<void> {
    await this.#end(id, 'given-up', now, trouble)
  }

  /** Forgets addresses of mails that ended long ago. @returns how many */
  async forget(now: Date): Promise<number> {
    const { rowCount } = await this.#database.pool.query(
      `DELETE FROM sluice.mail WHERE id IN (
         SELECT id FROM sluice.mail
          WHERE state <> 'waiting' AND ended_at < $1::timestamptz - make_interval(days => $2) LIMIT $3)`,
      [now, mailKeptDays, mailsForgottenPerTurn],
    )
    return rowCount ?? 0
  }

  /** Everybody who would be told of a failure of the bus, those first who run and oversee it. */
  async urgentAddresses(now: Date, limit: number): Promise<string[]> {
    const { rows } = await this.#database.pool.query<{ email: string }>(
      `SELECT min(email) AS email FROM (
         SELECT a.email, CASE WHEN r.role = 'MEMBER_ADMIN' THEN 1 ELSE 0 END AS place
           FROM sluice.role_assignment r JOIN sluice.administrator a ON a.id = r.administrator
          WHERE ${inForce} AND a.status = 'active' AND a.email IS NOT NULL
         UNION ALL
         SELECT email, 2 FROM sluice.responsible_person WHERE until_time IS NULL) AS everybody
        GROUP BY lower(email) ORDER BY min(place), lower(email) LIMIT $2`,
      [now, limit],
    )
    return rows.map(({ email }) => email).filter(isMailAddress)
  }

  /** A member's notice goes to its administrators and to whom it names; a domain's to its founder's; a role's to whoever has it now. */
  async #addressTo(client: ClientBase, notice: NoticeRow, now: Date): Promise<void> {
    const { id, recipient_member: member, recipient_role: role, recipient_domain: domain } = notice
    const { rows } = await client.query<{ email: string }>(
      `SELECT DISTINCT ON (lower(email)) email FROM (
         SELECT a.email FROM sluice.role_assignment r JOIN sluice.administrator a ON a.id = r.administrator
          WHERE ${inForce} AND a.status = 'active' AND a.email IS NOT NULL
            AND (r.role = $2 OR (r.role = 'MEMBER_ADMIN' AND r.scope = $3)
              OR (r.role = 'FOUNDER_ADMIN' AND r.scope = $5))
         UNION ALL
         SELECT email FROM sluice.responsible_person WHERE member = $3 AND until_time IS NULL) AS told
        ORDER BY lower(email), email LIMIT $4`,
      [now, role, member, mailRecipientsMax, domain],
    )
    const recipients = rows.map(({ email }) => email).filter(isMailAddress)
    await client.query(
      `INSERT INTO sluice.mail (id, notice, recipient, made_at, next_at)
       SELECT mail.id, $1, mail.recipient, $4, $4 FROM unnest($2::uuid[], $3::text[]) AS mail (id, recipient)
       ON CONFLICT (notice, recipient) DO NOTHING`,
      [id, recipients.map(() => newId()), recipients, now],
    )
  }

  async #end(id: string, state: string, now: Date, trouble: string | null): Promise<void> {
    await this.#database.pool.query(
      `UPDATE sluice.mail SET state = $2, ended_at = $3, trouble = $4, attempts = attempts + 1
        WHERE id = $1 AND state = 'waiting'`,
      [id, state, now, trouble],
    )
  }
}

const inForce = 'r.valid_from <= $1 AND (r.valid_until IS NULL OR r.valid_until > $1)'
