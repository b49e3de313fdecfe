import { Controller, Get, Inject, Query } from '@nestjs/common'
import { z } from 'zod'
import { caseStates } from '../../connection/case-state.js'
import { casesByState, countRechecks } from '../../recheck/progress.store.js'
import { AdminDatabase } from '../admin-database.store.js'
import { Answers } from '../answers.decorator.js'
import { labelOf } from '../connection-cases/case-json.js'
import { domainCode } from '../domains/domain-json.js'
import { Permit } from '../permission.js'
import { RecheckDesk } from './recheck-desk.js'

const count = z.int()

const progressSchema = z
  .object({
    at: z.iso.datetime(),
    cases: z.array(
      z.object({
        state: z.enum(caseStates),
        label: z.object({ az: z.string(), en: z.string() }),
        cases: count,
        medianDays: z.number().meta({ description: 'In this state until now' }),
        longestDays: z.number(),
      }),
    ),
    rechecks: z.object({
      ...{ open: count, denied: count, suspended: count },
      dueWithinWeek: count,
      overdue: count.meta({ description: 'Their day has passed without a positive opinion' }),
    }),
  })
  .meta({ id: 'ConnectionProgress', description: 'Where cases and rechecks are now' })

const progressQuery = z.strictObject({ domain: domainCode.optional() })

/** How many cases and rechecks are where, and for how long. */
@Controller('connection-progress')
export class ProgressController {
  readonly #database: AdminDatabase
  readonly #desk: RecheckDesk

  constructor(
    @Inject(AdminDatabase) database: AdminDatabase,
    @Inject(RecheckDesk) desk: RecheckDesk,
  ) {
    this.#database = database
    this.#desk = desk
  }

  /** Cases in the order of the procedure. Who must connect and has not: `/v1/connection-lists/{id}/report`. */
  @Get()
  @Permit('OPERATOR', 'AGENCY', 'SECURITY')
  @Answers(progressSchema)
  async progress(
    @Query({ schema: progressQuery }) { domain }: z.infer<typeof progressQuery>,
  ): Promise<z.infer<typeof progressSchema>> {
    const { pool } = this.#database
    const now = this.#desk.now()
    const found = await casesByState(pool, { domain, now })
    const cases = caseStates.flatMap((state) =>
      found.filter((each) => each.state === state).map((each) => ({ ...each, ...labelOf(state) })),
    )
    const rechecks = await countRechecks(pool, { domain, now })
    return { at: now.toISOString(), cases, rechecks }
  }
}
