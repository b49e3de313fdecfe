import { Body, Controller, Get, Inject, Param, Post, Put, Query } from '@nestjs/common'
import type { z } from 'zod'
import { AnsweredOnce } from '../answered-once.js'
import { Answers, ApiProblems } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import type { Caller } from '../caller.js'
import { IfMatch } from '../if-match.decorator.js'
import { page, pageOf, type Page } from '../paging.js'
import { Permit } from '../permission.js'
import { Tagged } from '../tagged.js'
import { AdministratorChanges, type WithPassword } from './administrator-changes.js'
import {
  administratorJson,
  administratorSchema,
  describedSchema,
  newAdministratorSchema,
  withPasswordSchema,
  type AdministratorJson,
} from './administrator-json.js'
import { AdministratorList } from './administrator-list.js'
import type { Administrator } from './administrator.js'
import { doerOf } from './doer.js'
import { idPageQuery, idText, type IdPageQuery } from './texts.js'

type WithPasswordJson = z.output<typeof withPasswordSchema>

/** People who may log in: an operator makes and disables them, an administrator of a member its own. */
@Controller('administrators')
export class AdministratorsController {
  readonly #list: AdministratorList
  readonly #changes: AdministratorChanges

  constructor(
    @Inject(AdministratorList) list: AdministratorList,
    @Inject(AdministratorChanges) changes: AdministratorChanges,
  ) {
    this.#list = list
    this.#changes = changes
  }

  @Get()
  @Permit('OPERATOR', 'AGENCY', 'SECURITY', 'MEMBER_ADMIN')
  @Answers(pageOf(administratorSchema))
  async find(
    @CallerOf() caller: Caller,
    @Query({ schema: idPageQuery }) { limit, after }: IdPageQuery,
  ): Promise<Page<AdministratorJson>> {
    const found = await this.#list.find(caller, { limit: limit + 1, after })
    return page(found.map(administratorJson), limit, ({ id }) => id)
  }

  /** The one-time password is told in this answer, and nowhere else. */
  @Post()
  @Permit('OPERATOR', 'MEMBER_ADMIN')
  @AnsweredOnce()
  @Answers(withPasswordSchema, { status: 201, tagged: true })
  @ApiProblems('CONFLICT', 'UNPROCESSABLE', 'TOO_MANY')
  async add(
    @CallerOf() caller: Caller,
    @Body({ schema: newAdministratorSchema }) body: z.output<typeof newAdministratorSchema>,
  ): Promise<Tagged<WithPasswordJson>> {
    const { login, name, email, member } = body
    return withPassword(await this.#changes.add(doerOf(caller), { login, name, email, member }))
  }

  @Get(':id')
  @Permit('OPERATOR', 'AGENCY', 'SECURITY', 'MEMBER_ADMIN')
  @Answers(administratorSchema, { tagged: true })
  @ApiProblems('NOT_FOUND')
  async read(
    @CallerOf() caller: Caller,
    @Param('id', { schema: idText }) id: string,
  ): Promise<Tagged<AdministratorJson>> {
    return tagged(await this.#list.read(caller, id))
  }

  @Put(':id')
  @Permit('OPERATOR', 'MEMBER_ADMIN')
  @Answers(administratorSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'UNPROCESSABLE')
  async describe(
    @CallerOf() caller: Caller,
    @Param('id', { schema: idText }) id: string,
    @IfMatch() revision: number,
    @Body({ schema: describedSchema }) body: z.output<typeof describedSchema>,
  ): Promise<Tagged<AdministratorJson>> {
    const { name, email, member } = body
    const described = { name, email, member }
    return tagged(await this.#changes.describe(doerOf(caller), { id, revision }, described))
  }

  /** Ends all sessions. The last operator is not disabled. */
  @Post(':id/disable')
  @Permit('OPERATOR', 'MEMBER_ADMIN')
  @Answers(administratorSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT')
  async disable(
    @CallerOf() caller: Caller,
    @Param('id', { schema: idText }) id: string,
    @IfMatch() revision: number,
  ): Promise<Tagged<AdministratorJson>> {
    const which = { id, revision }
    return tagged(await this.#changes.setStatus(doerOf(caller), which, 'disabled'))
  }

  @Post(':id/enable')
  @Permit('OPERATOR', 'MEMBER_ADMIN')
  @Answers(administratorSchema, { tagged: true })
  @ApiProblems('NOT_FOUND')
  async enable(
    @CallerOf() caller: Caller,
    @Param('id', { schema: idText }) id: string,
    @IfMatch() revision: number,
  ): Promise<Tagged<AdministratorJson>> {
    return tagged(await this.#changes.setStatus(doerOf(caller), { id, revision }, 'active'))
  }

  /** After wrong passwords, before its time. */
  @Post(':id/unlock')
  @Permit('OPERATOR', 'MEMBER_ADMIN')
  @Answers(administratorSchema, { tagged: true })
  @ApiProblems('NOT_FOUND')
  async unlock(
    @CallerOf() caller: Caller,
    @Param('id', { schema: idText }) id: string,
    @IfMatch() revision: number,
  ): Promise<Tagged<AdministratorJson>> {
    return tagged(await this.#changes.unlock(doerOf(caller), { id, revision }))
  }

  /** Ends all sessions; the one-time password is told in this answer, and nowhere else. */
  @Post(':id/password-reset')
  @Permit('OPERATOR', 'MEMBER_ADMIN')
  @AnsweredOnce()
  @Answers(withPasswordSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'TOO_MANY')
  async resetPassword(
    @CallerOf() caller: Caller,
    @Param('id', { schema: idText }) id: string,
    @IfMatch() revision: number,
  ): Promise<Tagged<WithPasswordJson>> {
    return withPassword(await this.#changes.resetPassword(doerOf(caller), { id, revision }))
  }
}

function tagged(administrator: Administrator): Tagged<AdministratorJson> {
  return new Tagged(administratorJson(administrator), administrator.revision)
}

function withPassword({ administrator, oneTimePassword }: WithPassword): Tagged<WithPasswordJson> {
  const entry = { administrator: administratorJson(administrator), oneTimePassword }
  return new Tagged(entry, administrator.revision)
}
