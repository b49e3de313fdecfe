import { Controller, Get, Headers, Inject, Param, Query } from '@nestjs/common'
import type { z } from 'zod'
import type { Catalogue } from '../../catalogue/catalogue.js'
import { memberPage, resourcePage, servicePage } from '../../catalogue/entries.js'
import { contentSecurityPolicy } from '../../catalogue/layout.js'
import { changesPage, membersPage, resourcesPage, servicesPage } from '../../catalogue/lists.js'
import type { Language } from '../../catalogue/words.js'
import { AdminDatabase } from '../admin-database.store.js'
import { AnswersBytes, ApiProblems } from '../answers.decorator.js'
import { page, pageQuery } from '../paging.js'
import { Public } from '../permission.js'
import { identifier } from '../registry/fields.js'
import { CatalogueClock } from './catalogue-clock.js'
import { positionKey } from './catalogue-changes.controller.js'
import { AnswersUnchanged, InCatalogue, Shown } from './catalogue-face.interceptor.js'
import { catalogueQuery } from './catalogue-json.js'
import { languageOf, languageQuery } from './catalogue-language.js'
import { CatalogueSource } from './catalogue-source.js'
import { there } from './catalogue.controller.js'
import { listChanges } from './changes.store.js'
import { PublicContracts } from './public-contracts.js'

const id = { schema: identifier }
const listQuery = catalogueQuery.extend(languageQuery.shape)
type ListQuery = z.infer<typeof listQuery>
const changesQuery = pageQuery.extend(languageQuery.shape)
type Lang = z.infer<typeof languageQuery>

/** The catalogue for people: pages without scripts, in two languages. */
@Controller('catalogue')
@InCatalogue()
export class CataloguePagesController {
  readonly #source: CatalogueSource
  readonly #clock: CatalogueClock
  readonly #database: AdminDatabase
  readonly #contracts: PublicContracts

  constructor(
    @Inject(CatalogueSource) source: CatalogueSource,
    @Inject(CatalogueClock) clock: CatalogueClock,
    @Inject(AdminDatabase) database: AdminDatabase,
    @Inject(PublicContracts) contracts: PublicContracts,
  ) {
    this.#contracts = contracts
    this.#source = source
    this.#clock = clock
    this.#database = database
  }

  @Get()
  @Public()
  @AnswersBytes('text/html')
  @AnswersUnchanged()
  services(
    @Query({ schema: listQuery }) query: ListQuery,
    @Headers('accept-language') accepted: string | undefined,
  ): Promise<Shown> {
    return this.#list(query, accepted, (catalogue, wanted, language) => {
      const found = page(catalogue.services(wanted), query.limit, (each) => each.id)
      return servicesPage({ ...found, text: query.text }, language, this.#clock.now())
    })
  }

  @Get('html/services/:id')
  @Public()
  @AnswersBytes('text/html')
  @AnswersUnchanged()
  @ApiProblems('NOT_FOUND')
  async service(
    @Param('id', id) service: string,
    @Query({ schema: languageQuery }) { lang }: Lang,
    @Headers('accept-language') accepted: string | undefined,
  ): Promise<Shown> {
    const catalogue = await this.#source.now()
    const found = there(catalogue.service(service))
    const { wsdl, openApi, files } = await this.#contracts.of(found.id)
    const contract = { wsdl: !!wsdl, openApi: !!openApi, files: !!files }
    const { language, headers } = languageOf(lang, accepted)
    const parts = { catalogue, contract }
    return pageShown(servicePage(found, parts, language, this.#clock.now()), headers)
  }

  @Get('html/resources')
  @Public()
  @AnswersBytes('text/html')
  @AnswersUnchanged()
  resources(
    @Query({ schema: listQuery }) query: ListQuery,
    @Headers('accept-language') accepted: string | undefined,
  ): Promise<Shown> {
    return this.#list(query, accepted, (catalogue, wanted, language) => {
      const found = page(catalogue.resources(wanted), query.limit, (each) => each.id)
      return resourcesPage({ ...found, text: query.text }, language)
    })
  }

  @Get('html/resources/:id')
  @Public()
  @AnswersBytes('text/html')
  @AnswersUnchanged()
  @ApiProblems('NOT_FOUND')
  resource(
    @Param('id', id) resource: string,
    @Query({ schema: languageQuery }) { lang }: Lang,
    @Headers('accept-language') accepted: string | undefined,
  ): Promise<Shown> {
    return this.#shown(lang, accepted, (catalogue, language) =>
      resourcePage(there(catalogue.resource(resource)), catalogue, language),
    )
  }

  @Get('html/members')
  @Public()
  @AnswersBytes('text/html')
  @AnswersUnchanged()
  members(
    @Query({ schema: listQuery }) query: ListQuery,
    @Headers('accept-language') accepted: string | undefined,
  ): Promise<Shown> {
    return this.#list(query, accepted, (catalogue, wanted, language) => {
      const found = page(catalogue.members(wanted), query.limit, (each) => each.id)
      return membersPage({ ...found, text: query.text }, language)
    })
  }

  @Get('html/members/:id')
  @Public()
  @AnswersBytes('text/html')
  @AnswersUnchanged()
  @ApiProblems('NOT_FOUND')
  member(
    @Param('id', id) member: string,
    @Query({ schema: languageQuery }) { lang }: Lang,
    @Headers('accept-language') accepted: string | undefined,
  ): Promise<Shown> {
    return this.#shown(lang, accepted, (catalogue, language) =>
      memberPage(there(catalogue.member(member)), catalogue, language),
    )
  }

  @Get('html/changes')
  @Public()
  @AnswersBytes('text/html')
  @AnswersUnchanged()
  async changes(
    @Query({ schema: changesQuery }) { limit, after, lang }: z.infer<typeof changesQuery>,
    @Headers('accept-language') accepted: string | undefined,
  ): Promise<Shown> {
    const from = after === undefined ? undefined : positionKey(after)
    const wanted = { limit: limit + 1, after: from, newestFirst: true }
    const found = await listChanges(this.#database.pool, wanted)
    const { language, headers } = languageOf(lang, accepted)
    return pageShown(
      changesPage(
        page(found, limit, (each) => each.position),
        language,
      ),
      headers,
    )
  }

  #list(
    { limit, lang, ...wanted }: ListQuery,
    accepted: string | undefined,
    make: (catalogue: Catalogue, wanted: Omit<ListQuery, 'lang'>, language: Language) => string,
  ): Promise<Shown> {
    return this.#shown(lang, accepted, (catalogue, language) =>
      make(catalogue, { ...wanted, limit: limit + 1 }, language),
    )
  }

  async #shown(
    lang: Language | undefined,
    accepted: string | undefined,
    make: (catalogue: Catalogue, language: Language) => string,
  ): Promise<Shown> {
    const { language, headers } = languageOf(lang, accepted)
    return pageShown(make(await this.#source.now(), language), headers)
  }
}

function pageShown(html: string, headers: Readonly<Record<string, string>>): Shown {
  return new Shown(html, { ...headers, 'Content-Security-Policy': contentSecurityPolicy })
}
