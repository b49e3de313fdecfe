import type { ClientBase } from 'pg'
import type { MemberId } from '../../exchange/identifier.js'
import { responsiblePersonsShownMax } from './limits.js'

/** What of a member somebody answers for. */
export type ResponsibleKind = 'responsible' | 'technical'

/** What is said of a person. */
export interface PersonFields {
  readonly kind: ResponsibleKind
  readonly name: string
  /** What they are there. */
  readonly post: string
  readonly email: string
  readonly phone: string | undefined
}

/** A person whom a member names. */
export interface ResponsiblePerson extends PersonFields {
  readonly id: string
  readonly member: MemberId
  readonly from: Date
  /** Since when they are it no more. */
  readonly until: Date | undefined
  readonly revision: number
}

interface Row {
  readonly id: string
  readonly member: MemberId
  readonly kind: ResponsibleKind
  readonly name: string
  readonly post: string
  readonly email: string
  readonly phone: string | null
  readonly from_time: Date
  readonly until_time: Date | null
  readonly revision: string
}

const columns = 'id, member, kind, name, post, email, phone, from_time, until_time, revision'

/** Those whom a member names now; with those of before where `everybody` is wished. */
export async function personsOf(
  client: Pick<ClientBase, 'query'>,
  member: string,
  everybody: boolean,
): Promise<ResponsiblePerson[]> {
  const { rows } = await client.query<Row>(
    `SELECT ${columns} FROM sluice.responsible_person
      WHERE member = $1 AND ($2 OR until_time IS NULL)
      ORDER BY until_time DESC NULLS FIRST, id LIMIT $3`,
    [member, everybody, responsiblePersonsShownMax],
  )
  return rows.map(personOf)
}

/** One of a member's; nobody else changes it until the transaction's end. */
export async function lockPerson(
  client: ClientBase,
  member: string,
  id: string,
): Promise<ResponsiblePerson | undefined> {
  const { rows } = await client.query<Row>(
    `SELECT ${columns} FROM sluice.responsible_person WHERE member = $1 AND id = $2 FOR UPDATE`,
    [member, id],
  )
  return rows[0] && personOf(rows[0])
}

/** Writes a person, a new one or one that is there. */
export async function writePerson(client: ClientBase, person: ResponsiblePerson): Promise<void> {
  const { id, member, kind, name, post, email, phone, from, until, revision } = person
  await client.query(
    `INSERT INTO sluice.responsible_person (${columns})
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     ON CONFLICT (id) DO UPDATE SET kind = $3, name = $4, post = $5, email = $6, phone = $7,
       until_time = $9, revision = $10`,
    [id, member, kind, name, post, email, phone ?? null, from, until ?? null, revision],
  )
}

/** When a member confirmed its list last. */
export async function confirmedAt(
  client: Pick<ClientBase, 'query'>,
  member: string,
): Promise<Date | undefined> {
  const { rows } = await client.query<{ at: Date | null }>(
    'SELECT max(at) AS at FROM sluice.responsible_confirmation WHERE member = $1',
    [member],
  )
  return rows[0]?.at ?? undefined
}

export async function insertConfirmation(
  client: ClientBase,
  confirmation: {
    readonly member: string
    readonly at: Date
    readonly act: string
  },
): Promise<void> {
  const { member, at, act } = confirmation
  await client.query(
    'INSERT INTO sluice.responsible_confirmation (member, at, act_id) VALUES ($1, $2, $3)',
    [member, at, act],
  )
}

/** One row of what the security body gets: a person whom a member names, or one of its administrators. */
export interface ExportedPerson {
  readonly member: MemberId
  readonly kind: ResponsibleKind | 'user' | 'nobody'
  readonly name: string | null
  readonly post: string | null
  readonly email: string | null
  readonly phone: string | null
  /** Of an administrator. */
  readonly login: string | null
  readonly from: Date | null
  readonly confirmedAt: Date | null
}

/**
 * Persons and users of all members that are not liquidated, members that name nobody included.
 * @param domain - of members with a system in this exchange domain only
 */
export async function exportPersons(
  client: Pick<ClientBase, 'query'>,
  domain: string | undefined,
  rowsMax: number,
): Promise<ExportedPerson[]> {
  const { rows } = await client.query<ExportedPerson>(
    `WITH listed AS (
       SELECT id, member, kind, name, post, email, phone, NULL AS login, from_time AS "from"
         FROM sluice.responsible_person WHERE until_time IS NULL
       UNION ALL
       SELECT id, member, 'user', name, NULL, email, NULL, login, created_at
         FROM sluice.administrator WHERE status = 'active' AND member IS NOT NULL)
     SELECT m.id AS member, coalesce(l.kind, 'nobody') AS kind, l.name, l.post, l.email, l.phone,
            l.login, l."from",
            (SELECT max(at) FROM sluice.responsible_confirmation c WHERE c.member = m.id) AS "confirmedAt"
       FROM sluice.member m LEFT JOIN listed l ON l.member = m.id
      WHERE m.status <> 'liquidated'
        AND ($1::text IS NULL OR EXISTS (
          SELECT FROM sluice.subsystem s WHERE coalesce(s.owner, s.member) = m.id AND s.domain = $1))
      ORDER BY m.id, l.kind, l.id LIMIT $2`,
    [domain ?? null, rowsMax],
  )
  return rows
}

/** A member whose list has not been confirmed for long. */
export interface UnconfirmedMember {
  readonly member: MemberId
  /** Undefined where it never was. */
  readonly confirmedAt: Date | undefined
}

/** Members that have to confirm their lists: not since that time. */
export async function unconfirmedMembers(
  client: Pick<ClientBase, 'query'>,
  since: Date,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): Promise<UnconfirmedMember[]> {
  const { rows } = await client.query<{ member: MemberId; at: Date | null }>(
    `SELECT m.id AS member, max(c.at) AS at
       FROM sluice.member m LEFT JOIN sluice.responsible_confirmation c ON c.member = m.id
      WHERE m.status <> 'liquidated' AND ($3::text IS NULL OR m.id COLLATE "C" > $3)
      GROUP BY m.id HAVING max(c.at) IS NULL OR max(c.at) < $1
      ORDER BY m.id COLLATE "C" LIMIT $2`,
    [since, limit, after ?? null],
  )
  return rows.map(({ member, at }) => ({ member, confirmedAt: at ?? undefined }))
}

function personOf(row: Row): ResponsiblePerson {
  const { id, member, kind, name, post, email, phone, from_time, until_time, revision } = row
  return {
    ...{ id, member, kind, name, post, email },
    phone: phone ?? undefined,
    from: from_time,
    until: until_time ?? undefined,
    revision: Number(revision),
  }
}
