import { Body, Controller, Get, Inject, Param, Patch, Post, Put, Query } from '@nestjs/common'
import { z } from 'zod'
import type { JsonValue } from '../../canonical-json.js'
import { partyStatuses, type Member } from '../../registry/member.js'
import { memberTable } from '../../registry/registry-tables.js'
import type { AdminTransaction } from '../admin-database.store.js'
import { Answers, ApiProblems } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import type { Caller } from '../caller.js'
import { IfMatch } from '../if-match.decorator.js'
import { LifeCycle } from '../life-cycle/life-cycle.js'
import { pageOf, pageQuery, type Page, type PageQuery } from '../paging.js'
import { Everyone, Permit } from '../permission.js'
import type { Tagged } from '../tagged.js'
import { memberSchema, plainJson, stateOf } from './entry-schemas.js'
import { identifier, memberFields, newMember, partyStatusChange } from './fields.js'
import { checkEntry } from './entry-revision.store.js'
import {
  archivable,
  atQuery,
  RegistryEntries,
  type AtQuery,
  type Kind,
  type StateJson,
} from './registry-entries.js'
import { InstanceReader } from './instance.store.js'
import { memberDocument } from './wrapped.js'

export const members: Kind<Member> = {
  table: memberTable,
  keyOf: ({ id }) => id,
  json: plainJson,
}

const listQuery = pageQuery.extend({ status: z.enum(partyStatuses).optional(), ...archivable })

/** Members: agencies and companies admitted to the bus. Nothing is deleted; see the routes of the life cycle. */
@Controller('members')
export class MembersController {
  readonly #entries: RegistryEntries
  readonly #instance: InstanceReader
  readonly #lifeCycle: LifeCycle

  constructor(
    @Inject(RegistryEntries) entries: RegistryEntries,
    @Inject(InstanceReader) instance: InstanceReader,
    @Inject(LifeCycle) lifeCycle: LifeCycle,
  ) {
    this.#entries = entries
    this.#instance = instance
    this.#lifeCycle = lifeCycle
  }

  @Get()
  @Everyone()
  @Answers(pageOf(memberSchema))
  list(
    @Query({ schema: listQuery }) { status, archived, ...query }: z.infer<typeof listQuery>,
  ): Promise<Page<JsonValue>> {
    return this.#entries.list(members, query, { status, archived })
  }

  @Get(':id')
  @Everyone()
  @Answers(memberSchema, { tagged: true })
  @ApiProblems('NOT_FOUND')
  get(
    @Param('id', { schema: identifier }) id: string,
    @Query({ schema: atQuery }) { asOf }: AtQuery,
  ): Promise<Tagged<JsonValue>> {
    return this.#entries.get(members, id, asOf)
  }

  @Get(':id/history')
  @Everyone()
  @Answers(pageOf(stateOf(memberSchema)))
  @ApiProblems('NOT_FOUND')
  history(
    @Param('id', { schema: identifier }) id: string,
    @Query({ schema: pageQuery }) query: PageQuery,
  ): Promise<Page<StateJson>> {
    return this.#entries.history(members, id, query)
  }

  @Post()
  @Permit('OPERATOR')
  @Answers(memberSchema, { status: 201, tagged: true })
  @ApiProblems('CONFLICT', 'UNPROCESSABLE')
  async add(
    @Body({ schema: newMember }) body: z.infer<typeof newMember>,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    const { class: memberClass, code, ...fields } = body
    const id = `${await this.#instance.read()}/${memberClass}/${code}`
    return this.#entries.add(members, id, memberDocument(id, fields), caller)
  }

  @Patch(':id')
  @Permit('OPERATOR')
  @Answers(memberSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'UNPROCESSABLE')
  change(
    @Param('id', { schema: identifier }) id: string,
    @IfMatch() seen: number,
    @Body({ schema: memberFields }) fields: z.infer<typeof memberFields>,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    return this.#entries.change(members, { id, seen }, memberDocument(id, fields), { caller })
  }

  /** Suspends, resumes or ends it, with all that follows: certificates, and rights of what ends. */
  @Put(':id/status')
  @Permit('OPERATOR')
  @Answers(memberSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'UNPROCESSABLE')
  async setStatus(
    @Param('id', { schema: identifier }) id: string,
    @IfMatch() seen: number,
    @Body({ schema: partyStatusChange }) body: z.infer<typeof partyStatusChange>,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    const { reason, ...standing } = body
    const check = (client: AdminTransaction): Promise<void> =>
      checkEntry(client, memberTable, id, seen)
    await this.#lifeCycle.setStanding({ id, ...standing }, { caller, reason, check })
    return this.#entries.get(members, id)
  }
}
