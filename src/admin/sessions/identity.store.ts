import type { ClientBase } from 'pg'

/** Somebody who has shown who they are by other means than a password. */
export interface FoundAdministrator {
  readonly id: string
  readonly name: string
}

// The row is held until the transaction's end: two sessions that begin at once see each other.

/**
 * Whose certificate it is.
 * @param thumbprint - SHA-256 of the DER, base64url
 */
export async function lockByCertificate(
  client: ClientBase,
  thumbprint: string,
): Promise<FoundAdministrator | undefined> {
  const { rows } = await client.query<FoundAdministrator>(
    `SELECT a.id, a.name FROM sluice.administrator a
       JOIN sluice.administrator_certificate c ON c.administrator = a.id
      WHERE c.thumbprint = $1 AND c.removed_at IS NULL AND a.status = 'active' FOR UPDATE OF a`,
    [thumbprint],
  )
  return rows[0]
}

/** Who is bound to a subject of an OpenID provider. */
export async function lockByOpenId(
  client: ClientBase,
  issuer: string,
  subject: string,
): Promise<FoundAdministrator | undefined> {
  const { rows } = await client.query<FoundAdministrator>(
    `SELECT id, name FROM sluice.administrator
      WHERE oidc_issuer = $1 AND oidc_subject = $2 AND status = 'active' FOR UPDATE`,
    [issuer, subject],
  )
  return rows[0]
}
