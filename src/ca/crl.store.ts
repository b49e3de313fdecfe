import { createHash } from 'node:crypto'
import type { ClientBase, Pool } from 'pg'
import type { CaKey } from '../trust/issuing/ca-key.js'
import { issueRevocationList, type Revocation } from '../trust/issuing/issue-revocation-list.js'
import type { CaAuthority } from './authority.store.js'
import { reasonOf } from './certificate-records.store.js'
import { crlExpiredKeptMs, crlRenewFraction } from './limits.js'

/** A revocation list of this CA. */
export interface PublishedList {
  /** CRL number (RFC 5280 §5.2.3). */
  readonly number: number
  readonly thisUpdate: Date
  readonly nextUpdate: Date
  readonly der: Buffer
  /** base64url SHA-256 of the DER. */
  readonly digest: string
}

export interface ListMaker {
  readonly pool: Pool
  readonly key: CaKey
  readonly authority: CaAuthority
  /** How long a list says that it holds. */
  readonly holdsMs: number
}

// One number of our own among the database's advisory locks.
const listLock = 7_583_142_031

/** The newest list; undefined where there is none yet. */
export async function newestList(
  database: Pool | ClientBase,
  issuer: string,
): Promise<PublishedList | undefined> {
  return (await newest(database, issuer))?.list
}

/**
 * The list that says what the registry says now: the newest one, or another with the next number where something has
 * changed since, or it has lived half its life. Nodes take turns, so that numbers rise and none is left out.
 */
export async function makeList(maker: ListMaker, now = new Date()): Promise<PublishedList> {
  const { pool, authority } = maker
  const known = await newest(pool, authority.thumbprint)
  if (known && !isDue(known, await stateOf(pool, authority), now)) return known.list
  const client = await pool.connect()
  let broken = false
  try {
    await client.query('BEGIN')
    await client.query('SELECT pg_advisory_xact_lock($1)', [listLock])
    const list = await makeUnderLock(client, maker, now)
    await client.query('COMMIT')
    return list
  } catch (error) {
    await client.query('ROLLBACK').catch(() => (broken = true))
    throw error
  } finally {
    client.release(broken)
  }
}

interface Known {
  readonly list: PublishedList
  readonly state: number
}

function isDue({ list, state }: Known, present: number, now: Date): boolean {
  const holdsMs = list.nextUpdate.getTime() - list.thisUpdate.getTime()
  const renewedAt = list.nextUpdate.getTime() - holdsMs * crlRenewFraction
  return state !== present || now.getTime() >= renewedAt
}

async function newest(database: Pool | ClientBase, issuer: string): Promise<Known | undefined> {
  const { rows } = await database.query<{
    number: string
    this_update: Date
    next_update: Date
    state: string
    der: Buffer
  }>(
    `SELECT number, this_update, next_update, state, der FROM sluice.ca_crl
      WHERE issuer = $1 ORDER BY number DESC LIMIT 1`,
    [issuer],
  )
  const [row] = rows
  if (!row) return undefined
  const { der, this_update: thisUpdate, next_update: nextUpdate } = row
  const list = { number: Number(row.number), thisUpdate, nextUpdate, der, digest: digestOf(der) }
  return { list, state: Number(row.state) }
}

/** Read before the entries: what changes meanwhile is on the next list. */
async function stateOf(database: Pool | ClientBase, { thumbprint }: CaAuthority): Promise<number> {
  const { rows } = await database.query<{ state: string }>(
    'SELECT state FROM sluice.ca_authority WHERE thumbprint = $1',
    [thumbprint],
  )
  return Number(rows[0]?.state ?? 0)
}

async function makeUnderLock(
  client: ClientBase,
  { key, authority, holdsMs }: ListMaker,
  now: Date,
): Promise<PublishedList> {
  const issuer = authority.thumbprint
  const known = await newest(client, issuer)
  const state = await stateOf(client, authority)
  if (known && !isDue(known, state, now)) return known.list
  const number = (known?.list.number ?? 0) + 1
  // Whole seconds, as the list says them; never before the list of before.
  const thisUpdate = new Date(Math.floor(now.getTime() / 1_000) * 1_000)
  const nextUpdate = new Date(thisUpdate.getTime() + holdsMs)
  const revocations = await listed(client, issuer, now)
  const terms = { thisUpdate, nextUpdate, number, revocations }
  const { der } = await issueRevocationList(terms, { certificate: authority, key })
  await client.query(
    `INSERT INTO sluice.ca_crl (issuer, number, this_update, next_update, state, der)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [issuer, number, thisUpdate, nextUpdate, state, der],
  )
  return { number, thisUpdate, nextUpdate, der, digest: digestOf(der) }
}

async function listed(client: ClientBase, issuer: string, now: Date): Promise<Revocation[]> {
  const { rows } = await client.query<{ serial: string; status_at: Date; reason: number | null }>(
    `SELECT serial, status_at, reason FROM sluice.ca_certificate
      WHERE issuer = $1 AND status <> 'active' AND not_after > $2 ORDER BY status_at, serial`,
    [issuer, new Date(now.getTime() - crlExpiredKeptMs)],
  )
  return rows.map((row) => ({
    serialNumber: row.serial,
    revokedAt: row.status_at,
    reason: row.reason === null ? undefined : reasonOf(row.reason),
  }))
}

function digestOf(der: Buffer): string {
  return createHash('sha256').update(der).digest('base64url')
}
