import { Body, Controller, Get, Inject, Param, Post, Put, Query } from '@nestjs/common'
import { Answers, ApiProblems } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import type { Caller } from '../caller.js'
import { IfMatch } from '../if-match.decorator.js'
import { page, pageOf, pageQuery, type Page, type PageQuery } from '../paging.js'
import { Everyone, Permit } from '../permission.js'
import { Problem } from '../problem.js'
import { RegistryChanges } from '../registry-changes.store.js'
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
    if (await this.#authorities.find(authority.name)) {
      throw new Problem('CONFLICT', {
        detail: {
          az: 'Bu adda sertifikat mərkəzi artıq var',
          en: 'There is an authority of this name',
        },
      })
    }
    const declaration = { authorities: [{ ...authority, status: 'accepted' }] }
    await this.#registry.change({ caller, reason, declaration, seen: undefined })
    return this.get(authority.name)
  }

  /** Removes an authority, accepts it again, or says anew where its lists are. Its certificate stays. */
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
    await this.#registry.change({
      ...{ caller, reason },
      declaration: { authorities: [{ name, ...change }] },
      seen: { table: 'authority', id: name, revision },
    })
    return this.get(name)
  }
}
