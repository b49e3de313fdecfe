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
import { code } from '../registry/fields.js'
import { addList, dutiesOf, findList, hasDomain, listLists } from './connection-list.store.js'
import { readDuties, type ConnectionList } from './connection-list.js'
import { reportOf, reportSchema, type ConnectionReport } from './connection-report.js'
import { titleText } from './title-text.js'

const importQuery = z.strictObject({
  titleAz: titleText,
  titleEn: titleText,
  legalBasis: titleText,
  domain: code,
  reason: reasonText.optional(),
})

const listSchema = z
  .object({
    id: z.string(),
    title: z.object({ az: z.string(), en: z.string() }),
    legalBasis: z.string(),
    domain: z.string(),
    madeAt: z.iso.datetime(),
    madeBy: z.string(),
  })
  .meta({ id: 'ConnectionList', description: 'A list of systems that must connect' })
type ListJson = z.infer<typeof listSchema>

const listId = z.uuid()

/** Lists of systems that must connect, and how far they are. */
@Controller('connection-lists')
export class ConnectionListsController {
  readonly #database: AdminDatabase

  constructor(@Inject(AdminDatabase) database: AdminDatabase) {
    this.#database = database
  }

  @Get()
  @Everyone()
  @Answers(pageOf(listSchema))
  async list(
    @Query({ schema: pageQuery }) { limit, after }: z.infer<typeof pageQuery>,
  ): Promise<Page<ListJson>> {
    if (after !== undefined && !listId.safeParse(after).success) throw new Problem('INVALID')
    const found = await listLists(this.#database.pool, { limit: limit + 1, after })
    return page(found.map(listJson), limit, ({ id }) => id)
  }

  /** Of how many of them have connected, and who is missing. */
  @Get(':id/report')
  @Everyone()
  @Answers(reportSchema)
  @ApiProblems('NOT_FOUND')
  async report(@Param('id', { schema: listId }) id: string): Promise<ConnectionReport> {
    const { pool } = this.#database
    if (!(await findList(pool, id))) throw new Problem('NOT_FOUND')
    return reportOf(await dutiesOf(pool, id), dayInBaku(new Date()))
  }

  /** A file with the columns Qurum, Sistem, Son tarix, and Kod, Qrup, Üsul where there are such. */
  @Post()
  @Permit('OPERATOR')
  @TakesBytes(['text/csv'], csvLimits.bytesMax)
  @Answers(listSchema, { status: 201 })
  @ApiProblems('UNPROCESSABLE')
  async import(
    @Body() file: Buffer,
    @Query({ schema: importQuery }) query: z.infer<typeof importQuery>,
    @CallerOf() caller: Caller,
  ): Promise<ListJson> {
    const { titleAz: az, titleEn: en, legalBasis, domain, reason } = query
    const lines = readDuties(file)
    const author = caller.actor()
    const list = { id: newId(), title: { az, en }, legalBasis, domain, madeBy: author.actor }
    return this.#database.transaction(async (client) => {
      if (!(await hasDomain(client, domain))) throw noDomain()
      await addList(client, list, lines)
      await recordAct(client, {
        ...{ ...author, kind: 'connection-list.import', reason },
        ...{ subject: `connection list ${list.id}`, after: { ...list, lines: lines.length } },
      })
      const made = await findList(client, list.id)
      if (!made) throw new Error('the list was not written')
      return listJson(made)
    })
  }
}

function noDomain(): Problem {
  const detail = { az: 'belə mübadilə sahəsi yoxdur', en: 'there is no such exchange domain' }
  return new Problem('UNPROCESSABLE', { errors: [{ pointer: 'domain', detail }] })
}

function listJson({ madeAt, ...list }: ConnectionList): ListJson {
  return { ...list, madeAt: madeAt.toISOString() }
}

/** Days of lists are days of the country, which has kept this offset since 2016. */
function dayInBaku(now: Date): string {
  const offsetMs = 4 * 3_600_000
  return new Date(now.getTime() + offsetMs).toISOString().slice(0, 10)
}
