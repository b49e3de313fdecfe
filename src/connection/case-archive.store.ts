import type { Archived, ConnectionCase } from './connection-case.js'
import type { CaseTransaction } from './case.store.js'

/** Of a case that the transaction has locked. */
export async function archiveCase(
  client: CaseTransaction,
  id: string,
  { at, by, reason }: Archived,
): Promise<void> {
  await client.query(
    `UPDATE sluice.connection_case
        SET archived_at = $2, archived_by = $3, archive_reason = $4, revision = revision + 1
      WHERE id = $1`,
    [id, at, JSON.stringify(by), reason],
  )
}

/** Whether what a case has connected is at its end: itself, or the system that offers it. */
export async function hasObjectEnded(
  client: CaseTransaction,
  { kind, objectId }: Pick<ConnectionCase, 'kind' | 'objectId'>,
): Promise<boolean> {
  const { rows } = await client.query(
    kind === 'resource'
      ? `SELECT FROM sluice.information_resource WHERE id = $1 AND status <> 'liquidated'`
      : `SELECT FROM sluice.subsystem s LEFT JOIN sluice.service v ON v.id = $1 AND v.subsystem = s.id
          WHERE s.id = array_to_string((string_to_array($1, '/'))[1:4], '/') AND s.status <> 'liquidated'
            AND (s.id = $1 OR v.status <> 'liquidated')`,
    [objectId],
  )
  return rows.length === 0
}

/**
 * Whether nobody can go on with a case in the participant's place: that has ended, or the object, or the system that is to offer
 * it, is another's by now.
 */
export async function isForsaken(
  client: CaseTransaction,
  { member, objectId }: Pick<ConnectionCase, 'member' | 'objectId'>,
): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT FROM sluice.member m WHERE m.id = $1 AND m.status <> 'liquidated' AND NOT EXISTS (
       SELECT FROM sluice.subsystem s
        WHERE s.id = array_to_string((string_to_array($2, '/'))[1:4], '/') AND coalesce(s.owner, s.member) <> $1)
      AND NOT EXISTS (SELECT FROM sluice.information_resource r WHERE r.id = $2 AND r.owner <> $1)`,
    [member, objectId],
  )
  return rows.length === 0
}
