import type { ClientBase } from 'pg'
import { v7 as newId } from 'uuid'
import { recordAct } from '../audit-log/audit-log.store.js'
import type { DocumentContent } from './document-content.js'
import { yearOf } from '../country-time.js'
import { documentNumber, type DocumentKind } from './document-kind.js'
import type { DocumentSigner } from './document-signer.js'
import type { DocumentTerms, DocumentWriter, WrittenDocument } from './document-writer.js'
import { makeDocument } from './make-document.js'

/** {@link DocumentWriter} of a node that has the identity of the bus. */
export class DocumentStore implements DocumentWriter {
  readonly #signer: DocumentSigner

  constructor(signer: DocumentSigner) {
    this.#signer = signer
  }

  async write(
    client: ClientBase,
    content: DocumentContent,
    terms: DocumentTerms,
  ): Promise<WrittenDocument> {
    const { member, domain, caseId, signedBy, actor, at } = terms
    const { kind } = content
    const year = yearOf(at)
    const ordinal = await nextOrdinal(client, kind, year)
    const number = documentNumber(kind, year, ordinal)
    const head = { number, at, member, domain, caseId, signedBy }
    const { data, dataSignature, pdf, digest } = await makeDocument(content, head, this.#signer)
    const id = newId()
    await client.query(
      `INSERT INTO sluice.document (id, kind, year, ordinal, number, made_at, member, domain, case_id, digest, data,
         data_signature, pdf)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
      [
        ...[id, kind, year, ordinal, number, at, member, domain ?? null, caseId ?? null],
        ...[Buffer.from(digest, 'hex'), data, dataSignature, pdf],
      ],
    )
    const after = { kind, number, digest, member, domain, caseId }
    await recordAct(
      client,
      { ...actor, kind: 'document.write', subject: `document ${id}`, after },
      at,
    )
    return { id, number, kind, at, digest }
  }
}

/** Whoever writes the next of this kind waits for the end of this transaction: so there is no gap when it fails. */
async function nextOrdinal(client: ClientBase, kind: DocumentKind, year: number): Promise<number> {
  const { rows } = await client.query<{ last: number }>(
    `INSERT INTO sluice.document_count AS c (kind, year, last) VALUES ($1, $2, 1)
     ON CONFLICT (kind, year) DO UPDATE SET last = c.last + 1 RETURNING last`,
    [kind, year],
  )
  const [row] = rows
  if (!row) throw new Error('one row was written')
  return row.last
}
