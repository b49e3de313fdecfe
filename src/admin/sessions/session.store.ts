import type { ClientBase, Pool } from 'pg'
import {
  sessionAddressesMax,
  sessionIdleMsMax,
  sessionSeenEveryMs,
} from '../administrators/limits.js'
import type { RoleAssignment } from '../caller.js'
import type { Role } from '../permission.js'

/** How somebody logged in. */
export type LoginWay = 'password' | 'certificate' | 'oidc'

/** Why a session ended before its time. */
export type RevocationCause =
  'logout' | 'password' | 'disabled' | 'role' | 'credentials' | 'replaced' | 'officer'

/** A session that is good now, with all that a request needs to know. */
export interface LiveSession {
  readonly id: string
  readonly administratorId: string
  readonly login: string
  readonly name: string
  readonly way: LoginWay
  /** Addresses that it was used from. */
  readonly addresses: readonly string[]
  readonly mustChangePassword: boolean
  readonly hasTotp: boolean
  /** In force now. */
  readonly assignments: readonly RoleAssignment[]
}

interface LiveRow extends Omit<LiveSession, 'assignments'> {
  readonly assignments: readonly {
    readonly role: Role
    readonly scope: string | null
    readonly from: string
    readonly until: string | null
  }[]
}

const live = 'revoked_at IS NULL AND ends_at > $2 AND last_seen_at > $3'

// One statement, so that nothing changes between the session and what its administrator may do.
const liveSession = (by: 'token_hash' | 'id') => `
  WITH seen AS (
    UPDATE sluice.admin_session SET last_seen_at = $2
     WHERE ${by} = $1 AND ${live} AND last_seen_at < $4)
  SELECT s.id, s.administrator AS "administratorId", a.login, a.name, s.way, s.addresses,
         a.must_change_password AS "mustChangePassword", a.totp_confirmed_at IS NOT NULL AS "hasTotp",
         (SELECT coalesce(jsonb_agg(jsonb_build_object('role', r.role, 'scope', r.scope,
                   'from', r.valid_from, 'until', r.valid_until) ORDER BY r.id), '[]')
            FROM sluice.role_assignment r
           WHERE r.administrator = a.id AND r.valid_from <= $2
             AND (r.valid_until IS NULL OR r.valid_until > $2)) AS assignments
    FROM sluice.admin_session s JOIN sluice.administrator a ON a.id = s.administrator
   WHERE s.${by} = $1 AND ${live} AND a.status = 'active'`
const liveSessionBy = { token_hash: liveSession('token_hash'), id: liveSession('id') }

/**
 * A session that is good, asked of the database each time: what was revoked on one node is revoked on all.
 * @param by - the token's hash, or the session's id
 */
export async function findLiveSession(
  pool: Pool,
  by: keyof typeof liveSessionBy,
  value: Buffer | string,
  now: Date,
): Promise<LiveSession | undefined> {
  const { rows } = await pool.query<LiveRow>(liveSessionBy[by], [
    ...[value, now, before(now, sessionIdleMsMax), before(now, sessionSeenEveryMs)],
  ])
  const [row] = rows
  if (!row) return undefined
  const assignments = row.assignments.map(({ role, scope, from, until }) => ({
    role,
    scope: scope ?? undefined,
    from: new Date(from),
    until: until === null ? undefined : new Date(until),
  }))
  return { ...row, assignments }
}

export interface NewSession {
  readonly id: string
  readonly hash: Buffer
  readonly administrator: string
  readonly address: string
  readonly way: LoginWay
  readonly endsAt: Date
}

export async function insertSession(
  client: ClientBase,
  { id, hash, administrator, address, way, endsAt }: NewSession,
  now: Date,
): Promise<void> {
  await client.query(
    `INSERT INTO sluice.admin_session
       (id, token_hash, administrator, addresses, way, created_at, last_seen_at, ends_at)
     VALUES ($1, $2, $3, ARRAY[$4], $5, $6, $6, $7)`,
    [id, hash, administrator, address, way, now, endsAt],
  )
}

/** A session as its administrator sees it. */
export interface SessionOverview {
  readonly id: string
  readonly way: LoginWay
  readonly addresses: readonly string[]
  readonly createdAt: Date
  readonly lastSeenAt: Date
  readonly endsAt: Date
}

/** Sessions of an administrator that are good now, oldest first. */
export async function liveSessionsOf(
  client: ClientBase | Pool,
  administrator: string,
  now: Date,
): Promise<SessionOverview[]> {
  const { rows } = await client.query<SessionOverview>(
    `SELECT id, way, addresses, created_at AS "createdAt", last_seen_at AS "lastSeenAt", ends_at AS "endsAt"
       FROM sluice.admin_session WHERE administrator = $1 AND ${live} ORDER BY id`,
    [administrator, now, before(now, sessionIdleMsMax)],
  )
  return rows
}

/** Which sessions are ended. */
export interface Revocation {
  readonly administrator: string
  /** These only; all of the administrator's where it is absent. */
  readonly ids?: readonly string[]
  readonly because: RevocationCause
}

/** @returns how many were ended now */
export async function revokeSessions(
  client: ClientBase,
  { administrator, ids, because }: Revocation,
  now: Date,
): Promise<number> {
  const { rowCount } = await client.query(
    `UPDATE sluice.admin_session SET revoked_at = $2, revoked_because = $3
      WHERE administrator = $1 AND revoked_at IS NULL AND ends_at > $2
        AND ($4::uuid[] IS NULL OR id = ANY ($4))`,
    [administrator, now, because, ids ?? null],
  )
  return rowCount ?? 0
}

/** Notes a further address of a session. @returns whether this call was the one that did */
export async function addSessionAddress(
  client: ClientBase,
  id: string,
  address: string,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE sluice.admin_session SET addresses = addresses || $2::text
      WHERE id = $1 AND NOT $2 = ANY (addresses) AND cardinality(addresses) < $3`,
    [id, address, sessionAddressesMax],
  )
  return rowCount === 1
}

function before(now: Date, ms: number): Date {
  return new Date(now.getTime() - ms)
}
