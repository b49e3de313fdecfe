import type { ClientBase } from 'pg'
import { v7 as newActId } from 'uuid'
import { canonicalJsonOf } from '../canonical-json.js'
import { actsPerStatement, actsShownMax } from '../limits/audit-log.js'
import { leafHashOf } from '../tlog/merkle.js'
import { decodeAct, encodeAct, type Act, type ActFields } from './act.js'

/**
 * Records an act within the caller's transaction: it is durable together with what it did, or neither
 * is.
 * @param client - in a transaction, under a login that may add to the audit log
 * @returns the act as recorded
 * @throws ActError for an act without actor, or above the limits
 */
export async function recordAct(
  client: ClientBase,
  act: Act,
  now: Date = new Date(),
): Promise<ActFields> {
  const [fields] = await recordActs(client, [act], now)
  if (!fields) throw new Error('one act was given')
  return fields
}

/**
 * The same for several acts, in their order.
 * @throws ActError before anything is written
 */
export async function recordActs(
  client: ClientBase,
  acts: readonly Act[],
  now: Date = new Date(),
): Promise<ActFields[]> {
  const encoded = acts.map((act) => encodeAct(act, newActId(), now))
  for (let start = 0; start < encoded.length; start += actsPerStatement) {
    const batch = encoded.slice(start, start + actsPerStatement)
    await client.query(
      `INSERT INTO sluice.audit_log_entry (act_id, kind, recorded_at, actor, entry, leaf_hash)
       SELECT id, kind, $1, actor, entry, leaf_hash
         FROM unnest($2::uuid[], $3::text[], $4::text[], $5::bytea[], $6::bytea[])
           AS act (id, kind, actor, entry, leaf_hash)`,
      [
        now,
        batch.map(({ fields }) => fields.actId),
        batch.map(({ fields }) => fields.kind),
        batch.map(({ fields }) => fields.actor),
        batch.map(({ bytes }) => bytes),
        batch.map((each) => each.leafHash),
      ],
    )
  }
  return encoded.map(({ fields }) => fields)
}

/** An act as it is stored. */
export interface StoredAct {
  readonly actId: string
  /** Undefined where the stored bytes are no entry at all. */
  readonly fields: ActFields | undefined
  readonly leafHash: Buffer
  /** Whether the stored bytes are canonical, have the stored leaf hash, and speak of this row. */
  readonly isIntact: boolean
}

/** Which acts somebody wants to see. */
export interface ActSelection {
  /** Acts after this one, oldest first; the newest acts where it is absent. */
  readonly after?: string | undefined
  readonly limit: number
}

interface Row {
  readonly act_id: string
  readonly kind: string
  readonly actor: string
  readonly entry: Buffer
  readonly leaf_hash: Buffer
}

/** Reads acts, oldest first. Changes nothing. */
export async function readActs(
  client: ClientBase,
  { after, limit }: ActSelection,
): Promise<StoredAct[]> {
  const [condition, order] = after === undefined ? ['true', 'DESC'] : ['act_id > $2', 'ASC']
  const found = await client.query<Row>(
    `SELECT act_id, kind, actor, entry, leaf_hash FROM sluice.audit_log_entry
      WHERE ${condition} ORDER BY act_id ${order} LIMIT $1`,
    [Math.min(limit, actsShownMax), ...(after === undefined ? [] : [after])],
  )
  const acts = found.rows.map(storedAct)
  return after === undefined ? acts.reverse() : acts
}

/** Acts of a time, from the newest back. */
export interface EarlierActs {
  /** Before this one. */
  readonly before?: string | undefined
  /** From this moment on, and before that one, by the ids of the acts. */
  readonly from?: Date | undefined
  readonly until?: Date | undefined
  readonly kind?: string | undefined
  readonly limit: number
}

/** Reads acts, newest first. Changes nothing. */
export async function readEarlierActs(
  client: Pick<ClientBase, 'query'>,
  { before, from, until, kind, limit }: EarlierActs,
): Promise<StoredAct[]> {
  const { rows } = await client.query<Row>(
    `SELECT act_id, kind, actor, entry, leaf_hash FROM sluice.audit_log_entry
      WHERE ($2::uuid IS NULL OR act_id < $2) AND ($3::uuid IS NULL OR act_id >= $3)
        AND ($4::uuid IS NULL OR act_id < $4) AND ($5::text IS NULL OR kind = $5)
      ORDER BY act_id DESC LIMIT $1`,
    [
      ...[Math.min(limit, actsShownMax), before ?? null, from ? firstIdAt(from) : null],
      ...[until ? firstIdAt(until) : null, kind ?? null],
    ],
  )
  return rows.map(storedAct)
}

const uuidDigits = 32
const momentDigits = 12

/** The smallest UUIDv7 of a moment (RFC 9562 §5.7): its first 48 bits are milliseconds, UTC. */
function firstIdAt(moment: Date): string {
  const ms = Math.max(0, moment.getTime()).toString(16).padStart(momentDigits, '0')
  return ms.padEnd(uuidDigits, '0')
}

function storedAct(row: Row): StoredAct {
  const stored = { actId: row.act_id, leafHash: row.leaf_hash }
  try {
    const fields = decodeAct(row.entry)
    return { ...stored, fields, isIntact: fits(row, fields) }
  } catch {
    return { ...stored, fields: undefined, isIntact: false }
  }
}

function fits(row: Row, fields: ActFields): boolean {
  return (
    row.entry.equals(Buffer.from(canonicalJsonOf({ ...fields }))) &&
    row.leaf_hash.equals(leafHashOf(row.entry)) &&
    row.act_id === fields.actId &&
    row.kind === fields.kind &&
    row.actor === fields.actor
  )
}
