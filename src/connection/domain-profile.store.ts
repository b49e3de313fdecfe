import type { CaseReader } from './case.store.js'
import { usualProfile, type Approver, type DomainProfile } from './domain-profile.js'

interface Row {
  readonly domain: string
  readonly approver: Approver
  readonly security_opinion: boolean
  readonly revision: number
}

/** Whether or not somebody has set it. */
export async function profileOf(client: CaseReader, domain: string): Promise<DomainProfile> {
  const { rows } = await client.query<Row>(
    `SELECT domain, approver, security_opinion, revision FROM sluice.connection_profile WHERE domain = $1`,
    [domain],
  )
  return rows[0] ? read(rows[0]) : usualProfile(domain)
}

/**
 * Sets a profile of which a caller saw this revision.
 * @returns undefined where it was changed meanwhile
 */
export async function setProfile(
  client: CaseReader,
  { domain, approver, securityOpinion }: Omit<DomainProfile, 'revision'>,
  seen: number,
): Promise<DomainProfile | undefined> {
  const { rows } = await client.query<Row>(
    seen === 0
      ? `INSERT INTO sluice.connection_profile AS p (domain, approver, security_opinion)
         VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING *`
      : `UPDATE sluice.connection_profile
            SET approver = $2, security_opinion = $3, revision = revision + 1
          WHERE domain = $1 AND revision = $4 RETURNING *`,
    seen === 0 ? [domain, approver, securityOpinion] : [domain, approver, securityOpinion, seen],
  )
  return rows[0] && read(rows[0])
}

export async function isDomain(client: CaseReader, domain: string): Promise<boolean> {
  const { rowCount } = await client.query('SELECT FROM sluice.domain WHERE code = $1', [domain])
  return rowCount === 1
}

function read({ domain, approver, security_opinion, revision }: Row): DomainProfile {
  return { domain, approver, securityOpinion: security_opinion, revision }
}
