import { Controller, Get, Inject, Query, StreamableFile } from '@nestjs/common'
import { z } from 'zod'
import { listExecutions } from '../../execution/executions.store.js'
import { reportDays, reportDaysMax } from '../../execution/limits.js'
import {
  reportExecutions,
  type ExecutionReport,
  type ReportWanted,
} from '../../execution/report.store.js'
import { AdminDatabase } from '../admin-database.store.js'
import { Answers, AnswersBytes, ApiProblems } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import type { Caller } from '../caller.js'
import { page, pageOf, type Page } from '../paging.js'
import { Permit } from '../permission.js'
import { Problem } from '../problem.js'
import { ExecutionClock } from './execution-clock.js'
import {
  executionJson,
  executionSchema,
  executionsQuery,
  reportQuery,
  reportSchema,
} from './execution-json.js'
import { reportCsv } from './report-csv.js'
import { reportedMembers, scopeOf } from './scope.js'

const dayMs = 86_400_000
const executionId = z.uuid()

/** Control of execution: what is open and overdue, and reports by authority. */
@Controller()
export class ExecutionsController {
  readonly #database: AdminDatabase
  readonly #clock: ExecutionClock

  constructor(
    @Inject(AdminDatabase) database: AdminDatabase,
    @Inject(ExecutionClock) clock: ExecutionClock,
  ) {
    this.#database = database
    this.#clock = clock
  }

  /** Those that the caller sees: open ones, and among them the overdue, where nothing else is asked for. */
  @Get('executions')
  @Permit('OPERATOR', 'AGENCY', 'FOUNDER_ADMIN', 'MEMBER_ADMIN')
  @Answers(pageOf(executionSchema))
  async list(
    @Query({ schema: executionsQuery }) query: z.infer<typeof executionsQuery>,
    @CallerOf() caller: Caller,
  ): Promise<Page<z.infer<typeof executionSchema>>> {
    const { limit, after, state: standing, ...where } = query
    if (after !== undefined && !executionId.safeParse(after).success) throw new Problem('INVALID')
    const now = this.#clock.now()
    const wanted = { ...where, standing, now, after, of: scopeOf(caller), limit: limit + 1 }
    const found = await listExecutions(this.#database.pool, wanted)
    const items = found.map((execution) => executionJson(execution, now))
    return page(items, limit, ({ id }) => id)
  }

  /** A member has its own lines alone, and their sums. */
  @Get('execution-reports')
  @Permit('OPERATOR', 'AGENCY', 'FOUNDER_ADMIN', 'MEMBER_ADMIN')
  @Answers(reportSchema)
  @ApiProblems('UNPROCESSABLE')
  async report(
    @Query({ schema: reportQuery }) query: z.infer<typeof reportQuery>,
    @CallerOf() caller: Caller,
  ): Promise<z.infer<typeof reportSchema>> {
    const wanted = this.#wanted(query, caller)
    const { lines, totals } = await reportExecutions(this.#database.pool, wanted)
    const { domain, from, until } = wanted
    const period = { domain, from: from.toISOString(), until: until.toISOString() }
    return { ...period, lines: [...lines], totals }
  }

  /** The same as a table. */
  @Get('execution-reports.csv')
  @Permit('OPERATOR', 'AGENCY', 'FOUNDER_ADMIN', 'MEMBER_ADMIN')
  @AnswersBytes('text/csv')
  @ApiProblems('UNPROCESSABLE')
  async csv(
    @Query({ schema: reportQuery }) query: z.infer<typeof reportQuery>,
    @CallerOf() caller: Caller,
  ): Promise<StreamableFile> {
    const wanted = this.#wanted(query, caller)
    const report: ExecutionReport = await reportExecutions(this.#database.pool, wanted)
    return new StreamableFile(reportCsv(report))
  }

  /** @throws Problem FORBIDDEN, UNPROCESSABLE for a period that is none or too long */
  #wanted({ domain, ...period }: z.infer<typeof reportQuery>, caller: Caller): ReportWanted {
    const ofMembers = reportedMembers(caller, domain)
    const now = this.#clock.now()
    const until = period.until === undefined ? now : new Date(period.until)
    const from =
      period.from === undefined
        ? new Date(until.getTime() - reportDays * dayMs)
        : new Date(period.from)
    if (from >= until || until.getTime() - from.getTime() > reportDaysMax * dayMs) {
      const detail = {
        az: `dövr ən çoxu ${reportDaysMax} gün ola bilər və əvvəli sonundan qabaq olmalıdır`,
        en: `a period has at most ${reportDaysMax} days, and begins before it ends`,
      }
      throw new Problem('UNPROCESSABLE', { errors: [{ pointer: 'from', detail }] })
    }
    return { domain, from, until, now, ofMembers }
  }
}
