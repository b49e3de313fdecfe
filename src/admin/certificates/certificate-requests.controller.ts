import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common'
import { Answers, ApiProblems } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import { oversees, type Caller } from '../caller.js'
import { IfMatch } from '../if-match.decorator.js'
import { page, pageOf, type Page } from '../paging.js'
import { Everyone, Permit } from '../permission.js'
import { Problem } from '../problem.js'
import { Tagged } from '../tagged.js'
import { withCaProblems } from './ca-problem.js'
import { CertificateDesk } from './certificate-desk.store.js'
import {
  certificateJson,
  certificateSchema,
  filedJson,
  filedSchema,
  reasoned,
  requestId,
  requestQuery,
  type CertificateJson,
  type FiledJson,
  type Reasoned,
  type RequestQuery,
} from './certificate-json.js'

/** Members' requests for certificates, which the operator decides upon. */
@Controller('certificate-requests')
export class CertificateRequestsController {
  readonly #desk: CertificateDesk

  constructor(@Inject(CertificateDesk) desk: CertificateDesk) {
    this.#desk = desk
  }

  @Get()
  @Everyone()
  @Answers(pageOf(filedSchema))
  async list(
    @CallerOf() caller: Caller,
    @Query({ schema: requestQuery }) { limit, after, ...query }: RequestQuery,
  ): Promise<Page<FiledJson>> {
    if (after !== undefined && !requestId.safeParse(after).success) throw new Problem('INVALID')
    const owners = oversees(caller) ? undefined : caller.members
    const found = await this.#desk.requests({ ...query, after, owners, limit: limit + 1 })
    return page(found.map(filedJson), limit, ({ id }) => id)
  }

  @Get(':id')
  @Everyone()
  @Answers(filedSchema, { tagged: true })
  @ApiProblems('NOT_FOUND')
  async get(
    @CallerOf() caller: Caller,
    @Param('id', { schema: requestId }) id: string,
  ): Promise<Tagged<FiledJson>> {
    return withCaProblems(async () => {
      const filed = await this.#desk.request(id)
      const owner = await this.#desk.ownerOf(filed.subsystem)
      const isOwn = (caller.members as readonly string[]).includes(owner)
      if (!oversees(caller) && !isOwn) throw new Problem('NOT_FOUND')
      return new Tagged(filedJson(filed), filed.revision)
    })
  }

  /** Issues the certificate that is asked for. */
  @Post(':id/approve')
  @Permit('OPERATOR')
  @Answers(certificateSchema, { status: 201, tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT', 'UNPROCESSABLE', 'UNAVAILABLE')
  async approve(
    @CallerOf() caller: Caller,
    @Param('id', { schema: requestId }) id: string,
    @IfMatch() revision: number,
    @Body({ schema: reasoned }) { reason }: Reasoned,
  ): Promise<Tagged<CertificateJson>> {
    const order = { caller, revision, reason }
    const record = await withCaProblems(() => this.#desk.approve(id, order))
    return new Tagged(certificateJson(record), record.revision)
  }

  @Post(':id/refuse')
  @Permit('OPERATOR')
  @Answers(filedSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT')
  async refuse(
    @CallerOf() caller: Caller,
    @Param('id', { schema: requestId }) id: string,
    @IfMatch() revision: number,
    @Body({ schema: reasoned }) { reason }: Reasoned,
  ): Promise<Tagged<FiledJson>> {
    const filed = await withCaProblems(() => this.#desk.refuse(id, { caller, revision, reason }))
    return new Tagged(filedJson(filed), filed.revision)
  }
}
