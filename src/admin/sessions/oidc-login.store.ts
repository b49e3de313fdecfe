import type { Pool } from 'pg'

/**
 * Takes a login that comes back from the provider: each comes back once.
 * @param endsAt - when it could come back no more, and need not be remembered
 * @returns false for one that has come back already
 */
export async function takeOidcLogin(
  pool: Pool,
  stateHash: Buffer,
  endsAt: Date,
  now: Date,
): Promise<boolean> {
  await pool.query('DELETE FROM sluice.admin_oidc_login WHERE ends_at <= $1', [now])
  const { rowCount } = await pool.query(
    `INSERT INTO sluice.admin_oidc_login (state_hash, ends_at) VALUES ($1, $2)
     ON CONFLICT DO NOTHING`,
    [stateHash, endsAt],
  )
  return rowCount === 1
}
