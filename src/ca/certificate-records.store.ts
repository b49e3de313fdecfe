import type { ClientBase, Pool } from 'pg'
import type { HolderType } from './certificate-profile.js'

/** Why a certificate is not in use, in the words of RFC 5280 §5.3.1. */
export const reasonCodes = {
  unspecified: 0,
  keyCompromise: 1,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  certificateHold: 6,
  privilegeWithdrawn: 9,
} as const
export type Reason = keyof typeof reasonCodes
/** Those that somebody may revoke by. */
export const revocationReasons = [
  'unspecified',
  'keyCompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'privilegeWithdrawn',
] as const
export type RevocationReason = (typeof revocationReasons)[number]

export type CertificateState = 'active' | 'held' | 'revoked'

/** A certificate that this CA has issued. */
export interface CertificateRecord {
  /** Lower-case hexadecimal. */
  readonly serial: string
  readonly thumbprint: string
  readonly subsystem: string
  readonly holder: HolderType
  readonly der: Buffer
  readonly notBefore: Date
  readonly notAfter: Date
  /** Serial number of the one that it takes the place of. */
  readonly renews: string | undefined
  readonly requester: string
  readonly issuedBy: string
  readonly issuedAt: Date
  readonly status: CertificateState
  readonly statusAt: Date
  readonly reason: Reason | undefined
  /** Held because its system is suspended, and for nothing else. */
  readonly heldBySuspension: boolean
  readonly revision: number
}

interface Row {
  readonly serial: string
  readonly thumbprint: string
  readonly subsystem: string
  readonly holder: HolderType
  readonly der: Buffer
  readonly not_before: Date
  readonly not_after: Date
  readonly renews: string | null
  readonly requester: string
  readonly issued_by: string
  readonly issued_at: Date
  readonly status: CertificateState
  readonly status_at: Date
  readonly reason: number | null
  readonly suspended: boolean
  readonly revision: number
}

const columns = `c.serial, c.thumbprint, c.subsystem, c.holder, r.der, c.not_before, c.not_after, c.renews,
  c.requester, c.issued_by, c.issued_at, c.status, c.status_at, c.reason, s.thumbprint IS NOT NULL AS suspended, c.revision`
const from = `sluice.ca_certificate c JOIN sluice.certificate r USING (thumbprint)
  LEFT JOIN sluice.certificate_suspension s USING (thumbprint)`

export async function findCertificate(
  database: Pool | ClientBase,
  serial: string,
): Promise<CertificateRecord | undefined> {
  const { rows } = await database.query<Row>(`SELECT ${columns} FROM ${from} WHERE c.serial = $1`, [
    serial,
  ])
  return rows[0] && recordOf(rows[0])
}

/** Which certificates somebody wants to see, and may. */
export interface CertificateSelection {
  readonly subsystem?: string | undefined
  readonly status?: CertificateState | undefined
  /** Of these members' systems only. */
  readonly owners?: readonly string[] | undefined
  /** Serial number of the last one seen. */
  readonly after?: string | undefined
  readonly limit: number
}

/** In the order of serial numbers, which says nothing and stays as it is. */
export async function listCertificates(
  database: Pool | ClientBase,
  { subsystem, status, owners, after = '', limit }: CertificateSelection,
): Promise<CertificateRecord[]> {
  const { rows } = await database.query<Row>(
    `SELECT ${columns} FROM ${from} JOIN sluice.subsystem y ON y.id = c.subsystem
      WHERE c.serial > $1 AND ($2::text IS NULL OR c.subsystem = $2)
        AND ($3::text IS NULL OR c.status = $3)
        AND ($4::text[] IS NULL OR coalesce(y.owner, y.member) = ANY ($4))
      ORDER BY c.serial LIMIT $5`,
    [after, subsystem ?? null, status ?? null, owners ?? null, limit],
  )
  return rows.map(recordOf)
}

/** How many certificates were issued to one type of holder in one month. */
export interface CertificateCount {
  /** `2026-11`, in UTC. */
  readonly month: string
  readonly holder: HolderType
  readonly issued: number
  /** Of those, in use now. */
  readonly active: number
}

export async function countCertificates(
  database: Pool | ClientBase,
  { from: first, until }: { readonly from?: Date | undefined; readonly until?: Date | undefined },
): Promise<CertificateCount[]> {
  const { rows } = await database.query<{
    month: string
    holder: HolderType
    issued: string
    active: string
  }>(
    `SELECT to_char(issued_at AT TIME ZONE 'UTC', 'YYYY-MM') AS month, holder, count(*) AS issued,
            count(*) FILTER (WHERE status = 'active' AND not_after > now()) AS active
       FROM sluice.ca_certificate
      WHERE issued_at >= coalesce($1, '-infinity'::timestamptz) AND issued_at < coalesce($2, 'infinity'::timestamptz)
      GROUP BY 1, 2 ORDER BY 1, 2`,
    [first ?? null, until ?? null],
  )
  return rows.map((row) => ({ ...row, issued: Number(row.issued), active: Number(row.active) }))
}

/** Whether the key is that of a certificate that was revoked, or of another system's. */
export async function keyTroubleOf(
  database: Pool | ClientBase,
  keyDigest: string,
  subsystem: string,
): Promise<'revoked' | 'another system' | undefined> {
  const { rows } = await database.query<{ subsystem: string; status: CertificateState }>(
    'SELECT subsystem, status FROM sluice.ca_certificate WHERE key_digest = $1',
    [keyDigest],
  )
  if (rows.some((row) => row.subsystem !== subsystem)) return 'another system'
  return rows.some(({ status }) => status === 'revoked') ? 'revoked' : undefined
}

function recordOf(row: Row): CertificateRecord {
  const { serial, thumbprint, subsystem, holder, der, requester, status, revision } = row
  return {
    ...{ serial, thumbprint, subsystem, holder, der, requester, status, revision },
    notBefore: row.not_before,
    notAfter: row.not_after,
    renews: row.renews ?? undefined,
    issuedBy: row.issued_by,
    issuedAt: row.issued_at,
    statusAt: row.status_at,
    reason: row.reason === null ? undefined : reasonOf(row.reason),
    heldBySuspension: row.suspended,
  }
}

export function reasonOf(code: number): Reason {
  const found = Object.entries(reasonCodes).find(([, each]) => each === code)
  return (found?.[0] ?? 'unspecified') as Reason
}
