import { Controller, Get, Inject, Param, Query } from '@nestjs/common'
import { CatalogueClock } from './catalogue-clock.js'
import { Answers, ApiProblems } from '../answers.decorator.js'
import { page, pageOf } from '../paging.js'
import { Public } from '../permission.js'
import { Problem } from '../problem.js'
import { identifier } from '../registry/fields.js'
import { AnswersUnchanged, InCatalogue, Shown } from './catalogue-face.interceptor.js'
import {
  catalogueQuery,
  memberJson,
  memberSchema,
  resourceJson,
  resourceSchema,
  serviceJson,
  serviceSchema,
  type CatalogueQuery,
} from './catalogue-json.js'
import { CatalogueSource } from './catalogue-source.js'

const id = { schema: identifier }

/** What is connected, for everybody: never how it is reached, or who works there. */
@Controller('catalogue')
@InCatalogue()
export class CatalogueController {
  readonly #source: CatalogueSource
  readonly #clock: CatalogueClock

  constructor(
    @Inject(CatalogueSource) source: CatalogueSource,
    @Inject(CatalogueClock) clock: CatalogueClock,
  ) {
    this.#source = source
    this.#clock = clock
  }

  /** Services by names and codes of their own, of their owners and of what data they give. */
  @Get('services')
  @Public()
  @Answers(pageOf(serviceSchema))
  @AnswersUnchanged()
  async services(
    @Query({ schema: catalogueQuery }) { limit, ...wanted }: CatalogueQuery,
  ): Promise<Shown> {
    const catalogue = await this.#source.now()
    const now = this.#clock.now()
    const found = catalogue.services({ ...wanted, limit: limit + 1 })
    const { items, next } = page(found, limit, (each) => each.id)
    const shown = items.map((each) => serviceJson(each, catalogue, now))
    return new Shown({ items: shown, ...(next !== undefined && { next }) })
  }

  @Get('services/:id')
  @Public()
  @Answers(serviceSchema)
  @AnswersUnchanged()
  @ApiProblems('NOT_FOUND')
  async service(@Param('id', id) service: string): Promise<Shown> {
    const catalogue = await this.#source.now()
    const found = there(catalogue.service(service))
    return new Shown(serviceJson(found, catalogue, this.#clock.now()))
  }

  /** Which resource holds this data. */
  @Get('resources')
  @Public()
  @Answers(pageOf(resourceSchema))
  @AnswersUnchanged()
  async resources(
    @Query({ schema: catalogueQuery }) { limit, ...wanted }: CatalogueQuery,
  ): Promise<Shown> {
    const found = (await this.#source.now()).resources({ ...wanted, limit: limit + 1 })
    return new Shown(page(found.map(resourceJson), limit, (each) => each.id))
  }

  @Get('resources/:id')
  @Public()
  @Answers(resourceSchema)
  @AnswersUnchanged()
  @ApiProblems('NOT_FOUND')
  async resource(@Param('id', id) resource: string): Promise<Shown> {
    return new Shown(resourceJson(there((await this.#source.now()).resource(resource))))
  }

  @Get('members')
  @Public()
  @Answers(pageOf(memberSchema))
  @AnswersUnchanged()
  async members(
    @Query({ schema: catalogueQuery }) { limit, ...wanted }: CatalogueQuery,
  ): Promise<Shown> {
    const found = (await this.#source.now()).members({ ...wanted, limit: limit + 1 })
    return new Shown(page(found.map(memberJson), limit, (each) => each.id))
  }

  @Get('members/:id')
  @Public()
  @Answers(memberSchema)
  @AnswersUnchanged()
  @ApiProblems('NOT_FOUND')
  async member(@Param('id', id) member: string): Promise<Shown> {
    return new Shown(memberJson(there((await this.#source.now()).member(member))))
  }
}

/** @throws Problem NOT_FOUND for what the catalogue does not have, whether or not the registry does */
export function there<Entry>(found: Entry | undefined): Entry {
  if (found === undefined) throw new Problem('NOT_FOUND')
  return found
}
