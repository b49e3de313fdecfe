import { Body, Controller, Inject, Param, Post } from '@nestjs/common'
import type { z } from 'zod'
import type { JsonValue } from '../../canonical-json.js'
import { Answers, ApiProblems } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import type { Caller } from '../caller.js'
import { IfMatch } from '../if-match.decorator.js'
import { Permit } from '../permission.js'
import type { Tagged } from '../tagged.js'
import {
  archivingTerms,
  caseId,
  demandTerms,
  judgement,
  missingTerms,
  refusalOfCase,
  remarkTerms,
  securityOpinionTerms,
} from './case-inputs.js'
import { caseSchema } from './case-json.js'
import { ConnectionDesk } from './connection-desk.js'
import { shown } from './shown.js'

/** What is decided in connection cases, by the operator's officers and by who admits in the domain. */
@Controller('connection-cases')
export class CaseDecisionsController {
  readonly #desk: ConnectionDesk

  constructor(@Inject(ConnectionDesk) desk: ConnectionDesk) {
    this.#desk = desk
  }

  @Post(':id/return')
  @Permit('OPERATOR')
  @Answers(caseSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT', 'UNPROCESSABLE')
  async giveBack(
    @Param('id', { schema: caseId }) id: string,
    @IfMatch() revision: number,
    @Body({ schema: missingTerms }) { missing, remark }: z.infer<typeof missingTerms>,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    const named = missing.map(({ pointer = '', az, en = az }) => ({ pointer, text: { az, en } }))
    const list = { missing: named, remark }
    return shown(this.#desk, await this.#desk.checking.giveBack({ id, revision }, list, caller))
  }

  /** The check runs on a node; `GET …/checks` shows what it found. */
  @Post(':id/check')
  @Permit('OPERATOR')
  @Answers(caseSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT')
  async check(
    @Param('id', { schema: caseId }) id: string,
    @IfMatch() revision: number,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    return shown(this.#desk, await this.#desk.checking.start({ id, revision }, caller))
  }

  /** Of a line that a node left open, or against what it found. */
  @Post(':id/check-decisions')
  @Permit('OPERATOR')
  @Answers(caseSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT', 'UNPROCESSABLE')
  async judge(
    @Param('id', { schema: caseId }) id: string,
    @IfMatch() revision: number,
    @Body({ schema: judgement }) decision: z.infer<typeof judgement>,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    return shown(this.#desk, await this.#desk.checking.judge({ id, revision }, decision, caller))
  }

  /** A positive one; its copy goes to the State Agency. */
  @Post(':id/opinion')
  @Permit('OPERATOR')
  @Answers(caseSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT', 'UNPROCESSABLE')
  async approve(
    @Param('id', { schema: caseId }) id: string,
    @IfMatch() revision: number,
    @Body({ schema: remarkTerms }) { remark }: z.infer<typeof remarkTerms>,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    return shown(this.#desk, await this.#desk.opining.approve({ id, revision }, remark, caller))
  }

  /** A negative opinion, with what is demanded and why. */
  @Post(':id/demand')
  @Permit('OPERATOR')
  @Answers(caseSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT', 'UNPROCESSABLE')
  async demand(
    @Param('id', { schema: caseId }) id: string,
    @IfMatch() revision: number,
    @Body({ schema: demandTerms }) { justification, until }: z.infer<typeof demandTerms>,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    const wanted = { justification, until: until === undefined ? undefined : new Date(until) }
    return shown(this.#desk, await this.#desk.opining.demand({ id, revision }, wanted, caller))
  }

  /** With its grounds, by who admits in the domain. */
  @Post(':id/refusal')
  @Permit('OPERATOR', 'FOUNDER_ADMIN')
  @Answers(caseSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT', 'UNPROCESSABLE')
  async refuse(
    @Param('id', { schema: caseId }) id: string,
    @IfMatch() revision: number,
    @Body({ schema: refusalOfCase }) { grounds }: z.infer<typeof refusalOfCase>,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    return shown(this.#desk, await this.#desk.opining.refuse({ id, revision }, grounds, caller))
  }

  /** Where the domain asks for it, before the agreement. */
  @Post(':id/security-opinion')
  @Permit('SECURITY')
  @Answers(caseSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT', 'UNPROCESSABLE')
  async security(
    @Param('id', { schema: caseId }) id: string,
    @IfMatch() revision: number,
    @Body({ schema: securityOpinionTerms }) given: z.infer<typeof securityOpinionTerms>,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    const { admitting } = this.#desk
    return shown(this.#desk, await admitting.giveSecurityOpinion({ id, revision }, given, caller))
  }

  /** The object becomes a part of the participant's agreement, by who admits in the domain. */
  @Post(':id/agreement')
  @Permit('OPERATOR', 'FOUNDER_ADMIN')
  @Answers(caseSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT', 'UNPROCESSABLE', 'UNAVAILABLE')
  async conclude(
    @Param('id', { schema: caseId }) id: string,
    @IfMatch() revision: number,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    return shown(this.#desk, await this.#desk.admitting.conclude({ id, revision }, caller))
  }

  /** Into the registry, not connected yet. */
  @Post(':id/registration')
  @Permit('OPERATOR')
  @Answers(caseSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT', 'UNPROCESSABLE', 'UNAVAILABLE')
  async register(
    @Param('id', { schema: caseId }) id: string,
    @IfMatch() revision: number,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    return shown(this.#desk, await this.#desk.admitting.register({ id, revision }, caller))
  }

  /** A service after its system. */
  @Post(':id/connection')
  @Permit('OPERATOR')
  @Answers(caseSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT', 'UNPROCESSABLE', 'UNAVAILABLE')
  async connect(
    @Param('id', { schema: caseId }) id: string,
    @IfMatch() revision: number,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    return shown(this.#desk, await this.#desk.admitting.connect({ id, revision }, caller))
  }

  /** What has ended, or will never be registered, is put away with a ground: beside its state, and for good. */
  @Post(':id/archiving')
  @Permit('OPERATOR')
  @Answers(caseSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT')
  async archive(
    @Param('id', { schema: caseId }) id: string,
    @IfMatch() revision: number,
    @Body({ schema: archivingTerms }) { reason }: z.infer<typeof archivingTerms>,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    return shown(this.#desk, await this.#desk.archiving.archive({ id, revision }, reason, caller))
  }
}
