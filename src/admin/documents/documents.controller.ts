import { Controller, Get, Inject, Param, Query, StreamableFile } from '@nestjs/common'
import { z } from 'zod'
import {
  findDocument,
  listDocuments,
  readDocumentFile,
  type DocumentFile,
  type DocumentReaders,
} from '../../document/document-reader.store.js'
import type { MemberId } from '../../exchange/identifier.js'
import { AdminDatabase } from '../admin-database.store.js'
import { Answers, AnswersBytes, ApiProblems } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import { oversees, type Caller } from '../caller.js'
import { page, pageOf, type Page } from '../paging.js'
import { Permit } from '../permission.js'
import { Problem } from '../problem.js'
import { documentJson, documentSchema, documentsQuery, type DocumentJson } from './document-json.js'

const documentId = z.uuid()

/** What the connection desk put into writing. It is read, and never changed: every other method answers 405. */
@Controller('documents')
export class DocumentsController {
  readonly #database: AdminDatabase

  constructor(@Inject(AdminDatabase) database: AdminDatabase) {
    this.#database = database
  }

  /** Those of one's own members or domains; all of them for who oversees the bus. */
  @Get()
  @Permit('OPERATOR', 'AGENCY', 'SECURITY', 'FOUNDER_ADMIN', 'MEMBER_ADMIN')
  @Answers(pageOf(documentSchema))
  async list(
    @Query({ schema: documentsQuery })
    { limit, after, member, ...where }: z.infer<typeof documentsQuery>,
    @CallerOf() caller: Caller,
  ): Promise<Page<DocumentJson>> {
    if (after !== undefined && !documentId.safeParse(after).success) throw new Problem('INVALID')
    const found = await listDocuments(this.#database.pool, {
      ...{ ...where, after, limit: limit + 1, readers: readersOf(caller) },
      member: member as MemberId | undefined,
    })
    return page(found.map(documentJson), limit, ({ id }) => id)
  }

  @Get(':id')
  @Permit('OPERATOR', 'AGENCY', 'SECURITY', 'FOUNDER_ADMIN', 'MEMBER_ADMIN')
  @Answers(documentSchema)
  @ApiProblems('NOT_FOUND')
  async get(
    @Param('id', { schema: documentId }) id: string,
    @CallerOf() caller: Caller,
  ): Promise<DocumentJson> {
    const found = await findDocument(this.#database.pool, id, readersOf(caller))
    if (!found) throw new Problem('NOT_FOUND')
    return documentJson(found)
  }

  /** For people, with the bus's signature inside (PAdES). */
  @Get(':id/pdf')
  @Permit('OPERATOR', 'AGENCY', 'SECURITY', 'FOUNDER_ADMIN', 'MEMBER_ADMIN')
  @AnswersBytes('application/pdf')
  @ApiProblems('NOT_FOUND')
  pdf(
    @Param('id', { schema: documentId }) id: string,
    @CallerOf() caller: Caller,
  ): Promise<StreamableFile> {
    return this.#file(id, 'pdf', caller)
  }

  /** The same as data: the very bytes that were signed. */
  @Get(':id/data')
  @Permit('OPERATOR', 'AGENCY', 'SECURITY', 'FOUNDER_ADMIN', 'MEMBER_ADMIN')
  @AnswersBytes('application/json')
  @ApiProblems('NOT_FOUND')
  data(
    @Param('id', { schema: documentId }) id: string,
    @CallerOf() caller: Caller,
  ): Promise<StreamableFile> {
    return this.#file(id, 'data', caller)
  }

  /** The bus's detached signature over the data (CMS, DER). */
  @Get(':id/signature')
  @Permit('OPERATOR', 'AGENCY', 'SECURITY', 'FOUNDER_ADMIN', 'MEMBER_ADMIN')
  @AnswersBytes('application/pkcs7-signature')
  @ApiProblems('NOT_FOUND')
  signature(
    @Param('id', { schema: documentId }) id: string,
    @CallerOf() caller: Caller,
  ): Promise<StreamableFile> {
    return this.#file(id, 'signature', caller)
  }

  async #file(id: string, file: DocumentFile, caller: Caller): Promise<StreamableFile> {
    const found = await readDocumentFile(this.#database.pool, id, file, readersOf(caller))
    if (!found) throw new Problem('NOT_FOUND')
    const { number, bytes } = found
    return new StreamableFile(bytes, { disposition: dispositionOf(number, file) })
  }
}

function readersOf(caller: Caller): DocumentReaders {
  if (oversees(caller)) return undefined
  return { members: caller.members, domains: caller.domains }
}

const endings = { pdf: 'pdf', data: 'json', signature: 'json.p7s' } as const

/** RFC 6266 §4: the number has letters beyond Latin-1, and a slash that no file may have. */
function dispositionOf(number: string, file: DocumentFile): string {
  const name = encodeURIComponent(`${number.replaceAll('/', '-')}.${endings[file]}`)
  return `attachment; filename="document.${endings[file]}"; filename*=UTF-8''${name}`
}
