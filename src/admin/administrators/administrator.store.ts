import type { ClientBase } from 'pg'
import type { MemberId } from '../../exchange/identifier.js'
import type { Administrator, AdministratorCertificate, NewAdministrator } from './administrator.js'

interface Row {
  readonly id: string
  readonly login: string
  readonly name: string
  readonly email: string | null
  readonly member: MemberId | null
  readonly status: Administrator['status']
  readonly has_password: boolean
  readonly must_change_password: boolean
  readonly has_totp: boolean
  readonly locked_until: Date | null
  readonly oidc_issuer: string | null
  readonly oidc_subject: string | null
  readonly certificates: readonly Record<keyof AdministratorCertificate, string>[]
  readonly created_at: Date
  readonly revision: string
}

/** What of a row may be changed, by column. */
export interface AdministratorChange {
  readonly name?: string
  readonly email?: string | null
  readonly member?: MemberId | null
  readonly status?: Administrator['status']
  readonly password_hash?: string
  readonly must_change_password?: boolean
  readonly failures?: number
  readonly locked_until?: Date | null
  readonly totp_secret?: Buffer | null
  readonly totp_confirmed_at?: Date | null
  readonly totp_last_step?: number | null
  readonly totp_pending?: Buffer | null
  readonly oidc_issuer?: string | null
  readonly oidc_subject?: string | null
}

// Passwords and secrets do not leave the database with it.
const columns = `
  a.id, a.login, a.name, a.email, a.member, a.status, a.password_hash IS NOT NULL AS has_password,
  a.must_change_password, a.totp_confirmed_at IS NOT NULL AS has_totp, a.locked_until, a.oidc_issuer,
  a.oidc_subject, a.created_at, a.revision,
  (SELECT coalesce(jsonb_agg(jsonb_build_object('thumbprint', c.thumbprint, 'subject', c.subject,
            'expiresAt', c.expires_at, 'addedAt', c.added_at) ORDER BY c.added_at), '[]')
     FROM sluice.administrator_certificate c
    WHERE c.administrator = a.id AND c.removed_at IS NULL) AS certificates`

/** Which administrators somebody may see, and wants to. */
export interface AdministratorSelection {
  /** Of these members only; everybody where it is absent. */
  readonly members?: readonly MemberId[] | undefined
  /** Behind this one, in the order in which they were made. */
  readonly after?: string | undefined
  readonly limit: number
}

export async function findAdministrators(
  client: ClientBase,
  { members, after, limit }: AdministratorSelection,
): Promise<Administrator[]> {
  const { rows } = await client.query<Row>(
    `SELECT ${columns} FROM sluice.administrator a
      WHERE ($1::text[] IS NULL OR a.member = ANY ($1)) AND ($2::uuid IS NULL OR a.id > $2)
      ORDER BY a.id LIMIT $3`,
    [members ?? null, after ?? null, limit],
  )
  return rows.map(administratorOf)
}

/** @param by - `id` or `login` */
export async function readAdministrator(
  client: ClientBase,
  by: 'id' | 'login',
  value: string,
): Promise<Administrator | undefined> {
  const { rows } = await client.query<Row>(
    `SELECT ${columns} FROM sluice.administrator a WHERE a.${by} = $1`,
    [value],
  )
  return rows[0] && administratorOf(rows[0])
}

/** The same, and nobody else changes it until the transaction's end. */
export async function lockAdministrator(
  client: ClientBase,
  id: string,
): Promise<Administrator | undefined> {
  await client.query('SELECT FROM sluice.administrator WHERE id = $1 FOR UPDATE', [id])
  return readAdministrator(client, 'id', id)
}

/** The secret of an enrolment that is not confirmed yet, sealed; the row is held. */
export async function lockPendingTotp(client: ClientBase, id: string): Promise<Buffer | undefined> {
  const { rows } = await client.query<{ totp_pending: Buffer | null }>(
    'SELECT totp_pending FROM sluice.administrator WHERE id = $1 FOR UPDATE',
    [id],
  )
  return rows[0]?.totp_pending ?? undefined
}

/** @returns false where there is one of this login */
export async function insertAdministrator(
  client: ClientBase,
  id: string,
  { login, name, email, member }: NewAdministrator,
  passwordHash: string,
  now: Date,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `INSERT INTO sluice.administrator
       (id, login, name, email, member, status, password_hash, must_change_password, created_at)
     VALUES ($1, $2, $3, $4, $5, 'active', $6, true, $7) ON CONFLICT (login) DO NOTHING`,
    [id, login, name, email ?? null, member ?? null, passwordHash, now],
  )
  return rowCount === 1
}

/** Changes columns of one row, and its revision. */
export async function updateAdministrator(
  client: ClientBase,
  id: string,
  change: AdministratorChange,
): Promise<void> {
  const names = Object.keys(change)
  const set = names.map((name, index) => `${name} = $${index + 2}`)
  await client.query(
    `UPDATE sluice.administrator SET ${[...set, 'revision = revision + 1'].join(', ')} WHERE id = $1`,
    [id, ...(Object.values(change) as unknown[])],
  )
}

/** How many people of a member may log in. */
export async function countOfMember(client: ClientBase, member: MemberId): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    "SELECT count(*)::int FROM sluice.administrator WHERE member = $1 AND status = 'active'",
    [member],
  )
  return rows[0]?.count ?? 0
}

export async function isMember(client: ClientBase, id: string): Promise<boolean> {
  const { rowCount } = await client.query('SELECT FROM sluice.member WHERE id = $1', [id])
  return rowCount === 1
}

export async function isDomain(client: ClientBase, code: string): Promise<boolean> {
  const { rowCount } = await client.query('SELECT FROM sluice.domain WHERE code = $1', [code])
  return rowCount === 1
}

/** @returns false where some administrator has it */
export async function insertCertificate(
  client: ClientBase,
  administrator: string,
  { thumbprint, subject, expiresAt, addedAt }: AdministratorCertificate,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `INSERT INTO sluice.administrator_certificate (administrator, thumbprint, subject, expires_at, added_at)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (thumbprint) WHERE removed_at IS NULL DO NOTHING`,
    [administrator, thumbprint, subject, expiresAt, addedAt],
  )
  return rowCount === 1
}

/** @returns false where the administrator has none of this thumbprint */
export async function removeCertificate(
  client: ClientBase,
  administrator: string,
  thumbprint: string,
  now: Date,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE sluice.administrator_certificate SET removed_at = $3
      WHERE administrator = $1 AND thumbprint = $2 AND removed_at IS NULL`,
    [administrator, thumbprint, now],
  )
  return rowCount === 1
}

function administratorOf(row: Row): Administrator {
  const { id, login, name, email, member, status, oidc_issuer, oidc_subject } = row
  return {
    ...{ id, login, name, status },
    email: email ?? undefined,
    member: member ?? undefined,
    hasPassword: row.has_password,
    mustChangePassword: row.must_change_password,
    hasTotp: row.has_totp,
    lockedUntil: row.locked_until ?? undefined,
    oidc:
      oidc_issuer !== null && oidc_subject !== null
        ? { issuer: oidc_issuer, subject: oidc_subject }
        : undefined,
    certificates: row.certificates.map(({ thumbprint, subject, expiresAt, addedAt }) => ({
      ...{ thumbprint, subject },
      expiresAt: new Date(expiresAt),
      addedAt: new Date(addedAt),
    })),
    createdAt: row.created_at,
    revision: Number(row.revision),
  }
}
