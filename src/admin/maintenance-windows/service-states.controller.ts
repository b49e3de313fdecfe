import { Controller, Get, Inject, Param } from '@nestjs/common'
import { z } from 'zod'
import { AdminDatabase } from '../admin-database.store.js'
import { Answers, ApiProblems } from '../answers.decorator.js'
import { Everyone } from '../permission.js'
import { Problem } from '../problem.js'
import { identifier } from '../registry/fields.js'
import { findServiceFacts } from './service-state.store.js'
import { serviceState, stateLabels } from './service-state.js'
import { WindowDesk } from './window-desk.js'

const bilingual = z.object({ az: z.string(), en: z.string() })
const stateSchema = z
  .object({
    service: z.string(),
    state: z.enum(Object.keys(stateLabels) as [string, ...string[]]),
    label: bilingual,
    until: z.iso.datetime().optional().describe('Planned end of the works, or of the recheck'),
    since: z.iso.datetime().optional(),
    reason: bilingual.optional(),
  })
  .meta({ id: 'ServiceState' })
type StateJson = z.infer<typeof stateSchema>

/** In which state a service is now: works and faults of its system included. */
@Controller('services')
export class ServiceStatesController {
  readonly #desk: WindowDesk
  readonly #database: AdminDatabase

  constructor(
    @Inject(WindowDesk) desk: WindowDesk,
    @Inject(AdminDatabase) database: AdminDatabase,
  ) {
    this.#desk = desk
    this.#database = database
  }

  @Get(':id/state')
  @Everyone()
  @Answers(stateSchema)
  @ApiProblems('NOT_FOUND')
  async state(@Param('id', { schema: identifier }) id: string): Promise<StateJson> {
    const now = this.#desk.now()
    const facts = await findServiceFacts(this.#database.pool, id, now)
    if (!facts) throw new Problem('NOT_FOUND')
    const { state, until, since, reason } = serviceState(facts, now)
    return {
      ...{ service: id, state, label: stateLabels[state] },
      ...(until && { until: until.toISOString() }),
      ...(since && { since: since.toISOString() }),
      ...(reason && { reason }),
    }
  }
}
