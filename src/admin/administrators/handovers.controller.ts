import { Body, Controller, Get, Inject, Post, Query } from '@nestjs/common'
import type { z } from 'zod'
import { Answers, ApiProblems } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import type { Caller } from '../caller.js'
import { page, pageOf, type Page } from '../paging.js'
import { Permit } from '../permission.js'
import { handoverJson, handoverSchema, newHandoverSchema } from './administrator-json.js'
import { AdministratorList } from './administrator-list.js'
import { doerOf } from './doer.js'
import { OperatorHandovers } from './operator-handovers.js'
import { idPageQuery, type IdPageQuery } from './texts.js'

type HandoverJson = z.output<typeof handoverSchema>

/** Which body operates the bus, from when on. */
@Controller('operator-handovers')
export class HandoversController {
  readonly #list: AdministratorList
  readonly #handovers: OperatorHandovers

  constructor(
    @Inject(AdministratorList) list: AdministratorList,
    @Inject(OperatorHandovers) handovers: OperatorHandovers,
  ) {
    this.#list = list
    this.#handovers = handovers
  }

  @Get()
  @Permit('OPERATOR', 'AGENCY', 'SECURITY')
  @Answers(pageOf(handoverSchema))
  async find(
    @Query({ schema: idPageQuery }) { limit, after }: IdPageQuery,
  ): Promise<Page<HandoverJson>> {
    const found = await this.#list.handovers({ limit: limit + 1, after })
    return page(found.map(handoverJson), limit, ({ id }) => id)
  }

  /** The former operator's officers lose their role at that moment, the new one's have it from then on. */
  @Post()
  @Permit('OPERATOR')
  @Answers(handoverSchema, { status: 201 })
  @ApiProblems('CONFLICT', 'UNPROCESSABLE')
  async handOver(
    @CallerOf() caller: Caller,
    @Body({ schema: newHandoverSchema }) body: z.output<typeof newHandoverSchema>,
  ): Promise<HandoverJson> {
    const { operator, officers, from } = body
    const wanted = { operator, officers: [...new Set(officers)], from }
    return handoverJson(await this.#handovers.handOver(doerOf(caller), wanted))
  }
}
