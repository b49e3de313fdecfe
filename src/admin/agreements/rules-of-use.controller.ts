import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common'
import type { z } from 'zod'
import { listRules, rulesStandings } from '../../agreement/rules-of-use.store.js'
import type { JsonValue } from '../../canonical-json.js'
import type { MemberId } from '../../exchange/identifier.js'
import { AdminDatabase } from '../admin-database.store.js'
import { Answers, ApiProblems, TakesJson } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import type { Caller } from '../caller.js'
import { page, pageOf, pageQuery, type Page, type PageQuery } from '../paging.js'
import { Permit, Public } from '../permission.js'
import { Problem } from '../problem.js'
import { plainJson } from '../registry/entry-schemas.js'
import { RulesDesk } from './rules-desk.js'
import {
  acknowledgementSchema,
  acknowledgementTerms,
  newRules,
  rulesJson,
  rulesListedJson,
  rulesListedSchema,
  rulesSchema,
  rulesVersion,
  type NewRules,
} from './rules-json.js'

/** Two texts, in the escapes that JSON may have. */
const rulesBytesMax = 4_194_304

/** Rules of use of the bus, version by version, and who has acknowledged them. */
@Controller('rules-of-use')
export class RulesOfUseController {
  readonly #desk: RulesDesk
  readonly #database: AdminDatabase

  constructor(@Inject(RulesDesk) desk: RulesDesk, @Inject(AdminDatabase) database: AdminDatabase) {
    this.#desk = desk
    this.#database = database
  }

  /** Every version, from the first on. */
  @Get()
  @Public()
  @Answers(pageOf(rulesListedSchema))
  async list(@Query({ schema: pageQuery }) { limit, after }: PageQuery): Promise<Page<JsonValue>> {
    const wanted = { limit: limit + 1, after: versionKey(after) }
    const found = await listRules(this.#database.pool, wanted)
    const { items, next } = page(found, limit, ({ version }) => String(version))
    return { items: items.map(rulesListedJson), ...(next !== undefined && { next }) }
  }

  @Get(':version')
  @Public()
  @Answers(rulesSchema)
  @ApiProblems('NOT_FOUND')
  async get(@Param('version', { schema: rulesVersion }) version: number): Promise<JsonValue> {
    return rulesJson(await this.#desk.read(version))
  }

  /** The next version; every participant has a notice, and is asked to acknowledge it. */
  @Post()
  @Permit('OPERATOR')
  @TakesJson(rulesBytesMax)
  @Answers(rulesSchema, { status: 201 })
  @ApiProblems('UNPROCESSABLE')
  async publish(
    @Body({ schema: newRules }) body: NewRules,
    @CallerOf() caller: Caller,
  ): Promise<JsonValue> {
    return rulesJson(await this.#desk.publish(body, caller))
  }

  /** In the name of a participant that one administers. */
  @Post(':version/acknowledgements')
  @Permit('MEMBER_ADMIN')
  @Answers(acknowledgementSchema, { status: 201 })
  @ApiProblems('NOT_FOUND', 'CONFLICT')
  async acknowledge(
    @Param('version', { schema: rulesVersion }) version: number,
    @Body({ schema: acknowledgementTerms }) { member }: z.infer<typeof acknowledgementTerms>,
    @CallerOf() caller: Caller,
  ): Promise<JsonValue> {
    const { by, at } = await this.#desk.acknowledge(version, member as MemberId, caller)
    return plainJson({ member, by, at })
  }

  /** Every participant, with when it acknowledged this version, or without. */
  @Get(':version/acknowledgements')
  @Permit('OPERATOR', 'AGENCY', 'SECURITY')
  @Answers(pageOf(acknowledgementSchema))
  @ApiProblems('NOT_FOUND')
  async acknowledgements(
    @Param('version', { schema: rulesVersion }) version: number,
    @Query({ schema: pageQuery }) { limit, after }: PageQuery,
  ): Promise<Page<JsonValue>> {
    await this.#desk.read(version)
    const wanted = { limit: limit + 1, after }
    const found = await rulesStandings(this.#database.pool, version, wanted)
    const { items, next } = page(found, limit, ({ member }) => member)
    return { items: items.map(plainJson), ...(next !== undefined && { next }) }
  }
}

/** @throws Problem INVALID for what is no key of the list */
function versionKey(after: string | undefined): number | undefined {
  if (after === undefined) return undefined
  const read = rulesVersion.safeParse(after)
  if (read.success) return read.data
  throw new Problem('INVALID')
}
