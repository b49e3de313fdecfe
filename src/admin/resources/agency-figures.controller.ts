import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common'
import { v7 as newId } from 'uuid'
import { z } from 'zod'
import { recordAct } from '../../audit-log/audit-log.store.js'
import { AdminDatabase } from '../admin-database.store.js'
import { Answers, ApiProblems, TakesBytes } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import type { Caller } from '../caller.js'
import { csvLimits } from '../csv/limits.js'
import { page, pageOf, pageQuery, type Page } from '../paging.js'
import { Everyone, Permit } from '../permission.js'
import { Problem } from '../problem.js'
import { reasonText } from '../reason-text.js'
import { anomaliesOf, figuresSchema, readFigures, totalsOf } from './agency-figures.js'
import { addFigures, findFigures, listFigures, type KeptFigures } from './agency-figures.store.js'
import { titleText } from './title-text.js'

type FiguresJson = z.infer<typeof figuresSchema>

const importQuery = z.strictObject({
  title: titleText,
  reason: reasonText.optional(),
})

const summarySchema = figuresSchema
  .pick({ id: true, title: true, madeAt: true, madeBy: true, totals: true })
  .meta({ id: 'AgencyFiguresSummary', description: 'A table of agencies, with its totals alone' })

const figuresId = z.uuid()

/** Tables of agencies with what is counted of their services, as they were published. */
@Controller('agency-figures')
export class AgencyFiguresController {
  readonly #database: AdminDatabase

  constructor(@Inject(AdminDatabase) database: AdminDatabase) {
    this.#database = database
  }

  @Get()
  @Everyone()
  @Answers(pageOf(summarySchema))
  async list(
    @Query({ schema: pageQuery }) { limit, after }: z.infer<typeof pageQuery>,
  ): Promise<Page<z.infer<typeof summarySchema>>> {
    if (after !== undefined && !figuresId.safeParse(after).success) throw new Problem('INVALID')
    const found = await listFigures(this.#database.pool, { limit: limit + 1, after })
    const items = found.map((each) => {
      const { id, title, madeAt, madeBy, totals } = figuresJson(each)
      return { id, title, madeAt, madeBy, totals }
    })
    return page(items, limit, ({ id }) => id)
  }

  @Get(':id')
  @Everyone()
  @Answers(figuresSchema)
  @ApiProblems('NOT_FOUND')
  async get(@Param('id', { schema: figuresId }) id: string): Promise<FiguresJson> {
    const found = await findFigures(this.#database.pool, id)
    if (!found) throw new Problem('NOT_FOUND')
    return figuresJson(found)
  }

  /** Totals are the sums of the lines, whatever the file prints; what it prints otherwise is reported. */
  @Post()
  @Permit('OPERATOR')
  @TakesBytes(['text/csv'], csvLimits.bytesMax)
  @Answers(figuresSchema, { status: 201 })
  @ApiProblems('UNPROCESSABLE')
  async import(
    @Body() file: Buffer,
    @Query({ schema: importQuery }) { title, reason }: z.infer<typeof importQuery>,
    @CallerOf() caller: Caller,
  ): Promise<FiguresJson> {
    const { lines, printed } = readFigures(file)
    const author = caller.actor()
    const id = newId()
    return this.#database.transaction(async (client) => {
      const kept = await addFigures(client, { id, title, madeBy: author.actor, lines, printed })
      await recordAct(client, {
        ...{ ...author, kind: 'agency-figures.import', reason, subject: `agency figures ${id}` },
        after: { title, lines: lines.length, totals: { ...totalsOf(lines) } },
      })
      return figuresJson(kept)
    })
  }
}

function figuresJson({ id, title, madeAt, madeBy, lines, printed }: KeptFigures): FiguresJson {
  return {
    ...{ id, title, madeBy, madeAt: madeAt.toISOString() },
    lines: [...lines],
    totals: totalsOf(lines),
    anomalies: anomaliesOf({ lines, printed }),
  }
}
