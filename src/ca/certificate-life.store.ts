import type { ClientBase } from 'pg'
import type { Act, Actor } from '../audit-log/act.js'
import { recordActs } from '../audit-log/audit-log.store.js'
import type { SubsystemId } from '../exchange/identifier.js'
import { reasonCodes } from './certificate-records.store.js'

/** What has become of systems. */
export type LifeEvent = 'suspended' | 'resumed' | 'liquidated'

/** A certificate whose status followed its system's. */
export interface FollowedCertificate {
  readonly thumbprint: string
  readonly subsystem: string
}

const changes: Readonly<Record<LifeEvent, string>> = {
  suspended: `
    WITH held AS (
      UPDATE sluice.certificate SET status = 'held'
       WHERE subsystem = ANY ($1) AND status = 'active' RETURNING thumbprint, subsystem
    ), noted AS (
      INSERT INTO sluice.certificate_suspension (thumbprint) SELECT thumbprint FROM held
    )
    SELECT thumbprint, subsystem FROM held ORDER BY thumbprint`,
  resumed: `
    UPDATE sluice.certificate c SET status = 'active' FROM sluice.certificate_suspension s
     WHERE c.subsystem = ANY ($1) AND c.thumbprint = s.thumbprint AND c.status = 'held'
    RETURNING c.thumbprint, c.subsystem`,
  liquidated: `
    UPDATE sluice.certificate SET status = 'revoked'
     WHERE subsystem = ANY ($1) AND status <> 'revoked' RETURNING thumbprint, subsystem`,
}

const kinds = {
  suspended: 'certificate.hold',
  resumed: 'certificate.release',
  liquidated: 'certificate.revoke',
} as const
const statuses = { suspended: 'held', resumed: 'active', liquidated: 'revoked' } as const

/**
 * Lets certificates follow the life of their systems, whoever issued them: suspension holds those in use,
 * resumption releases those that suspension held and no others, liquidation revokes for good. Called within the
 * transaction that changes the systems, so that both are so or neither is; acts are recorded with it.
 * @param client - in that transaction, after the systems were changed
 * @param author - of the change, with its ground
 */
export async function followLife(
  client: ClientBase,
  subsystems: readonly SubsystemId[],
  event: LifeEvent,
  author: Actor & Pick<Act, 'reason'>,
): Promise<FollowedCertificate[]> {
  const { rows } = await client.query<FollowedCertificate>(changes[event], [subsystems])
  if (rows.length === 0) return rows
  const thumbprints = rows.map(({ thumbprint }) => thumbprint)
  if (event === 'liquidated') {
    await client.query('UPDATE sluice.ca_certificate SET reason = $2 WHERE thumbprint = ANY ($1)', [
      thumbprints,
      reasonCodes.cessationOfOperation,
    ])
  }
  const acts = rows.map(({ thumbprint, subsystem }): Act => ({
    ...author,
    kind: kinds[event],
    subject: `certificate ${thumbprint}`,
    after: { status: statuses[event], subsystem, because: event },
  }))
  await recordActs(client, acts)
  return rows
}
