import { Body, Controller, Get, Inject, Param, Put, Query } from '@nestjs/common'
import { domainTable } from '../../registry/registry-tables.js'
import { Answers, ApiProblems } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import type { Caller } from '../caller.js'
import { IfMatch } from '../if-match.decorator.js'
import { page, pageOf, pageQuery, type Page, type PageQuery } from '../paging.js'
import { Everyone, Permit } from '../permission.js'
import { Problem } from '../problem.js'
import { checkEntry } from '../registry/entry-revision.store.js'
import { RegistryChanges } from '../registry/registry-changes.js'
import { inPlaceOf } from '../registry/wrapped.js'
import { Tagged } from '../tagged.js'
import {
  domainCode,
  domainJson,
  domainSchema,
  domainStatusChange,
  type DomainJson,
  type DomainStatusChange,
} from './domain-json.js'
import { Domains } from './domains.store.js'

/** Exchange domains. */
@Controller('domains')
export class DomainsController {
  readonly #domains: Domains
  readonly #registry: RegistryChanges

  constructor(
    @Inject(Domains) domains: Domains,
    @Inject(RegistryChanges) registry: RegistryChanges,
  ) {
    this.#domains = domains
    this.#registry = registry
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
  @Answers(domainSchema, { tagged: true })
  @ApiProblems('NOT_FOUND')
  async get(@Param('code', { schema: domainCode }) code: string): Promise<Tagged<DomainJson>> {
    const found = await this.#domains.find(code)
    if (!found) throw new Problem('NOT_FOUND')
    return new Tagged(domainJson(found.domain), found.revision)
  }

  /** Stops a domain, or lets it go on. */
  @Put(':code/status')
  @Permit('OPERATOR', { role: 'FOUNDER_ADMIN', domain: 'code' })
  @Answers(domainSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT', 'UNPROCESSABLE')
  async setStatus(
    @CallerOf() caller: Caller,
    @Param('code', { schema: domainCode }) code: string,
    @IfMatch() revision: number,
    @Body({ schema: domainStatusChange }) { status, reason }: DomainStatusChange,
  ): Promise<Tagged<DomainJson>> {
    const change = this.#registry.apply(
      ({ instance }) => ({ instance, domains: [{ code, status }] }),
      { caller, reason, check: (client) => checkEntry(client, domainTable, code, revision) },
    )
    await inPlaceOf('/domains/0', change)
    return this.get(code)
  }
}
