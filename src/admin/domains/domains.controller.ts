import { Controller, Get, Inject, Param, Query } from '@nestjs/common'
import type { z } from 'zod'
import { Answers, ApiProblems } from '../answers.decorator.js'
import { page, pageOf, pageQuery, type Page, type PageQuery } from '../paging.js'
import { Everyone } from '../permission.js'
import { Problem } from '../problem.js'
import { domainCode, domainJson, domainSchema } from './domain-json.js'
import { Domains } from './domains.store.js'

type DomainJson = z.infer<typeof domainSchema>

/** Exchange domains. */
@Controller('domains')
export class DomainsController {
  readonly #domains: Domains

  constructor(@Inject(Domains) domains: Domains) {
    this.#domains = domains
  }

  @Get()
  @Everyone()
  @Answers(pageOf(domainSchema))
  async list(@Query({ schema: pageQuery }) { limit, after }: PageQuery): Promise<Page<DomainJson>> {
    const found = await this.#domains.list(limit + 1, after)
    return page(found.map(domainJson), limit, ({ code }) => code)
  }

  @Get(':code')
  @Everyone()
  @Answers(domainSchema)
  @ApiProblems('NOT_FOUND')
  async get(@Param('code', { schema: domainCode }) code: string): Promise<DomainJson> {
    const domain = await this.#domains.find(code)
    if (!domain) throw new Problem('NOT_FOUND')
    return domainJson(domain)
  }
}
