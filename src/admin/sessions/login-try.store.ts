import type { ClientBase, Pool } from 'pg'
import {
  addressFailuresFree,
  addressMemoryMs,
  addressWaitMsMax,
  addressWaitMsMin,
  loginFailuresMax,
  loginLockMs,
} from '../administrators/limits.js'

// Tries are counted before they are looked at, and given back where they were right: whoever sends many at once has no
// more than whoever sends one after the other.

/**
 * Counts a try of a network address. Where none has to wait no time is compared, for the clocks of nodes differ.
 * @returns undefined, or from when on the address may try again
 */
export async function countAddressTry(
  client: ClientBase,
  address: string,
  now: Date,
): Promise<Date | undefined> {
  const counted = await client.query(
    `INSERT INTO sluice.admin_login_address AS known (address, failures, failed_at, next_at)
     VALUES ($1, 1, $2, '-infinity')
     ON CONFLICT (address) DO UPDATE SET
       failures = CASE WHEN known.failed_at < $3 THEN 1 ELSE known.failures + 1 END,
       failed_at = $2,
       next_at = CASE WHEN known.failed_at < $3 OR known.failures < $4 THEN '-infinity'::timestamptz
                 ELSE $2::timestamptz + interval '1 ms'
                      * least($6::float8, $5 * 2.0 ^ least(known.failures - $4, 30)) END
     WHERE known.next_at <= $2`,
    [
      ...[address, now, new Date(now.getTime() - addressMemoryMs)],
      ...[addressFailuresFree, addressWaitMsMin, addressWaitMsMax],
    ],
  )
  if (counted.rowCount === 1) return undefined
  const { rows } = await client.query<{ next_at: Date }>(
    'SELECT next_at FROM sluice.admin_login_address WHERE address = $1',
    [address],
  )
  return rows[0]?.next_at
}

/** The try was right; what others at the same address did wrong stays. */
export async function forgiveAddressTry(client: ClientBase, address: string): Promise<void> {
  await client.query(
    `UPDATE sluice.admin_login_address SET failures = greatest(failures - 1, 0) WHERE address = $1`,
    [address],
  )
}

/** Forgets addresses that were not wrong for long. */
export async function forgetAddresses(pool: Pool, now: Date): Promise<void> {
  await pool.query('DELETE FROM sluice.admin_login_address WHERE failed_at < $1', [
    new Date(now.getTime() - addressMemoryMs),
  ])
}

/** What a password and a code are compared with. */
export interface LoginRecord {
  readonly id: string
  readonly name: string
  readonly passwordHash: string
  /** Sealed; undefined where no codes are asked for. */
  readonly totpSecret: Buffer | undefined
  /** Whether this try locks the password, unless it is right. */
  readonly isLast: boolean
}

interface Row {
  readonly id: string
  readonly name: string
  readonly password_hash: string
  readonly totp_secret: Buffer | null
  readonly failures: number
}

/**
 * Counts a try of an administrator's password; the fifth in a row locks it.
 * @returns undefined where there is no such administrator, or it may not log in by password now
 */
export async function countPasswordTry(
  client: ClientBase,
  by: 'login' | 'id',
  value: string,
  now: Date,
): Promise<LoginRecord | undefined> {
  const { rows } = await client.query<Row>(
    `UPDATE sluice.administrator SET
       failures = CASE WHEN locked_until IS NULL THEN failures + 1 ELSE 1 END,
       locked_until = CASE WHEN locked_until IS NULL AND failures + 1 >= $3
                      THEN $2::timestamptz + interval '1 ms' * $4 END
      WHERE ${by} = $1 AND status = 'active' AND password_hash IS NOT NULL
        AND (locked_until IS NULL OR locked_until <= $2)
      RETURNING id, name, password_hash, failures,
                CASE WHEN totp_confirmed_at IS NOT NULL THEN totp_secret END AS totp_secret`,
    [value, now, loginFailuresMax, loginLockMs],
  )
  const [row] = rows
  return (
    row && {
      id: row.id,
      name: row.name,
      passwordHash: row.password_hash,
      totpSecret: row.totp_secret ?? undefined,
      isLast: row.failures >= loginFailuresMax,
    }
  )
}

/** What was right about a try. */
export interface RightTry {
  readonly id: string
  /** That the password was compared with. */
  readonly passwordHash: string
  /** Time step of the code; undefined where none was asked for. */
  readonly totpStep?: number | undefined
  /** Of the recovery code that stood for it. */
  readonly recoveryHash?: Buffer | undefined
}

/**
 * Gives the tries back, and takes the code for used.
 * @returns false where the code was used before, or another password was set meanwhile
 */
export async function acceptPasswordTry(
  client: ClientBase,
  { id, passwordHash, totpStep, recoveryHash }: RightTry,
  now: Date,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE sluice.administrator
        SET failures = 0, locked_until = NULL, totp_last_step = coalesce($3, totp_last_step)
      WHERE id = $1 AND status = 'active' AND password_hash = $2
        AND ($3::bigint IS NULL OR totp_last_step IS NULL OR totp_last_step < $3)`,
    [id, passwordHash, totpStep ?? null],
  )
  if (rowCount !== 1) return false
  return recoveryHash === undefined || (await useRecoveryCode(client, id, recoveryHash, now))
}

async function useRecoveryCode(
  client: ClientBase,
  administrator: string,
  hash: Buffer,
  now: Date,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE sluice.administrator_recovery_code SET ended_at = $3
      WHERE administrator = $1 AND hash = $2 AND ended_at IS NULL`,
    [administrator, hash, now],
  )
  return rowCount === 1
}

/** Other recovery codes take the place of those that there are. */
export async function replaceRecoveryCodes(
  client: ClientBase,
  administrator: string,
  hashes: readonly Buffer[],
  now: Date,
): Promise<void> {
  await client.query(
    `UPDATE sluice.administrator_recovery_code SET ended_at = $2
      WHERE administrator = $1 AND ended_at IS NULL`,
    [administrator, now],
  )
  await client.query(
    `INSERT INTO sluice.administrator_recovery_code (administrator, hash, made_at)
     SELECT $1, hash, $2 FROM unnest($3::bytea[]) AS hash`,
    [administrator, now, hashes],
  )
}
