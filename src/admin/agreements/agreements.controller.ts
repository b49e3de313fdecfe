import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common'
import { z } from 'zod'
import type { Agreement } from '../../agreement/agreement.js'
import { listAgreements } from '../../agreement/agreement.store.js'
import { listAnnexes } from '../../agreement/annex.store.js'
import type { JsonValue } from '../../canonical-json.js'
import { AdminDatabase } from '../admin-database.store.js'
import { Answers, ApiProblems } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import { oversees, type Caller } from '../caller.js'
import { IfMatch } from '../if-match.decorator.js'
import { page, pageOf, pageQuery, type Page, type PageQuery } from '../paging.js'
import { Permit } from '../permission.js'
import { Problem } from '../problem.js'
import { Tagged } from '../tagged.js'
import { AgreementDesk } from './agreement-desk.js'
import {
  acceptanceTerms,
  agreementJson,
  agreementSchema,
  agreementsQuery,
  annexJson,
  annexSchema,
  newAgreement,
  withdrawalTerms,
  type NewAgreement,
} from './agreement-json.js'

const agreementId = z.uuid()

/** Frame agreements of the operator with participants: one for each, with an annex for each connected object. */
@Controller('agreements')
export class AgreementsController {
  readonly #desk: AgreementDesk
  readonly #database: AdminDatabase

  constructor(
    @Inject(AgreementDesk) desk: AgreementDesk,
    @Inject(AdminDatabase) database: AdminDatabase,
  ) {
    this.#desk = desk
    this.#database = database
  }

  /** Those of one's own members; all of them for who oversees the bus. */
  @Get()
  @Permit('OPERATOR', 'AGENCY', 'SECURITY', 'MEMBER_ADMIN')
  @Answers(pageOf(agreementSchema))
  async list(
    @Query({ schema: agreementsQuery }) { limit, after, ...where }: z.infer<typeof agreementsQuery>,
    @CallerOf() caller: Caller,
  ): Promise<Page<JsonValue>> {
    const members = oversees(caller) ? undefined : caller.members
    const wanted = { ...where, members, limit: limit + 1, after: idKey(after) }
    const found = await listAgreements(this.#database.pool, wanted)
    const { items, next } = page(found, limit, ({ id }) => id)
    return { items: items.map(agreementJson), ...(next !== undefined && { next }) }
  }

  @Get(':id')
  @Permit('OPERATOR', 'AGENCY', 'SECURITY', 'MEMBER_ADMIN')
  @Answers(agreementSchema, { tagged: true })
  @ApiProblems('NOT_FOUND')
  async get(
    @Param('id', { schema: agreementId }) id: string,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    return tagged(await this.#desk.read(id, caller))
  }

  /** What is connected, or to be connected, under it. */
  @Get(':id/annexes')
  @Permit('OPERATOR', 'AGENCY', 'SECURITY', 'MEMBER_ADMIN')
  @Answers(pageOf(annexSchema))
  @ApiProblems('NOT_FOUND')
  async annexes(
    @Param('id', { schema: agreementId }) id: string,
    @Query({ schema: pageQuery }) { limit, after }: PageQuery,
    @CallerOf() caller: Caller,
  ): Promise<Page<JsonValue>> {
    await this.#desk.read(id, caller)
    const wanted = { limit: limit + 1, after: idKey(after) }
    const found = await listAnnexes(this.#database.pool, id, wanted)
    const { items, next } = page(found, limit, (annex) => annex.id)
    return { items: items.map(annexJson), ...(next !== undefined && { next }) }
  }

  /** A draft, which both sides then accept. With `renews` it takes the place of another at its end. */
  @Post()
  @Permit('OPERATOR')
  @Answers(agreementSchema, { status: 201, tagged: true })
  @ApiProblems('CONFLICT', 'UNPROCESSABLE')
  async draft(
    @Body({ schema: newAgreement }) body: NewAgreement,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    return tagged(await this.#desk.draft(body, caller))
  }

  /** By the operator and by an administrator of the participant, two people; the second one concludes it. */
  @Post(':id/acceptance')
  @Permit('OPERATOR', 'MEMBER_ADMIN')
  @Answers(agreementSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT')
  async accept(
    @Param('id', { schema: agreementId }) id: string,
    @IfMatch() revision: number,
    @Body({ schema: acceptanceTerms }) { side }: z.infer<typeof acceptanceTerms>,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    return tagged(await this.#desk.accept({ id, revision }, side, caller))
  }

  /** Takes a draft back, by either side. */
  @Post(':id/withdrawal')
  @Permit('OPERATOR', 'MEMBER_ADMIN')
  @Answers(agreementSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT')
  async withdraw(
    @Param('id', { schema: agreementId }) id: string,
    @IfMatch() revision: number,
    @Body({ schema: withdrawalTerms }) { reason }: z.infer<typeof withdrawalTerms>,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    return tagged(await this.#desk.withdraw({ id, revision }, reason, caller))
  }
}

function tagged(agreement: Agreement): Tagged<JsonValue> {
  return new Tagged(agreementJson(agreement), agreement.revision)
}

/** @throws Problem INVALID for what is no key of such a list */
function idKey(after: string | undefined): string | undefined {
  if (after === undefined || agreementId.safeParse(after).success) return after
  throw new Problem('INVALID')
}
