import type { ClientBase, Pool } from 'pg'
import { v7 as newId } from 'uuid'
import type { Notice, NoticeKind } from './notice.js'
import type { NoticeData } from './said.js'

/** A notice to be written. */
export interface NewNotice {
  readonly member?: string | undefined
  readonly role?: string | undefined
  /** Whose founder-administrators are told; one of the three is named. */
  readonly domain?: string | undefined
  readonly kind: NoticeKind
  readonly subject: string
  readonly data: NoticeData
  /** What is told once has the same words here, whoever tells it. */
  readonly once?: string | undefined
}

/**
 * Writes notices, in the caller's transaction where there is one.
 * @returns how many were new
 */
export async function writeNotices(
  database: Pool | ClientBase,
  notices: readonly NewNotice[],
): Promise<number> {
  const rows = notices.map(({ member, role, domain, kind, subject, data, once }) => ({
    ...{ id: newId(), recipient_member: member, recipient_role: role, recipient_domain: domain },
    ...{ kind, subject, data, once },
  }))
  const { rowCount } = await database.query(
    `INSERT INTO sluice.notice (id, recipient_member, recipient_role, recipient_domain, kind, subject, data, once)
     SELECT id, recipient_member, recipient_role, recipient_domain, kind, subject, data, once
       FROM jsonb_to_recordset($1::jsonb) AS n (id uuid, recipient_member text, recipient_role text,
         recipient_domain text, kind text, subject text, data jsonb, once text)
     ON CONFLICT (once) DO NOTHING`,
    [JSON.stringify(rows)],
  )
  return rowCount ?? 0
}

/** Whose notices: of these members, of these roles, and of founders of these domains. */
export interface Recipient {
  readonly members: readonly string[]
  readonly roles: readonly string[]
  readonly domains?: readonly string[]
}

interface Row {
  readonly id: string
  readonly at: Date
  readonly recipient_member: string | null
  readonly recipient_role: string | null
  readonly recipient_domain: string | null
  readonly kind: string
  readonly subject: string
  readonly data: NoticeData
  readonly read_at: Date | null
}

const columns =
  'id, at, recipient_member, recipient_role, recipient_domain, kind, subject, data, read_at'
const isRecipient =
  '(recipient_member = ANY ($1) OR recipient_role = ANY ($2) OR recipient_domain = ANY ($3))'

/** Oldest first; with `unread`, those that nobody has read. */
export async function listNotices(
  database: Pool | ClientBase,
  { members, roles, domains = [] }: Recipient,
  page: { readonly after?: string | undefined; readonly unread: boolean; readonly limit: number },
): Promise<Notice[]> {
  const { rows } = await database.query<Row>(
    `SELECT ${columns} FROM sluice.notice
      WHERE ${isRecipient} AND ($4::uuid IS NULL OR id > $4) AND (NOT $5 OR read_at IS NULL)
      ORDER BY id LIMIT $6`,
    [members, roles, domains, page.after ?? null, page.unread, page.limit],
  )
  return rows.map(noticeOf)
}

/** Notes that a notice was read. @returns undefined where the recipient has none of this id */
export async function readNotice(
  database: Pool | ClientBase,
  { members, roles, domains = [] }: Recipient,
  id: string,
): Promise<Notice | undefined> {
  const { rows } = await database.query<Row>(
    `UPDATE sluice.notice SET read_at = coalesce(read_at, now())
      WHERE ${isRecipient} AND id = $4 RETURNING ${columns}`,
    [members, roles, domains, id],
  )
  return rows[0] && noticeOf(rows[0])
}

function noticeOf(row: Row): Notice {
  const { id, at, kind, subject, data } = row
  return {
    ...{ id, at, kind, subject, data },
    recipientMember: row.recipient_member ?? undefined,
    recipientRole: row.recipient_role ?? undefined,
    recipientDomain: row.recipient_domain ?? undefined,
    readAt: row.read_at ?? undefined,
  }
}
