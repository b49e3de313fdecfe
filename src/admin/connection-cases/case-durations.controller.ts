import { Controller, Get, Inject, Query } from '@nestjs/common'
import type { z } from 'zod'
import { caseStates } from '../../connection/case-state.js'
import { medianDays } from '../../connection/case.store.js'
import { AdminDatabase } from '../admin-database.store.js'
import { Answers } from '../answers.decorator.js'
import { Permit } from '../permission.js'
import { durationsQuery } from './case-inputs.js'
import { durationsSchema, labelOf } from './case-json.js'

/** How long connection takes: median days of each state that some case has left. */
@Controller('connection-case-durations')
export class CaseDurationsController {
  readonly #database: AdminDatabase

  constructor(@Inject(AdminDatabase) database: AdminDatabase) {
    this.#database = database
  }

  /** In the order of the procedure. */
  @Get()
  @Permit('OPERATOR', 'AGENCY', 'SECURITY')
  @Answers(durationsSchema)
  async report(
    @Query({ schema: durationsQuery }) query: z.infer<typeof durationsQuery>,
  ): Promise<z.infer<typeof durationsSchema>> {
    const { domain, kind, from, until } = query
    const moment = (text: string | undefined) => (text === undefined ? undefined : new Date(text))
    const wanted = { domain, kind, from: moment(from), until: moment(until) }
    const found = await medianDays(this.#database.pool, wanted)
    const items = caseStates.flatMap((state) =>
      found
        .filter((each) => each.state === state)
        .map(({ stays, medianDays: days }) => ({ ...labelOf(state), stays, medianDays: days })),
    )
    return { items }
  }
}
