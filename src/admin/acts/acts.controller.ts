import { Controller, Get, Inject, Query } from '@nestjs/common'
import { z } from 'zod'
import {
  readEarlierActs,
  type EarlierActs,
  type StoredAct,
} from '../../audit-log/audit-log.store.js'
import { AdminDatabase } from '../admin-database.store.js'
import { Answers } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import { oversees, type Caller } from '../caller.js'
import { cursorOf, pageOf, type Page } from '../paging.js'
import { Permit } from '../permission.js'
import { Problem } from '../problem.js'
import { actJson, actSchema, actsQuery, type ActJson, type ActsQuery } from './act-json.js'
import { actsOfMembers } from './colleagues.store.js'
import { findActs } from './find-acts.js'

const actId = z.uuid()

/** The log of acts, for those who watch over them. Looking changes nothing, and is no act. */
@Controller('acts')
export class ActsController {
  readonly #database: AdminDatabase

  constructor(@Inject(AdminDatabase) database: AdminDatabase) {
    this.#database = database
  }

  /** Newest first. All of them for who oversees the bus; for a member's administrators what they did as such. */
  @Get()
  @Permit('OPERATOR', 'AGENCY', 'SECURITY', 'MEMBER_ADMIN')
  @Answers(pageOf(actSchema))
  async list(
    @Query({ schema: actsQuery }) { after, from, until, ...where }: ActsQuery,
    @CallerOf() caller: Caller,
  ): Promise<Page<ActJson>> {
    if (after !== undefined && !actId.safeParse(after).success) throw new Problem('INVALID')
    const { pool } = this.#database
    const { acts, next } = await findActs(
      { ...where, before: after, from: momentOf(from), until: momentOf(until) },
      {
        read: (selection: EarlierActs) => readEarlierActs(pool, selection),
        mayBeSeen: (batch: readonly StoredAct[]) =>
          oversees(caller) ? Promise.resolve(batch) : actsOfMembers(pool, batch, caller.members),
      },
    )
    return { items: acts.map(actJson), ...(next !== undefined && { next: cursorOf(next) }) }
  }
}

function momentOf(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text)
}
