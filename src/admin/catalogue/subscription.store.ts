import type { ClientBase } from 'pg'
import type { Recipient } from '../../notice/notice.store.js'
import type { Queried } from '../admin-database.store.js'

export const subscriptionSubjects = ['all', 'member', 'service', 'data-object'] as const
export type SubscriptionSubject = (typeof subscriptionSubjects)[number]

/** That the administrators of a member, or who has a role, want to hear of changes of the catalogue. */
export interface Subscription {
  readonly id: string
  readonly recipientMember: string | undefined
  readonly recipientRole: string | undefined
  readonly about: SubscriptionSubject
  /** Undefined of `all`. */
  readonly object: string | undefined
  readonly subscribedAt: Date
  readonly subscribedBy: string
}

export interface NewSubscription extends Omit<Subscription, 'subscribedAt'> {
  /** What the object is compared by. */
  readonly key: string
}

interface Row {
  readonly id: string
  readonly recipient_member: string | null
  readonly recipient_role: string | null
  readonly about: SubscriptionSubject
  readonly object: string | null
  readonly subscribed_at: Date
  readonly subscribed_by: string
}

const columns = 'id, recipient_member, recipient_role, about, object, subscribed_at, subscribed_by'
const isRecipient = '(recipient_member = ANY ($1) OR recipient_role = ANY ($2))'

/** @returns undefined where the recipient has the same already */
export async function addSubscription(
  client: ClientBase,
  { id, recipientMember, recipientRole, about, object, key, subscribedBy }: NewSubscription,
): Promise<Subscription | undefined> {
  const { rows } = await client.query<Row>(
    `INSERT INTO sluice.catalogue_subscription
       (id, recipient_member, recipient_role, about, object, key, subscribed_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (coalesce(recipient_member, recipient_role), about, key) WHERE ended_at IS NULL
     DO NOTHING RETURNING ${columns}`,
    [id, recipientMember ?? null, recipientRole ?? null, about, object ?? null, key, subscribedBy],
  )
  return rows[0] && subscriptionIn(rows[0])
}

export async function countSubscriptions(client: ClientBase, recipient: string): Promise<number> {
  const { rows } = await client.query<{ count: string }>(
    `SELECT count(*) FROM sluice.catalogue_subscription
      WHERE coalesce(recipient_member, recipient_role) = $1 AND ended_at IS NULL`,
    [recipient],
  )
  return Number(rows[0]?.count)
}

/** Those that have not ended, in the order of making. */
export async function listSubscriptions(
  database: Queried,
  { members, roles }: Recipient,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): Promise<Subscription[]> {
  const { rows } = await database.query<Row>(
    `SELECT ${columns} FROM sluice.catalogue_subscription
      WHERE ${isRecipient} AND ended_at IS NULL AND ($3::uuid IS NULL OR id > $3)
      ORDER BY id LIMIT $4`,
    [members, roles, after ?? null, limit],
  )
  return rows.map(subscriptionIn)
}

/** @returns undefined where the recipient has none of this id */
export async function endSubscription(
  client: ClientBase,
  { members, roles }: Recipient,
  id: string,
): Promise<Subscription | undefined> {
  const { rows } = await client.query<Row>(
    `UPDATE sluice.catalogue_subscription SET ended_at = clock_timestamp()
      WHERE ${isRecipient} AND id = $3 AND ended_at IS NULL RETURNING ${columns}`,
    [members, roles, id],
  )
  return rows[0] && subscriptionIn(rows[0])
}

export interface ChangedThing {
  readonly member: string
  /** The service, with and without its version. */
  readonly services: readonly string[]
  /** Keys of data objects. */
  readonly objects: readonly string[]
}

/** Each once. */
export async function subscribersOf(
  client: ClientBase,
  { member, services, objects }: ChangedThing,
): Promise<{ readonly member?: string; readonly role?: string }[]> {
  const { rows } = await client.query<Pick<Row, 'recipient_member' | 'recipient_role'>>(
    `SELECT DISTINCT recipient_member, recipient_role FROM sluice.catalogue_subscription
      WHERE ended_at IS NULL AND (about = 'all' OR (about = 'member' AND key = $1)
        OR (about = 'service' AND key = ANY ($2)) OR (about = 'data-object' AND key = ANY ($3)))`,
    [member, services, objects],
  )
  return rows.map(({ recipient_member: of, recipient_role: role }) => ({
    ...(of !== null && { member: of }),
    ...(role !== null && { role }),
  }))
}

/** Whether it can be named: a member, or some version of a service. */
export async function isThere(
  client: ClientBase,
  about: SubscriptionSubject,
  object: string,
): Promise<boolean> {
  if (about !== 'member' && about !== 'service') return true
  const { rowCount } = await client.query(
    about === 'member'
      ? 'SELECT FROM sluice.member WHERE id = $1'
      : `SELECT FROM sluice.service WHERE $1 IN (id, subsystem || '/' || code) LIMIT 1`,
    [object],
  )
  return rowCount === 1
}

function subscriptionIn(row: Row): Subscription {
  return {
    ...{ id: row.id, about: row.about, object: row.object ?? undefined },
    recipientMember: row.recipient_member ?? undefined,
    recipientRole: row.recipient_role ?? undefined,
    ...{ subscribedAt: row.subscribed_at, subscribedBy: row.subscribed_by },
  }
}

/** Makes a member's subscriptions those of the one that it has merged into; what that has already ends. */
export async function passSubscriptions(
  client: ClientBase,
  from: string,
  into: string,
): Promise<void> {
  await client.query(
    `UPDATE sluice.catalogue_subscription s SET recipient_member = $2
      WHERE recipient_member = $1 AND ended_at IS NULL AND NOT EXISTS (
        SELECT FROM sluice.catalogue_subscription o WHERE o.recipient_member = $2 AND o.ended_at IS NULL
          AND (o.about, o.key) = (s.about, s.key))`,
    [from, into],
  )
  await client.query(
    `UPDATE sluice.catalogue_subscription SET ended_at = clock_timestamp()
      WHERE recipient_member = $1 AND ended_at IS NULL`,
    [from],
  )
}
