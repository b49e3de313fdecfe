import type { ClientBase, Pool } from 'pg'
import { serviceCodeOf } from '../exchange/identifier.js'
import type { FiledWindow } from './filed-window.js'

type Queried = Pick<Pool, 'query'> | Pick<ClientBase, 'query'>

/**
 * Whom works concern: the members whose systems have a right to what is closed that is in force at some moment
 * until they are over; where the works are the bus's own, all members.
 */
export async function membersConcerned(
  client: Queried,
  { subsystem, service, until }: Pick<FiledWindow, 'subsystem' | 'service' | 'until'>,
  now: Date,
): Promise<string[]> {
  if (subsystem === undefined) {
    const { rows } = await client.query<{ id: string }>(
      `SELECT id FROM sluice.member WHERE status <> 'liquidated' ORDER BY id`,
    )
    return rows.map(({ id }) => id)
  }
  const { rows } = await client.query<{ member: string }>(
    `SELECT DISTINCT coalesce(c.owner, c.member) AS member
       FROM sluice.access_right r JOIN sluice.subsystem c ON c.id = r.consumer
      WHERE r.provider = $1 AND r.status = 'active' AND c.status <> 'liquidated'
        AND r.valid_from < $2 AND (r.valid_until IS NULL OR r.valid_until > $3)
        AND ($4::text IS NULL OR r.service = $4 OR r.service = $5) ORDER BY 1`,
    [subsystem, until, now, service ?? null, service ? serviceCodeOf(service) : null],
  )
  return rows.map(({ member }) => member)
}
