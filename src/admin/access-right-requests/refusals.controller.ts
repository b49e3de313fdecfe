import { Controller, Get, Inject, Query } from '@nestjs/common'
import type { z } from 'zod'
import type { JsonValue } from '../../canonical-json.js'
import { AdminDatabase } from '../admin-database.store.js'
import { Answers } from '../answers.decorator.js'
import { page, pageOf, type Page } from '../paging.js'
import { Permit } from '../permission.js'
import { pageKey } from './page-key.js'
import { refusalsQuery, requestJson, requestSchema } from './request-json.js'
import { listRequests } from './requests.store.js'

/** Which providers refuse their data, and on what ground. */
@Controller('access-right-refusals')
export class RefusalsController {
  readonly #database: AdminDatabase

  constructor(@Inject(AdminDatabase) database: AdminDatabase) {
    this.#database = database
  }

  @Get()
  @Permit('AGENCY')
  @Answers(pageOf(requestSchema))
  async list(
    @Query({ schema: refusalsQuery }) { limit, after, ...where }: z.infer<typeof refusalsQuery>,
  ): Promise<Page<JsonValue>> {
    const found = await listRequests(this.#database.pool, {
      ...where,
      ...{ state: 'refused', limit: limit + 1, after: pageKey(after) },
    })
    const { items, next } = page(found, limit, ({ id }) => id)
    return { items: items.map(requestJson), ...(next !== undefined && { next }) }
  }
}
