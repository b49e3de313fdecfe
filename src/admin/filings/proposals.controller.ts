import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common'
import { z } from 'zod'
import { Answers, ApiProblems } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import type { Caller } from '../caller.js'
import { IfMatch } from '../if-match.decorator.js'
import { pageOf, type Page } from '../paging.js'
import { Permit } from '../permission.js'
import type { Tagged } from '../tagged.js'
import { FilingDesks } from './filing-desks.js'
import type { FilingDesk } from './filing-desk.js'
import {
  acceptance,
  filingJson,
  filingSchema,
  filingsQuery,
  newFiling,
  proposalAnswer,
  taggedFiling,
  type Acceptance,
  type FilingJson,
  type FilingsQuery,
  type NewFilingBody,
} from './filing-json.js'

const filingId = z.uuid()

/** What participants propose to who runs the bus, and to the Agency. */
@Controller('proposals')
export class ProposalsController {
  readonly #desk: FilingDesk

  constructor(@Inject(FilingDesks) desks: FilingDesks) {
    this.#desk = desks['proposal']
  }

  /** For a member of one's own. */
  @Post()
  @Permit('MEMBER_ADMIN')
  @Answers(filingSchema, { status: 201, tagged: true })
  @ApiProblems('CONFLICT', 'UNPROCESSABLE')
  async file(
    @Body({ schema: newFiling }) body: NewFilingBody,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<FilingJson>> {
    return taggedFiling(await this.#desk.file(body, caller))
  }

  /** Those of one's own members, without their histories; all of them for these two. */
  @Get()
  @Permit('OPERATOR', 'AGENCY', 'MEMBER_ADMIN')
  @Answers(pageOf(filingSchema))
  async list(
    @Query({ schema: filingsQuery }) query: FilingsQuery,
    @CallerOf() caller: Caller,
  ): Promise<Page<FilingJson>> {
    const { items, ...rest } = await this.#desk.list(query, caller)
    return { items: items.map((each) => filingJson(each)), ...rest }
  }

  @Get(':id')
  @Permit('OPERATOR', 'AGENCY', 'MEMBER_ADMIN')
  @Answers(filingSchema, { tagged: true })
  @ApiProblems('NOT_FOUND')
  async get(
    @Param('id', { schema: filingId }) id: string,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<FilingJson>> {
    return taggedFiling(await this.#desk.read(id, caller))
  }

  /** Somebody deals with it. */
  @Post(':id/acceptance')
  @Permit('OPERATOR', 'AGENCY')
  @Answers(filingSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT')
  async accept(
    @Param('id', { schema: filingId }) id: string,
    @IfMatch() revision: number,
    @Body({ schema: acceptance }) { note }: Acceptance,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<FilingJson>> {
    return taggedFiling(await this.#desk.accept({ id, revision }, note, caller))
  }

  /** The answer ends it. */
  @Post(':id/answer')
  @Permit('OPERATOR', 'AGENCY')
  @Answers(filingSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT')
  async answer(
    @Param('id', { schema: filingId }) id: string,
    @IfMatch() revision: number,
    @Body({ schema: proposalAnswer }) terms: z.infer<typeof proposalAnswer>,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<FilingJson>> {
    return taggedFiling(await this.#desk.answer({ id, revision }, terms, caller))
  }

  /** By the member that filed it, before there is an answer. */
  @Post(':id/withdrawal')
  @Permit('MEMBER_ADMIN')
  @Answers(filingSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT')
  async withdraw(
    @Param('id', { schema: filingId }) id: string,
    @IfMatch() revision: number,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<FilingJson>> {
    return taggedFiling(await this.#desk.withdraw({ id, revision }, caller))
  }
}
