import { Controller, Get, Inject, Query, StreamableFile } from '@nestjs/common'
import type { z } from 'zod'
import { calendarOf } from '../../maintenance/calendar.js'
import { calendarDaysBack, calendarWindowsMax } from '../../maintenance/limits.js'
import { countWindows, listWindows } from '../../maintenance/windows.store.js'
import { AdminDatabase } from '../admin-database.store.js'
import { Answers, AnswersBytes } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import type { Caller } from '../caller.js'
import { page, pageOf, type Page } from '../paging.js'
import { Everyone, Permit } from '../permission.js'
import { WindowDesk } from './window-desk.js'
import { reportSchema, reportsQuery, type ReportsQuery } from './window-json.js'

type ReportJson = z.infer<typeof reportSchema>
const dayMs = 86_400_000

/** Announced works as a calendar for other programs, and as numbers. */
@Controller()
export class MaintenanceReportsController {
  readonly #desk: WindowDesk
  readonly #database: AdminDatabase

  constructor(
    @Inject(WindowDesk) desk: WindowDesk,
    @Inject(AdminDatabase) database: AdminDatabase,
  ) {
    this.#desk = desk
    this.#database = database
  }

  /** iCalendar (RFC 5545): both kinds, of the last month and to come. */
  @Get('maintenance-calendar')
  @Everyone()
  @AnswersBytes('text/calendar')
  async calendar(): Promise<StreamableFile> {
    const now = this.#desk.now()
    const from = new Date(now.getTime() - calendarDaysBack * dayMs)
    const wanted = { from, limit: calendarWindowsMax, isLatestFirst: true }
    const windows = await listWindows(this.#database.pool, wanted)
    return new StreamableFile(Buffer.from(calendarOf(windows, now)))
  }

  /** How participants gave notice of their works: a participant sees its own numbers. */
  @Get('maintenance-reports')
  @Permit('OPERATOR', 'AGENCY', 'MEMBER_ADMIN')
  @Answers(pageOf(reportSchema))
  async reports(
    @Query({ schema: reportsQuery }) { limit, after, from, until }: ReportsQuery,
    @CallerOf() caller: Caller,
  ): Promise<Page<ReportJson>> {
    const seesAll = caller.has('OPERATOR') || caller.has('AGENCY')
    const found = await countWindows(this.#database.pool, {
      from: from === undefined ? undefined : new Date(from),
      until: until === undefined ? undefined : new Date(until),
      ofMembers: seesAll ? undefined : caller.members,
      ...{ after, limit: limit + 1 },
    })
    return page(found, limit, ({ member }) => member)
  }
}
