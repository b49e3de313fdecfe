import type { MemberId } from '../exchange/identifier.js'
import type { CaseReader, CaseTransaction } from './case.store.js'
import type { Contact } from '../conformity/application.js'

/** That a member has merged into another. */
export interface Merger {
  readonly from: MemberId
  readonly into: MemberId
}

const openCases = `state NOT IN ('REFUSED', 'CONNECTED', 'WITHDRAWN') AND archived_at IS NULL`

/** Before the registry is locked, as every step of a case does it: who does it the other way round waits for ever. */
export async function lockOpenCases(client: CaseTransaction, member: string): Promise<void> {
  await client.query(
    `SELECT FROM sluice.connection_case WHERE member = $1 AND ${openCases} ORDER BY id FOR UPDATE`,
    [member],
  )
}

/**
 * Makes the open cases of a member, drafts too, those of the one that it has merged into, with their applications; who answers for
 * them is then who answers for that one, where it has named somebody.
 * @returns their ids
 */
export async function passCases(
  client: CaseTransaction,
  { from, into }: Merger,
  responsible: Contact | undefined,
): Promise<string[]> {
  const own = { member: into, ...(responsible && { responsible }) }
  const { rows } = await client.query<{ id: string }>(
    `UPDATE sluice.connection_case
        SET member = $2, application = application || $3::jsonb, revision = revision + 1
      WHERE member = $1 AND ${openCases} RETURNING id`,
    [from, into, JSON.stringify(own)],
  )
  return rows.map(({ id }) => id).sort()
}

/** Who answers for a member, where there is somebody whom an application can name. */
export async function responsibleOf(
  client: CaseReader,
  member: MemberId,
  now: Date,
): Promise<Contact | undefined> {
  const { rows } = await client.query<Contact>(
    `SELECT name, post, email, phone FROM sluice.responsible_person
      WHERE member = $1 AND kind = 'responsible' AND post <> '' AND phone ~ '^[+]?[0-9][0-9 ()-]{4,29}$'
        AND from_time <= $2 AND (until_time IS NULL OR until_time > $2)
      ORDER BY from_time DESC, id DESC LIMIT 1`,
    [member, now],
  )
  return rows[0]
}

/** A member, and all that have merged into it. */
export async function withMerged(client: CaseReader, member: MemberId): Promise<MemberId[]> {
  const { rows } = await client.query<{ id: MemberId }>(
    'SELECT id FROM sluice.with_merged($1) AS merged (id)',
    [[member]],
  )
  return rows.map(({ id }) => id)
}

/** Whether a case, whoever's it was, is read by one of these members: its own, or what has merged into them. */
export async function isOfMembers(
  client: CaseReader,
  id: string,
  members: readonly MemberId[],
): Promise<boolean> {
  if (members.length === 0) return false
  const { rows } = await client.query(
    `SELECT FROM sluice.connection_case
      WHERE id = $1 AND member IN (SELECT sluice.with_merged($2))`,
    [id, members],
  )
  return rows.length > 0
}
