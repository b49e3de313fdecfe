import { Controller, Get, Headers, Inject, Query } from '@nestjs/common'
import { z } from 'zod'
import { atomFeed } from '../../catalogue/atom.js'
import { catalogueLimits } from '../../catalogue/limits.js'
import { AdminDatabase } from '../admin-database.store.js'
import { Answers, AnswersBytes } from '../answers.decorator.js'
import { cursorOf, pageQuery } from '../paging.js'
import { Public } from '../permission.js'
import { Problem } from '../problem.js'
import { AnswersUnchanged, InCatalogue, Shown } from './catalogue-face.interceptor.js'
import { changeJson, changeSchema } from './catalogue-json.js'
import { languageOf, languageQuery } from './catalogue-language.js'
import { listChanges } from './changes.store.js'

const feedSchema = z
  .object({
    items: z.array(changeSchema),
    next: z.string().describe('What to send as `after` for what comes later; always there'),
  })
  .meta({ id: 'CatalogueChanges' })

const start = '0'

/** What became of the catalogue, for who follows it. */
@Controller('catalogue/changes')
@InCatalogue()
export class CatalogueChangesController {
  readonly #database: AdminDatabase

  constructor(@Inject(AdminDatabase) database: AdminDatabase) {
    this.#database = database
  }

  /** Oldest first; `next` stays good behind the last one, so that who asks again gets what is new. */
  @Get()
  @Public()
  @Answers(feedSchema)
  @AnswersUnchanged()
  async list(
    @Query({ schema: pageQuery }) { limit, after = start }: z.infer<typeof pageQuery>,
  ): Promise<Shown> {
    const wanted = { limit, after: positionKey(after), newestFirst: false }
    const found = await listChanges(this.#database.pool, wanted)
    const last = found.at(-1)
    const next = cursorOf(last?.position ?? after)
    const headers = last && { 'Last-Modified': last.at.toUTCString() }
    return new Shown({ items: found.map(changeJson), next }, headers)
  }

  /** The newest ones (RFC 4287). */
  @Get('atom')
  @Public()
  @AnswersBytes('application/atom+xml')
  @AnswersUnchanged()
  async atom(
    @Query({ schema: languageQuery }) { lang }: z.infer<typeof languageQuery>,
    @Headers('accept-language') accepted: string | undefined,
  ): Promise<Shown> {
    const wanted = { limit: catalogueLimits.feedEntriesMax, newestFirst: true }
    const found = await listChanges(this.#database.pool, wanted)
    const { language, headers } = languageOf(lang, accepted)
    const updated = found[0]?.at ?? new Date(0)
    const modified = { 'Last-Modified': updated.toUTCString() }
    return new Shown(atomFeed(found, language, updated), { ...headers, ...modified })
  }
}

/** @throws Problem INVALID for what is no place of the feed */
export function positionKey(after: string): string {
  if (/^(?:0|[1-9]\d{0,17})$/.test(after)) return after
  throw new Problem('INVALID')
}
