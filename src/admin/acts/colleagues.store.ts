import type { StoredAct } from '../../audit-log/audit-log.store.js'
import type { MemberId } from '../../exchange/identifier.js'
import type { AdminPool } from '../admin-database.store.js'

interface Row {
  readonly administrator: string
  readonly role: string
  readonly scope: string | null
  readonly valid_from: Date
  readonly valid_until: Date | null
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * Those acts whose actor administered one of these members, and nothing else, when it was done: what somebody did in another
 * capacity is nobody's business here.
 */
export async function actsOfMembers(
  pool: Pick<AdminPool, 'query'>,
  acts: readonly StoredAct[],
  members: readonly MemberId[],
): Promise<StoredAct[]> {
  const accounts = new Set(acts.map(accountOf).filter((account) => uuid.test(account)))
  if (accounts.size === 0) return []
  const { rows } = await pool.query<Row>(
    `SELECT administrator, role, scope, valid_from, valid_until FROM sluice.role_assignment
      WHERE administrator = ANY ($1::uuid[])`,
    [[...accounts]],
  )
  const scopes: ReadonlySet<string> = new Set(members)
  return acts.filter((act) => {
    const held = rows.filter((row) => row.administrator === accountOf(act) && isHeldAt(row, act))
    return (
      held.length > 0 &&
      held.every(({ role, scope }) => role === 'MEMBER_ADMIN' && scopes.has(scope ?? ''))
    )
  })
}

/** An act that was changed has no account that could be believed. */
function accountOf({ fields, isIntact }: StoredAct): string {
  return isIntact ? (fields?.account ?? '') : ''
}

function isHeldAt({ valid_from: from, valid_until: until }: Row, { fields }: StoredAct): boolean {
  const at = new Date(fields?.recordedAt ?? '')
  return from <= at && (until === null || at < until)
}
