import { createHash } from 'node:crypto'
import type { ClientBase, Pool } from 'pg'
import type { Actor } from '../audit-log/act.js'
import { recordAct } from '../audit-log/audit-log.store.js'
import { pemOf, readCertificate } from '../registry/declaration/certificate-file.js'
import { parseCertificate } from '../trust/x509/certificate.js'
import type { CaKey } from '../trust/issuing/ca-key.js'
import { keyDigestOf } from './key-digest.js'
import { planAuthority } from './registry-change.js'
import { changeRegistry } from './registry-transaction.store.js'

/** The CA's own certificate, by which it issues. */
export interface CaAuthority {
  readonly der: Buffer
  /** base64url SHA-256 of the DER. */
  readonly thumbprint: string
  /** Its name among the registry's authorities. */
  readonly name: string
  readonly notAfter: Date
}

/** The certificate that was installed last for this key; undefined where there is none yet. */
export async function findAuthority(
  database: Pool | ClientBase,
  key: CaKey,
): Promise<CaAuthority | undefined> {
  const { rows } = await database.query<{
    thumbprint: string
    name: string
    der: Buffer
    not_after: Date
  }>(
    `SELECT thumbprint, name, der, not_after FROM sluice.ca_authority
      WHERE key_digest = $1 ORDER BY installed_at DESC LIMIT 1`,
    [keyDigestOf(key.publicKey)],
  )
  const [row] = rows
  return row && { ...row, notAfter: row.not_after }
}

export interface AuthorityInstall {
  readonly der: Buffer
  readonly name: string
  readonly key: CaKey
  /** An anchor, or below a root elsewhere that the registry has. */
  readonly role: 'anchor' | 'intermediate'
  /** Where the CA publishes its lists; without it the registry alone says what is revoked. */
  readonly publicUrl: string | undefined
  readonly author: Actor & { readonly reason?: string | undefined }
}

/**
 * Makes a certificate the CA's own, and an accepted authority of the registry, in one transaction.
 * @throws CaError STATUS_REFUSED where the registry does not take it
 */
export async function installAuthority(
  pool: Pool,
  { der, name, key, role, publicUrl, author }: AuthorityInstall,
): Promise<CaAuthority> {
  readCertificate(der)
  const { notAfter, subject } = parseCertificate(der)
  const thumbprint = createHash('sha256').update(der).digest('base64url')
  const crl = publicUrl === undefined ? null : `${publicUrl}/pki/crl.der`
  const change = {
    ...{ name, pem: pemOf(der), role, status: 'accepted' },
    ...(crl === null ? { revocation: 'none' } : { revocation: 'crl', crl }),
  }
  await changeRegistry(
    pool,
    (content) => planAuthority(content, change),
    async (client, plan) => {
      await client.query(
        `INSERT INTO sluice.ca_authority (thumbprint, key_digest, name, der, not_after)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (thumbprint) DO NOTHING`,
        [thumbprint, keyDigestOf(key.publicKey), name, der, notAfter],
      )
      const [entry] = plan.entryChanges
      await recordAct(client, {
        ...author,
        kind: 'ca.install',
        subject: `authority ${name}`,
        before: entry?.before,
        after: { thumbprint, subject: subject.text, notAfter: notAfter.toISOString(), role },
      })
    },
  )
  return { der, thumbprint, name, notAfter }
}
