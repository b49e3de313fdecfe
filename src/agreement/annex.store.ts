import type { ClientBase, Pool } from 'pg'
import type { ObjectKind } from '../conformity/requirement.js'
import type { MemberId } from '../exchange/identifier.js'
import type { Annex } from './annex.js'

type Database = Pick<Pool | ClientBase, 'query'>

interface Row {
  readonly id: string
  readonly agreement: string
  readonly connection_case: string
  readonly kind: ObjectKind
  readonly object: string
  readonly document: string
  readonly document_number: string
  readonly concluded_at: Date
  readonly registered_at: Date | null
  readonly connected_at: Date | null
  readonly ended_at: Date | null
}

const columns = `id, agreement, connection_case, kind, object, document, document_number, concluded_at,
  registered_at, connected_at, ended_at`

export async function addAnnex(
  client: ClientBase,
  {
    id,
    agreement,
    connectionCase,
    kind,
    object,
    document,
    concludedAt,
  }: Omit<Annex, 'registeredAt' | 'connectedAt' | 'endedAt'>,
): Promise<void> {
  await client.query(
    `INSERT INTO sluice.agreement_annex
       (id, agreement, connection_case, kind, object, document, document_number, concluded_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      ...[id, agreement, connectionCase, kind, object],
      ...[document.id, document.number, concludedAt],
    ],
  )
}

/** Of a case, in the transaction that moves it. */
export async function annexOfCase(
  client: ClientBase,
  connectionCase: string,
): Promise<Annex | undefined> {
  const { rows } = await client.query<Row>(
    `SELECT ${columns} FROM sluice.agreement_annex WHERE connection_case = $1 FOR UPDATE`,
    [connectionCase],
  )
  return rows[0] && annexOf(rows[0])
}

/** Oldest first. */
export async function listAnnexes(
  database: Database,
  agreement: string,
  page: { readonly after?: string | undefined; readonly limit: number },
): Promise<Annex[]> {
  const { rows } = await database.query<Row>(
    `SELECT ${columns} FROM sluice.agreement_annex
      WHERE agreement = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3`,
    [agreement, page.after ?? null, page.limit],
  )
  return rows.map(annexOf)
}

export async function noteRegistered(client: ClientBase, id: string, at: Date): Promise<void> {
  await client.query('UPDATE sluice.agreement_annex SET registered_at = $2 WHERE id = $1', [id, at])
}

export async function noteConnected(client: ClientBase, id: string, at: Date): Promise<void> {
  await client.query('UPDATE sluice.agreement_annex SET connected_at = $2 WHERE id = $1', [id, at])
}

/** Ends the annex of a case that was archived before its object was connected, where it has one. */
export async function endAnnexOf(
  client: ClientBase,
  connectionCase: string,
  at: Date,
): Promise<void> {
  await client.query(
    `UPDATE sluice.agreement_annex SET ended_at = $2
      WHERE connection_case = $1 AND connected_at IS NULL AND ended_at IS NULL`,
    [connectionCase, at],
  )
}

/** Objects with annexes, and whose they are now: of a system and a resource its owner, of a service that of its system. */
const objects = `
  SELECT x.object, max(x.kind) AS kind, bool_or(x.connected_at IS NOT NULL) AS is_connected,
         max(coalesce(s.owner, s.member, r.owner)) AS member
    FROM sluice.agreement_annex x
    LEFT JOIN sluice.subsystem s
      ON x.kind <> 'resource' AND s.id = array_to_string((string_to_array(x.object, '/'))[1:4], '/')
    LEFT JOIN sluice.information_resource r ON x.kind = 'resource' AND r.id = x.object
   WHERE s.id IS NOT NULL OR r.id IS NOT NULL
   GROUP BY x.object`

/** Systems and services of a member that are under agreements of whomever, wherever they came from. */
export async function objectsUnderAgreement(
  client: ClientBase,
  member: MemberId,
): Promise<{ readonly object: string; readonly kind: ObjectKind }[]> {
  const { rows } = await client.query<{ object: string; kind: ObjectKind }>(
    `SELECT object, kind FROM (${objects}) o
      WHERE member = $1 AND is_connected AND kind <> 'resource' ORDER BY object`,
    [member],
  )
  return rows
}

/** Why an object that the desk knows may not run. */
export interface NotToRun {
  readonly object: string
  /** `unconnected`: its case has not come to the end. `lapsed`: its owner has no agreement in force. */
  readonly why: 'unconnected' | 'lapsed'
}

/**
 * Of these objects, those that may not run. What came into the registry without the desk may.
 * @param client - in the transaction that wants them to run
 */
export async function notToRun(
  client: ClientBase,
  wanted: readonly string[],
  now: Date,
): Promise<NotToRun[]> {
  const { rows } = await client.query<NotToRun>(
    `SELECT object, CASE WHEN is_connected THEN 'lapsed' ELSE 'unconnected' END AS why
       FROM (${objects}) o
      WHERE object = ANY ($1) AND (NOT is_connected OR NOT EXISTS (
        SELECT 1 FROM sluice.agreement a
         WHERE coalesce(a.passed_to, a.member) = o.member AND a.state = 'concluded'
          AND a.in_force_from <= $2 AND $2 < a.in_force_until))
      ORDER BY object`,
    [wanted, now],
  )
  return rows
}

function annexOf(row: Row): Annex {
  return {
    id: row.id,
    agreement: row.agreement,
    connectionCase: row.connection_case,
    kind: row.kind,
    object: row.object,
    document: { id: row.document, number: row.document_number },
    concludedAt: row.concluded_at,
    registeredAt: row.registered_at ?? undefined,
    connectedAt: row.connected_at ?? undefined,
    endedAt: row.ended_at ?? undefined,
  }
}
