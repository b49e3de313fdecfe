import type { ClientBase, Pool } from 'pg'
import type { MemberId } from '../exchange/identifier.js'
import type { DocumentKind } from './document-kind.js'
import type { WrittenDocument } from './document-writer.js'

type Queried = Pick<Pool, 'query'> | Pick<ClientBase, 'query'>

/** A document that is kept, without its files. */
export interface KeptDocument extends WrittenDocument {
  readonly member: MemberId
  readonly domain: string | undefined
  readonly caseId: string | undefined
}

/** Whose documents somebody may read; undefined for those of everybody. */
export type DocumentReaders =
  { readonly members: readonly MemberId[]; readonly domains: readonly string[] } | undefined

export interface DocumentsWanted {
  readonly readers: DocumentReaders
  readonly limit: number
  /** Behind this id. */
  readonly after?: string | undefined
  readonly kind?: DocumentKind | undefined
  readonly member?: MemberId | undefined
  readonly caseId?: string | undefined
  readonly number?: string | undefined
}

interface Row {
  readonly id: string
  readonly number: string
  readonly kind: DocumentKind
  readonly made_at: Date
  readonly member: MemberId
  readonly domain: string | null
  readonly case_id: string | null
  readonly digest: Buffer
}

const columns = 'id, number, kind, made_at, member, domain, case_id, digest'
/** What was written for a member is read by the one that it has merged into, too. */
const mayRead = `($1::text[] IS NULL OR member IN (SELECT sluice.with_merged($1)) OR domain = ANY ($2::text[]))`

/** In the order of making. */
export async function listDocuments(
  database: Queried,
  { readers, limit, after, kind, member, caseId, number }: DocumentsWanted,
): Promise<KeptDocument[]> {
  const { rows } = await database.query<Row>(
    `SELECT ${columns} FROM sluice.document
      WHERE ${mayRead} AND ($4::uuid IS NULL OR id > $4) AND ($5::text IS NULL OR kind = $5)
        AND ($6::text IS NULL OR member = $6) AND ($7::uuid IS NULL OR case_id = $7)
        AND ($8::text IS NULL OR number = $8)
      ORDER BY id LIMIT $3`,
    [
      ...[readers?.members ?? null, readers?.domains ?? null, limit, after ?? null],
      ...[kind ?? null, member ?? null, caseId ?? null, number ?? null],
    ],
  )
  return rows.map(documentOf)
}

/** @returns undefined also where this reader may not read it */
export async function findDocument(
  database: Queried,
  id: string,
  readers: DocumentReaders,
): Promise<KeptDocument | undefined> {
  const { rows } = await database.query<Row>(
    `SELECT ${columns} FROM sluice.document WHERE ${mayRead} AND id = $3`,
    [readers?.members ?? null, readers?.domains ?? null, id],
  )
  return rows[0] && documentOf(rows[0])
}

const fileColumns = { pdf: 'pdf', data: 'data', signature: 'data_signature' } as const
export type DocumentFile = keyof typeof fileColumns

/** The bytes of one of its files. @returns undefined also where this reader may not read it */
export async function readDocumentFile(
  database: Queried,
  id: string,
  file: DocumentFile,
  readers: DocumentReaders,
): Promise<{ readonly number: string; readonly bytes: Buffer } | undefined> {
  const { rows } = await database.query<{ number: string; bytes: Buffer }>(
    `SELECT number, ${fileColumns[file]} AS bytes FROM sluice.document WHERE ${mayRead} AND id = $3`,
    [readers?.members ?? null, readers?.domains ?? null, id],
  )
  return rows[0]
}

function documentOf(row: Row): KeptDocument {
  const { id, number, kind, made_at: at, member, domain, case_id: caseId, digest } = row
  return {
    ...{ id, number, kind, at, member },
    domain: domain ?? undefined,
    caseId: caseId ?? undefined,
    digest: digest.toString('hex'),
  }
}
