import { z } from 'zod'
import { documentKinds, documentKindTerms } from '../../document/document-kind.js'
import type { KeptDocument } from '../../document/document-reader.store.js'
import { pageQuery } from '../paging.js'
import { identifier } from '../registry/fields.js'

const numberCharsMax = 40

/** A document as the API gives it. */
export const documentSchema = z
  .object({
    id: z.uuid(),
    number: z.string(),
    kind: z.enum(documentKinds),
    title: z.object({ az: z.string(), en: z.string() }),
    at: z.iso.datetime(),
    member: z.string(),
    domain: z.string().optional(),
    caseId: z.uuid().optional(),
    digest: z.string().describe('SHA-256 of the data, lower-case hexadecimal'),
  })
  .meta({ id: 'Document', description: 'What the connection desk put into writing' })
export type DocumentJson = z.infer<typeof documentSchema>

export const documentsQuery = pageQuery.extend({
  kind: z.enum(documentKinds).optional(),
  member: identifier.optional(),
  caseId: z.uuid().optional(),
  number: z.string().min(1).max(numberCharsMax).optional(),
})

export function documentJson(document: KeptDocument): DocumentJson {
  const { id, number, kind, at, member, domain, caseId, digest } = document
  return {
    ...{ id, number, kind, title: documentKindTerms[kind].title, at: at.toISOString(), member },
    ...(domain !== undefined && { domain }),
    ...(caseId !== undefined && { caseId }),
    digest,
  }
}
