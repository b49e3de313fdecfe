import type { ClientBase } from 'pg'
import { CaError } from './ca-error.js'
import { keyTroubleOf } from './certificate-records.store.js'
import { keyDigestOf } from './key-digest.js'

/**
 * Looks whether a system may have this key: a key belongs to one system, whoever issued its certificate, and to none once one over it was
 * revoked. Seen before anybody decides, where what is decided cannot be undone.
 * @param spki - SubjectPublicKeyInfo, DER
 * @throws CaError KEY_IN_USE
 */
export async function checkKeyIsFree(
  client: ClientBase,
  spki: Buffer,
  subsystem: string,
): Promise<void> {
  const { rows } = await client.query(
    'SELECT FROM sluice.certificate WHERE subsystem <> $1 AND position($2::bytea IN der) > 0 LIMIT 1',
    [subsystem, spki],
  )
  if (rows.length > 0) throw keyInUse('another system')
  const trouble = await keyTroubleOf(client, keyDigestOf(spki), subsystem)
  if (trouble) throw keyInUse(trouble)
}

export function keyInUse(whose: 'another system' | 'revoked'): CaError {
  return new CaError(
    'KEY_IN_USE',
    whose === 'revoked'
      ? 'The key is that of a revoked certificate. Make another one.'
      : 'The key is that of another system’s certificate. Each system has a key of its own.',
  )
}
