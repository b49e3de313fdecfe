import type { ClientBase } from 'pg'
import { legalHoldsMax } from '../limits/log-archive.js'

/** What a hold keeps; what is left out may be anything. */
export interface HoldScope {
  readonly exchangeId?: string | undefined
  /** A service version, or what it is below: service, subsystem, member. */
  readonly service?: string | undefined
  /** A subsystem, or a member with all of its own. */
  readonly consumer?: string | undefined
  readonly domain?: string | undefined
  /** First and last day, UTC. */
  readonly fromDay?: string | undefined
  readonly toDay?: string | undefined
}

/** A hold in force. */
export interface LegalHold extends HoldScope {
  readonly holdId: string
  readonly reason: string
  readonly madeAt: Date
}

interface Row {
  readonly hold_id: string
  readonly exchange_id: string | null
  readonly service: string | null
  readonly consumer: string | null
  readonly domain: string | null
  readonly from_day: string | null
  readonly to_day: string | null
  readonly reason: string
  readonly made_at: Date
}

/** Holds that were set and not lifted. */
const inForce = `
  SELECT * FROM sluice.legal_hold h WHERE NOT is_lift AND NOT EXISTS (
    SELECT FROM sluice.legal_hold lift WHERE lift.hold_id = h.hold_id AND lift.is_lift)`

/** Whether a hold h keeps an entry e. What is held with a name is held with all that is below it. */
const keeps = `
  (h.exchange_id IS NULL OR e.exchange_id = h.exchange_id)
  AND (h.service IS NULL OR e.service = h.service OR starts_with(e.service, h.service || '/'))
  AND (h.consumer IS NULL OR e.consumer = h.consumer OR starts_with(e.consumer, h.consumer || '/'))
  AND (h.domain IS NULL OR e.domain = h.domain)
  AND (h.from_day IS NULL OR e.exchange_id >= sluice.first_id_of_day(h.from_day))
  AND (h.to_day IS NULL OR e.exchange_id < sluice.first_id_of_day(h.to_day + 1))`

/** The holds in force, oldest first. */
export async function readHolds(client: ClientBase): Promise<LegalHold[]> {
  const { rows } = await client.query<Row>(
    `SELECT hold_id, exchange_id, service, consumer, domain, from_day::text, to_day::text, reason, made_at
       FROM (${inForce}) h ORDER BY hold_id LIMIT ${legalHoldsMax}`,
  )
  return rows.map((row) => ({
    holdId: row.hold_id,
    exchangeId: row.exchange_id ?? undefined,
    service: row.service ?? undefined,
    consumer: row.consumer ?? undefined,
    domain: row.domain ?? undefined,
    fromDay: row.from_day ?? undefined,
    toDay: row.to_day ?? undefined,
    reason: row.reason,
    madeAt: row.made_at,
  }))
}

/**
 * Sets a hold, within the caller's transaction.
 * @param actId - the act in the audit log that it belongs to
 */
export async function insertHold(
  client: ClientBase,
  hold: LegalHold,
  actId: string,
): Promise<void> {
  const { exchangeId, service, consumer, domain, fromDay, toDay } = hold
  await client.query(
    `INSERT INTO sluice.legal_hold (hold_id, is_lift, exchange_id, service, consumer, domain, from_day,
                                    to_day, reason, made_at, act_id)
     VALUES ($1, false, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      ...[hold.holdId, exchangeId, service, consumer, domain, fromDay, toDay],
      ...[hold.reason, hold.madeAt, actId],
    ],
  )
}

/** Lifts a hold, within the caller's transaction. @returns false where none of this id is in force */
export async function insertLift(
  client: ClientBase,
  lift: { readonly holdId: string; readonly reason: string; readonly madeAt: Date },
  actId: string,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `INSERT INTO sluice.legal_hold (hold_id, is_lift, reason, made_at, act_id)
     SELECT hold_id, true, $2, $3, $4 FROM (${inForce}) h WHERE hold_id = $1`,
    [lift.holdId, lift.reason, lift.madeAt, actId],
  )
  return rowCount === 1
}

/**
 * Number of rows that holds and lifts have, with both of which nobody may come until the caller's
 * transaction has ended.
 */
export async function lockHolds(client: ClientBase): Promise<number> {
  await client.query('LOCK TABLE sluice.legal_hold IN SHARE MODE')
  return countHolds(client)
}

/** Holds and lifts so far: a number that grows with each of them. */
export async function countHolds(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ count: string }>('SELECT count(*) FROM sluice.legal_hold')
  return Number(rows[0]?.count)
}

/** An exchange that a hold keeps. */
export interface HeldExchange {
  readonly holdId: string
  readonly exchangeId: string
}

/** One exchange for each hold that keeps any before this id. */
export async function heldBefore(client: ClientBase, beforeId: string): Promise<HeldExchange[]> {
  const { rows } = await client.query<{ hold_id: string; exchange_id: string }>(
    `SELECT h.hold_id, held.exchange_id FROM (${inForce}) h
      CROSS JOIN LATERAL (SELECT e.exchange_id FROM sluice.message_log_entry e
                           WHERE e.exchange_id < $1 AND ${keeps} LIMIT 1) held
      ORDER BY h.hold_id`,
    [beforeId],
  )
  return rows.map((row) => ({ holdId: row.hold_id, exchangeId: row.exchange_id }))
}

/** Services of a range of exchanges of which a hold keeps any; '' stands for entries that name none. */
export async function heldServices(
  client: ClientBase,
  range: { readonly fromId: string; readonly beforeId: string },
): Promise<string[]> {
  const { rows } = await client.query<{ service: string }>(
    `SELECT DISTINCT coalesce(half.service, '') AS service
       FROM sluice.message_log_entry half
      WHERE half.exchange_id >= $1 AND half.exchange_id < $2
        AND half.exchange_id IN (
          SELECT e.exchange_id FROM sluice.message_log_entry e JOIN (${inForce}) h ON ${keeps}
           WHERE e.exchange_id >= $1 AND e.exchange_id < $2)`,
    [range.fromId, range.beforeId],
  )
  return rows.map(({ service }) => service)
}
