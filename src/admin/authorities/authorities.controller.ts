import { Body, Controller, Get, Inject, Param, Post, Put, Query } from '@nestjs/common'
import { authorityTable } from '../../registry/registry-tables.js'
import { Answers, ApiProblems } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import type { Caller } from '../caller.js'
import { IfMatch } from '../if-match.decorator.js'
import { page, pageOf, pageQuery, type Page, type PageQuery } from '../paging.js'
import { Everyone, Permit } from '../permission.js'
import { Problem } from '../problem.js'
import { checkAbsent, checkEntry } from '../registry/entry-revision.store.js'
import { RegistryChanges } from '../registry/registry-changes.js'
import { inPlaceOf } from '../registry/wrapped.js'
import { Tagged } from '../tagged.js'
import { Authorities } from './authorities.store.js'
import {
  authorityChange,
  authorityJson,
  authorityName,
  authoritySchema,
  newAuthority,
  type AuthorityChange,
  type AuthorityJson,
  type NewAuthority,
} from './authority-json.js'

/** Certification authorities: the bus's own and outside ones, which are accepted and removed. */
@Controller('authorities')
export class AuthoritiesController {
  readonly #authorities: Authorities
  readonly #registry: RegistryChanges

  constructor(
    @Inject(Authorities) authorities: Authorities,
    @Inject(RegistryChanges) registry: RegistryChanges,
  ) {
    this.#authorities = authorities
    this.#registry = registry
  }

  @Get()
  @Everyone()
  @Answers(pageOf(authoritySchema))
  async list(
    @Query({ schema: pageQuery }) { limit, after }: PageQuery,
  ): Promise<Page<AuthorityJson>> {
    const found = await this.#authorities.list(limit + 1, after)
    return page(found.map(authorityJson), limit, ({ name }) => name)
  }

  @Get(':name')
  @Everyone()
  @Answers(authoritySchema, { tagged: true })
  @ApiProblems('NOT_FOUND')
  async get(
    @Param('name', { schema: authorityName }) name: string,
  ): Promise<Tagged<AuthorityJson>> {
    const found = await this.#authorities.find(name)
    if (!found) throw new Problem('NOT_FOUND')
    return new Tagged(authorityJson(found.authority), found.revision)
  }

  /** Accepts an authority: certificates below it count from then on. */
  @Post()
  @Permit('OPERATOR')
  @Answers(authoritySchema, { status: 201, tagged: true })
  @ApiProblems('CONFLICT', 'UNPROCESSABLE')
  async accept(
    @CallerOf() caller: Caller,
    @Body({ schema: newAuthority }) { reason, ...authority }: NewAuthority,
  ): Promise<Tagged<AuthorityJson>> {
    const change = this.#registry.apply(
      ({ instance }) => ({ instance, authorities: [{ ...authority, status: 'accepted' }] }),
      { caller, reason, check: (client) => checkAbsent(client, authorityTable, authority.name) },
    )
    await inPlaceOf('/authorities/0', change)
    return this.get(authority.name)
  }

  /** Removes an authority, accepts it again, or says anew where its lists or answers are. Its certificate stays. */
  @Put(':name')
  @Permit('OPERATOR')
  @Answers(authoritySchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT', 'UNPROCESSABLE')
  async change(
    @CallerOf() caller: Caller,
    @Param('name', { schema: authorityName }) name: string,
    @IfMatch() revision: number,
    @Body({ schema: authorityChange }) { reason, ...change }: AuthorityChange,
  ): Promise<Tagged<AuthorityJson>> {
    const changed = this.#registry.apply(
      ({ instance }) => ({ instance, authorities: [{ name, ...change }] }),
      { caller, reason, check: (client) => checkEntry(client, authorityTable, name, revision) },
    )
    await inPlaceOf('/authorities/0', changed)
    return this.get(name)
  }
}
