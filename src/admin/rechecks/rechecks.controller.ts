import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common'
import type { z } from 'zod'
import type { JsonValue } from '../../canonical-json.js'
import type { Recheck } from '../../recheck/recheck.js'
import { pageKey } from '../access-right-requests/page-key.js'
import { Answers, ApiProblems } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import type { Caller } from '../caller.js'
import { judgement } from '../connection-cases/case-inputs.js'
import { checkJson, checksSchema } from '../connection-cases/case-json.js'
import { IfMatch } from '../if-match.decorator.js'
import { page, pageOf, type Page } from '../paging.js'
import { Permit } from '../permission.js'
import { Tagged } from '../tagged.js'
import { RecheckDesk } from './recheck-desk.js'
import {
  changeOf,
  changeTerms,
  complaintTerms,
  opinionTerms,
  recheckId,
  recheckJson,
  recheckSchema,
  rechecksQuery,
} from './recheck-json.js'
import { RecheckOpinion } from './recheck-opinion.js'

/** Rechecks of what is connected, and the changes that owners declare. */
@Controller()
export class RechecksController {
  readonly #desk: RecheckDesk
  readonly #opinion: RecheckOpinion

  constructor(
    @Inject(RecheckDesk) desk: RecheckDesk,
    @Inject(RecheckOpinion) opinion: RecheckOpinion,
  ) {
    this.#desk = desk
    this.#opinion = opinion
  }

  /** One's own, those of one's domains; all of them for who oversees the bus. */
  @Get('rechecks')
  @Permit('OPERATOR', 'AGENCY', 'SECURITY', 'FOUNDER_ADMIN', 'MEMBER_ADMIN')
  @Answers(pageOf(recheckSchema))
  async list(
    @Query({ schema: rechecksQuery })
    { limit, after, overdue, ...where }: z.infer<typeof rechecksQuery>,
    @CallerOf() caller: Caller,
  ): Promise<Page<JsonValue>> {
    const now = this.#desk.now()
    const wanted = { ...where, limit: limit + 1, after: pageKey(after), overdueAt: overdue && now }
    const { items, next } = page(await this.#desk.list(wanted, caller), limit, ({ id }) => id)
    const shown = items.map((each) => recheckJson(each, now))
    return { items: shown, ...(next !== undefined && { next }) }
  }

  @Get('rechecks/:id')
  @Permit('OPERATOR', 'AGENCY', 'SECURITY', 'FOUNDER_ADMIN', 'MEMBER_ADMIN')
  @Answers(recheckSchema, { tagged: true })
  @ApiProblems('NOT_FOUND')
  async get(
    @Param('id', { schema: recheckId }) id: string,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    return this.#shown(await this.#desk.read(id, caller))
  }

  /** Every check of the recheck, oldest first. */
  @Get('rechecks/:id/checks')
  @Permit('OPERATOR', 'AGENCY', 'SECURITY', 'FOUNDER_ADMIN', 'MEMBER_ADMIN')
  @Answers(checksSchema)
  @ApiProblems('NOT_FOUND')
  async checks(
    @Param('id', { schema: recheckId }) id: string,
    @CallerOf() caller: Caller,
  ): Promise<{ items: JsonValue[] }> {
    return { items: (await this.#desk.checks(id, caller)).map(checkJson) }
  }

  /** Upon a complaint, with its reason. */
  @Post('rechecks')
  @Permit('OPERATOR')
  @Answers(recheckSchema, { status: 201, tagged: true })
  @ApiProblems('CONFLICT', 'UNPROCESSABLE')
  async complain(
    @Body({ schema: complaintTerms }) { object, reason, until }: z.infer<typeof complaintTerms>,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    const wanted = { object, reason, until: momentOf(until) }
    return this.#shown(await this.#desk.complain(wanted, caller))
  }

  /** Of one's own object: another address, contract or way of working; by the operator on its owner's behalf. */
  @Post('declared-changes')
  @Permit('OPERATOR', 'MEMBER_ADMIN')
  @Answers(recheckSchema, { status: 201, tagged: true })
  @ApiProblems('CONFLICT', 'UNPROCESSABLE')
  async declare(
    @Body({ schema: changeTerms }) body: z.infer<typeof changeTerms>,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    const { object, reason } = body
    const until = momentOf('until' in body ? body.until : undefined)
    const wanted = { object, reason, until, change: changeOf(body) }
    return this.#shown(await this.#desk.declare(wanted, caller))
  }

  /** The check runs on a node, by the requirements in force; `GET …/checks` shows what it found. */
  @Post('rechecks/:id/check')
  @Permit('OPERATOR')
  @Answers(recheckSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT')
  async check(
    @Param('id', { schema: recheckId }) id: string,
    @IfMatch() revision: number,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    return this.#shown(await this.#desk.check({ id, revision }, caller))
  }

  /** Of a line that a node left open, or against what it found. */
  @Post('rechecks/:id/check-decisions')
  @Permit('OPERATOR')
  @Answers(recheckSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT', 'UNPROCESSABLE')
  async judge(
    @Param('id', { schema: recheckId }) id: string,
    @IfMatch() revision: number,
    @Body({ schema: judgement }) decision: z.infer<typeof judgement>,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    return this.#shown(await this.#desk.judge({ id, revision }, decision, caller))
  }

  /** A positive one ends the recheck; after a negative one the object is suspended on its day. */
  @Post('rechecks/:id/opinion')
  @Permit('OPERATOR')
  @Answers(recheckSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT', 'UNPROCESSABLE')
  async giveOpinion(
    @Param('id', { schema: recheckId }) id: string,
    @IfMatch() revision: number,
    @Body({ schema: opinionTerms }) { isPositive, remark }: z.infer<typeof opinionTerms>,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    const given = { isPositive, remark }
    return this.#shown(await this.#opinion.give({ id, revision }, given, caller))
  }

  /** Of a declared change that the kit has not decided on yet. */
  @Post('rechecks/:id/withdrawal')
  @Permit('OPERATOR', 'MEMBER_ADMIN')
  @Answers(recheckSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT')
  async withdraw(
    @Param('id', { schema: recheckId }) id: string,
    @IfMatch() revision: number,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    return this.#shown(await this.#desk.withdraw({ id, revision }, caller))
  }

  #shown(recheck: Recheck): Tagged<JsonValue> {
    return new Tagged(recheckJson(recheck, this.#desk.now()), recheck.revision)
  }
}

function momentOf(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text)
}
