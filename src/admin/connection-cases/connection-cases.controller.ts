import { Body, Controller, Get, Inject, Param, Patch, Post, Query } from '@nestjs/common'
import type { z } from 'zod'
import type { JsonValue } from '../../canonical-json.js'
import { applicationSchema } from '../../conformity/application-schema.js'
import { applicationBytesMax } from '../../conformity/limits.js'
import { pageKey } from '../access-right-requests/page-key.js'
import { Answers, ApiProblems, TakesJson } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import type { Caller } from '../caller.js'
import { IfMatch } from '../if-match.decorator.js'
import { page, pageOf, type Page } from '../paging.js'
import { Permit } from '../permission.js'
import type { Tagged } from '../tagged.js'
import { readWhole } from './application-change.js'
import {
  applicationChange,
  caseId,
  casesQuery,
  correctionTerms,
  improvementTerms,
  remarkTerms,
} from './case-inputs.js'
import { caseHeadJson, caseHeadSchema, caseSchema, checkJson, checksSchema } from './case-json.js'
import { ConnectionDesk } from './connection-desk.js'
import { shown } from './shown.js'

type Remark = z.infer<typeof remarkTerms>

/** Connection cases as who applies has them, and as everybody reads them. */
@Controller('connection-cases')
export class ConnectionCasesController {
  readonly #desk: ConnectionDesk

  constructor(@Inject(ConnectionDesk) desk: ConnectionDesk) {
    this.#desk = desk
  }

  /** A draft, for an object of one's own. */
  @Post()
  @Permit('MEMBER_ADMIN')
  @TakesJson(applicationBytesMax)
  @Answers(caseSchema, { status: 201, tagged: true })
  @ApiProblems('CONFLICT', 'UNPROCESSABLE')
  async open(
    @Body({ schema: applicationSchema }) body: z.infer<typeof applicationSchema>,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    return shown(this.#desk, await this.#desk.applying.open(readWhole(body), caller))
  }

  /** One's own, those of one's domains; all of them for who oversees the bus. */
  @Get()
  @Permit('OPERATOR', 'AGENCY', 'SECURITY', 'FOUNDER_ADMIN', 'MEMBER_ADMIN')
  @Answers(pageOf(caseHeadSchema))
  async list(
    @Query({ schema: casesQuery }) { limit, after, archived, ...where }: z.infer<typeof casesQuery>,
    @CallerOf() caller: Caller,
  ): Promise<Page<JsonValue>> {
    const isArchived = archived === 'true'
    const wanted = { ...where, archived: isArchived, limit: limit + 1, after: pageKey(after) }
    const { items, next } = page(await this.#desk.list(wanted, caller), limit, ({ id }) => id)
    return { items: items.map(caseHeadJson), ...(next !== undefined && { next }) }
  }

  @Get(':id')
  @Permit('OPERATOR', 'AGENCY', 'SECURITY', 'FOUNDER_ADMIN', 'MEMBER_ADMIN')
  @Answers(caseSchema, { tagged: true })
  @ApiProblems('NOT_FOUND')
  async get(
    @Param('id', { schema: caseId }) id: string,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    return shown(this.#desk, await this.#desk.read(id, caller))
  }

  /** Every check of the case, oldest first. */
  @Get(':id/checks')
  @Permit('OPERATOR', 'AGENCY', 'SECURITY', 'FOUNDER_ADMIN', 'MEMBER_ADMIN')
  @Answers(checksSchema)
  @ApiProblems('NOT_FOUND')
  async checks(
    @Param('id', { schema: caseId }) id: string,
    @CallerOf() caller: Caller,
  ): Promise<{ items: JsonValue[] }> {
    return { items: (await this.#desk.checks(id, caller)).map(checkJson) }
  }

  @Patch(':id')
  @Permit('MEMBER_ADMIN')
  @TakesJson(applicationBytesMax)
  @Answers(caseSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT', 'UNPROCESSABLE')
  async change(
    @Param('id', { schema: caseId }) id: string,
    @IfMatch() revision: number,
    @Body({ schema: applicationChange }) change: z.infer<typeof applicationChange>,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    return shown(this.#desk, await this.#desk.applying.change({ id, revision }, change, caller))
  }

  /** What lacks data comes back at once, with the list. */
  @Post(':id/submission')
  @Permit('MEMBER_ADMIN')
  @Answers(caseSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT', 'UNPROCESSABLE')
  async submit(
    @Param('id', { schema: caseId }) id: string,
    @IfMatch() revision: number,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    return shown(this.#desk, await this.#desk.applying.submit({ id, revision }, caller))
  }

  /** By the owner or the State Agency, with what shows it. */
  @Post(':id/improvement')
  @Permit('AGENCY', 'MEMBER_ADMIN')
  @Answers(caseSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT', 'UNPROCESSABLE')
  async improve(
    @Param('id', { schema: caseId }) id: string,
    @IfMatch() revision: number,
    @Body({ schema: improvementTerms }) done: z.infer<typeof improvementTerms>,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    return shown(this.#desk, await this.#desk.applying.improve({ id, revision }, done, caller))
  }

  /** What no opinion rests on, once there is an agreement: its certificate request, or a reason for a duplicate data object. */
  @Post(':id/correction')
  @Permit('MEMBER_ADMIN')
  @TakesJson(applicationBytesMax)
  @Answers(caseSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT', 'UNPROCESSABLE')
  async correct(
    @Param('id', { schema: caseId }) id: string,
    @IfMatch() revision: number,
    @Body({ schema: correctionTerms }) wanted: z.infer<typeof correctionTerms>,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    return shown(this.#desk, await this.#desk.correcting.correct({ id, revision }, wanted, caller))
  }

  @Post(':id/withdrawal')
  @Permit('MEMBER_ADMIN')
  @Answers(caseSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT', 'UNPROCESSABLE')
  async withdraw(
    @Param('id', { schema: caseId }) id: string,
    @IfMatch() revision: number,
    @Body({ schema: remarkTerms }) { remark }: Remark,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    return shown(this.#desk, await this.#desk.applying.withdraw({ id, revision }, remark, caller))
  }
}
