import type { ClientBase, Pool } from 'pg'
import { v7 as newId } from 'uuid'
import type { Act, Actor } from '../audit-log/act.js'
import { recordAct } from '../audit-log/audit-log.store.js'
import { CaError } from './ca-error.js'
import type { CertificationRequest } from './certification-request.js'
import { keyDigestOf } from './key-digest.js'

export type RequestStatus = 'open' | 'issued' | 'refused'

/** A member's request for a certificate, which the operator decides upon. */
export interface FiledRequest {
  readonly id: string
  readonly subsystem: string
  readonly csr: Buffer
  readonly keyDigest: string
  readonly renews: string | undefined
  readonly note: string | undefined
  readonly requester: string
  readonly requestedAt: Date
  readonly status: RequestStatus
  readonly decidedBy: string | undefined
  readonly decidedAt: Date | undefined
  /** Why it was refused. */
  readonly reason: string | undefined
  readonly serial: string | undefined
  readonly revision: number
}

interface Row {
  readonly id: string
  readonly subsystem: string
  readonly csr: Buffer
  readonly key_digest: string
  readonly renews: string | null
  readonly note: string | null
  readonly requester: string
  readonly requested_at: Date
  readonly status: RequestStatus
  readonly decided_by: string | null
  readonly decided_at: Date | null
  readonly reason: string | null
  readonly serial: string | null
  readonly revision: number
}

export interface RequestToFile {
  readonly request: CertificationRequest
  readonly subsystem: string
  readonly renews?: string | undefined
  readonly note?: string | undefined
  readonly author: Actor
}

/** Keeps a request, with its act, in the caller's transaction. */
export async function fileRequest(
  client: ClientBase,
  { request, subsystem, renews, note, author }: RequestToFile,
): Promise<FiledRequest> {
  const keyDigest = keyDigestOf(request.spki)
  const id = newId()
  const { rows } = await client.query<Row>(
    `INSERT INTO sluice.ca_request (id, subsystem, csr, key_digest, renews, note, requester)
     VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING *`,
    [id, subsystem, request.der, keyDigest, renews ?? null, note ?? null, author.actor],
  )
  await recordAct(client, {
    ...author,
    kind: 'certificate.request',
    subject: `certificate request ${id}`,
    after: { subsystem, keyDigest, ...(renews !== undefined && { renews }) },
  })
  return filed(rows)
}

export async function findRequest(
  database: Pool | ClientBase,
  id: string,
): Promise<FiledRequest | undefined> {
  const { rows } = await database.query<Row>('SELECT * FROM sluice.ca_request WHERE id = $1', [id])
  return rows[0] && requestOf(rows[0])
}

export interface RequestSelection {
  readonly status?: RequestStatus | undefined
  readonly subsystem?: string | undefined
  /** Of these members' systems only. */
  readonly owners?: readonly string[] | undefined
  readonly after?: string | undefined
  readonly limit: number
}

/** Oldest first. */
export async function listRequests(
  database: Pool | ClientBase,
  { status, subsystem, owners, after, limit }: RequestSelection,
): Promise<FiledRequest[]> {
  const { rows } = await database.query<Row>(
    `SELECT q.* FROM sluice.ca_request q JOIN sluice.subsystem y ON y.id = q.subsystem
      WHERE ($1::uuid IS NULL OR q.id > $1) AND ($2::text IS NULL OR q.status = $2)
        AND ($3::text IS NULL OR q.subsystem = $3)
        AND ($4::text[] IS NULL OR coalesce(y.owner, y.member) = ANY ($4))
      ORDER BY q.id LIMIT $5`,
    [after ?? null, status ?? null, subsystem ?? null, owners ?? null, limit],
  )
  return rows.map(requestOf)
}

export interface Decision {
  readonly id: string
  /** The revision that whoever decides has seen. */
  readonly revision?: number | undefined
  readonly author: Actor & Pick<Act, 'reason'>
}

/** Within the transaction that issues its certificate. @throws CaError REQUEST_UNKNOWN, REQUEST_DECIDED, CHANGED_MEANWHILE */
export async function noteIssued(
  client: ClientBase,
  decision: Decision,
  serial: string,
): Promise<FiledRequest> {
  return decide(client, decision, { status: 'issued', serial })
}

/** With its act, in the caller's transaction. @throws CaError as `noteIssued` */
export async function refuseRequest(client: ClientBase, decision: Decision): Promise<FiledRequest> {
  const refused = await decide(client, decision, { status: 'refused', serial: null })
  await recordAct(client, {
    ...decision.author,
    kind: 'certificate.refuse',
    subject: `certificate request ${refused.id}`,
    before: { status: 'open' },
    after: { status: 'refused', subsystem: refused.subsystem },
  })
  return refused
}

async function decide(
  client: ClientBase,
  { id, revision, author }: Decision,
  { status, serial }: { readonly status: RequestStatus; readonly serial: string | null },
): Promise<FiledRequest> {
  const { rows: found } = await client.query<Row>(
    'SELECT * FROM sluice.ca_request WHERE id = $1 FOR UPDATE',
    [id],
  )
  const [request] = found
  if (!request) throw new CaError('REQUEST_UNKNOWN', 'There is no such request.')
  if (revision !== undefined && request.revision !== revision) {
    throw new CaError('CHANGED_MEANWHILE', 'The request was changed meanwhile.')
  }
  if (request.status !== 'open') {
    throw new CaError('REQUEST_DECIDED', `The request has been ${request.status} already.`)
  }
  const { rows } = await client.query<Row>(
    `UPDATE sluice.ca_request
        SET status = $2, serial = $3, decided_by = $4, decided_at = now(), reason = $5, revision = revision + 1
      WHERE id = $1 RETURNING *`,
    [id, status, serial, author.actor, author.reason ?? null],
  )
  return filed(rows)
}

function filed([row]: readonly Row[]): FiledRequest {
  if (!row) throw new Error('a request was not written')
  return requestOf(row)
}

function requestOf(row: Row): FiledRequest {
  const { id, subsystem, csr, requester, status, revision } = row
  return {
    ...{ id, subsystem, csr, requester, status, revision },
    keyDigest: row.key_digest,
    renews: row.renews ?? undefined,
    note: row.note ?? undefined,
    requestedAt: row.requested_at,
    decidedBy: row.decided_by ?? undefined,
    decidedAt: row.decided_at ?? undefined,
    reason: row.reason ?? undefined,
    serial: row.serial ?? undefined,
  }
}
