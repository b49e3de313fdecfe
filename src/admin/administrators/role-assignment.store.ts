import type { ClientBase } from 'pg'
import type { RoleAssignment } from '../caller.js'
import type { Role } from '../permission.js'
import type { Term } from './granting.js'

/** A role assignment as it is stored. */
export interface StoredAssignment extends RoleAssignment {
  readonly id: string
  /** Id of the administrator. */
  readonly administrator: string
  /** Id of who granted it; undefined for a command. */
  readonly grantedBy: string | undefined
  /** The act in the audit log. */
  readonly act: string
  readonly revision: number
}

interface Row {
  readonly id: string
  readonly administrator: string
  readonly role: Role
  readonly scope: string | null
  readonly valid_from: Date
  readonly valid_until: Date | null
  readonly granted_by: string | null
  readonly act_id: string
  readonly revision: string
}

export interface NewAssignment extends RoleAssignment {
  readonly id: string
  readonly administrator: string
  readonly grantedBy: string | undefined
  readonly act: string
}

const columns =
  'id, administrator, role, scope, valid_from, valid_until, granted_by, act_id, revision'

// One number of our own among the database's advisory locks.
const rolesLock = 7_583_142_020

/**
 * Takes the one turn at changing roles until the transaction's end: what may be granted, and whether an operator is left, is
 * asked of all assignments.
 */
export async function takeTurnAtRoles(client: ClientBase): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock($1)', [rolesLock])
}

export interface AssignmentSelection {
  readonly administrator?: string | undefined
  readonly role?: Role | undefined
  /** Of these scopes only, each of one role; all where it is absent. */
  readonly within?: { readonly members: readonly string[]; readonly domains: readonly string[] }
  /** In force at this moment, or later. */
  readonly endingAfter?: Date | undefined
  readonly after?: string | undefined
  /** All of them where it is undefined. */
  readonly limit: number | undefined
}

export async function findAssignments(
  client: Pick<ClientBase, 'query'>,
  { administrator, role, within, endingAfter, after, limit }: AssignmentSelection,
): Promise<StoredAssignment[]> {
  const { rows } = await client.query<Row>(
    `SELECT ${columns} FROM sluice.role_assignment
      WHERE ($1::uuid IS NULL OR administrator = $1) AND ($2::text IS NULL OR role = $2)
        AND ($3::text[] IS NULL OR (role = 'MEMBER_ADMIN' AND scope = ANY ($3))
                                OR (role = 'FOUNDER_ADMIN' AND scope = ANY ($4)))
        AND ($5::timestamptz IS NULL OR valid_until IS NULL OR valid_until > $5)
        AND ($6::uuid IS NULL OR id > $6)
      ORDER BY id LIMIT $7`,
    [
      ...[administrator ?? null, role ?? null, within?.members ?? null, within?.domains ?? null],
      ...[endingAfter ?? null, after ?? null, limit ?? null],
    ],
  )
  return rows.map(assignmentOf)
}

/** All roles of one administrator that are in force, or will be: none may be overlooked. */
export async function rolesHeld(
  client: ClientBase,
  administrator: string,
  now: Date,
): Promise<StoredAssignment[]> {
  return findAssignments(client, { administrator, endingAfter: now, limit: undefined })
}

export async function readAssignment(
  client: Pick<ClientBase, 'query'>,
  id: string,
): Promise<StoredAssignment | undefined> {
  const { rows } = await client.query<Row>(
    `SELECT ${columns} FROM sluice.role_assignment WHERE id = $1`,
    [id],
  )
  return rows[0] && assignmentOf(rows[0])
}

export async function insertAssignment(
  client: ClientBase,
  { id, administrator, role, scope, from, until, grantedBy, act }: NewAssignment,
): Promise<void> {
  await client.query(
    `INSERT INTO sluice.role_assignment
       (id, administrator, role, scope, valid_from, valid_until, granted_by, act_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [id, administrator, role, scope ?? null, from, until ?? null, grantedBy ?? null, act],
  )
}

/** Ends assignments, each at that moment or where it begins, if that is later. */
export async function endAssignments(
  client: ClientBase,
  ids: readonly string[],
  until: Date,
  act: string,
): Promise<void> {
  await client.query(
    `UPDATE sluice.role_assignment
        SET valid_until = greatest($2, valid_from), end_act_id = $3, revision = revision + 1
      WHERE id = ANY ($1)`,
    [ids, until, act],
  )
}

/** An operator's term, and whose. */
export interface OperatorTerm extends Term {
  readonly id: string
  readonly administrator: string
  readonly name: string
  readonly member: string | undefined
  /** Whether the administrator may log in. */
  readonly isActive: boolean
}

/** Terms of operators that are not over, those to come too. */
export async function operatorTerms(client: ClientBase, now: Date): Promise<OperatorTerm[]> {
  const { rows } = await client.query<
    Pick<Row, 'id' | 'administrator' | 'valid_from' | 'valid_until'> &
      Pick<OperatorTerm, 'name' | 'isActive'> & { readonly member: string | null }
  >(
    `SELECT r.id, r.administrator, r.valid_from, r.valid_until, a.name, a.member,
            a.status = 'active' AS "isActive"
       FROM sluice.role_assignment r JOIN sluice.administrator a ON a.id = r.administrator
      WHERE r.role = 'OPERATOR' AND (r.valid_until IS NULL OR r.valid_until > $1)
      ORDER BY r.id`,
    [now],
  )
  return rows.map(({ id, administrator, name, member, isActive, valid_from, valid_until }) => ({
    ...{ id, administrator, name, isActive },
    member: member ?? undefined,
    from: valid_from,
    until: valid_until ?? undefined,
  }))
}

export interface Handover {
  readonly id: string
  /** The member that operates the bus from then on. */
  readonly operator: string
  readonly from: Date
  readonly madeAt: Date
  readonly act: string
}

export async function insertHandover(
  client: ClientBase,
  { id, operator, from, madeAt, act }: Handover,
): Promise<void> {
  await client.query(
    `INSERT INTO sluice.operator_handover (id, operator, from_time, made_at, act_id)
     VALUES ($1, $2, $3, $4, $5)`,
    [id, operator, from, madeAt, act],
  )
}

/** In the order in which they were made. */
export async function findHandovers(
  client: Pick<ClientBase, 'query'>,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<Handover[]> {
  const { rows } = await client.query<Handover>(
    `SELECT id, operator, from_time AS "from", made_at AS "madeAt", act_id AS act
       FROM sluice.operator_handover WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2`,
    [after ?? null, limit],
  )
  return rows
}

function assignmentOf(row: Row): StoredAssignment {
  const { id, administrator, role, scope, valid_from, valid_until, granted_by, act_id } = row
  return {
    ...{ id, administrator, role },
    scope: scope ?? undefined,
    from: valid_from,
    until: valid_until ?? undefined,
    grantedBy: granted_by ?? undefined,
    act: act_id,
    revision: Number(row.revision),
  }
}
