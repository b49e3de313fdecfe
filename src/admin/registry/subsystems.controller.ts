import { Body, Controller, Get, Inject, Param, Patch, Post, Put, Query } from '@nestjs/common'
import { z } from 'zod'
import type { JsonValue } from '../../canonical-json.js'
import { partyStatuses } from '../../registry/member.js'
import { subsystemTable } from '../../registry/registry-tables.js'
import type { Subsystem } from '../../registry/subsystem.js'
import type { AdminTransaction } from '../admin-database.store.js'
import { Answers, ApiProblems } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import type { Caller } from '../caller.js'
import { IfMatch } from '../if-match.decorator.js'
import { LifeCycle } from '../life-cycle/life-cycle.js'
import { pageOf, pageQuery, type Page, type PageQuery } from '../paging.js'
import { Everyone, Permit } from '../permission.js'
import type { Tagged } from '../tagged.js'
import { subsystemSchema, plainJson, stateOf } from './entry-schemas.js'
import { ConnectionDeskGate } from './connection-desk.js'
import { identifier, subsystemFields, newSubsystem, partyStatusChange } from './fields.js'
import { checkEntry } from './entry-revision.store.js'
import {
  archivable,
  atQuery,
  RegistryEntries,
  type AtQuery,
  type Kind,
  type StateJson,
} from './registry-entries.js'
import { subsystemDocument } from './wrapped.js'
import { checkStatusOnly, holdToStanding } from './standing.js'

export const subsystems: Kind<Subsystem> = {
  table: subsystemTable,
  keyOf: ({ id }) => id,
  json: plainJson,
}

const listQuery = pageQuery.extend({
  status: z.enum(partyStatuses).optional(),
  owner: identifier.optional(),
  domain: z.string().min(1).max(100).optional(),
  ...archivable,
})

/** Subsystems: registered information systems of members. Nothing is deleted; see the routes of the life cycle. */
@Controller('subsystems')
export class SubsystemsController {
  readonly #entries: RegistryEntries
  readonly #lifeCycle: LifeCycle
  readonly #gate: ConnectionDeskGate

  constructor(
    @Inject(RegistryEntries) entries: RegistryEntries,
    @Inject(LifeCycle) lifeCycle: LifeCycle,
    @Inject(ConnectionDeskGate) gate: ConnectionDeskGate,
  ) {
    this.#gate = gate
    this.#entries = entries
    this.#lifeCycle = lifeCycle
  }

  @Get()
  @Everyone()
  @Answers(pageOf(subsystemSchema))
  list(
    @Query({ schema: listQuery }) { limit, after, ...where }: z.infer<typeof listQuery>,
  ): Promise<Page<JsonValue>> {
    return this.#entries.list(subsystems, { limit, after }, where)
  }

  @Get(':id')
  @Everyone()
  @Answers(subsystemSchema, { tagged: true })
  @ApiProblems('NOT_FOUND')
  get(
    @Param('id', { schema: identifier }) id: string,
    @Query({ schema: atQuery }) { asOf }: AtQuery,
  ): Promise<Tagged<JsonValue>> {
    return this.#entries.get(subsystems, id, asOf)
  }

  @Get(':id/history')
  @Everyone()
  @Answers(pageOf(stateOf(subsystemSchema)))
  @ApiProblems('NOT_FOUND')
  history(
    @Param('id', { schema: identifier }) id: string,
    @Query({ schema: pageQuery }) query: PageQuery,
  ): Promise<Page<StateJson>> {
    return this.#entries.history(subsystems, id, query)
  }

  /** Where the connection desk is optional only. */
  @Post()
  @Permit('OPERATOR')
  @Answers(subsystemSchema, { status: 201, tagged: true })
  @ApiProblems('CONFLICT', 'UNPROCESSABLE')
  async add(
    @Body({ schema: newSubsystem }) body: z.infer<typeof newSubsystem>,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    this.#gate.checkNew()
    const { member, code, ...fields } = body
    const id = `${member}/${code}`
    return this.#entries.add(subsystems, id, subsystemDocument(id, fields), caller)
  }

  /** Not the domain of a system that a case has connected, where the desk is required. */
  @Patch(':id')
  @Permit('OPERATOR')
  @Answers(subsystemSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT', 'UNPROCESSABLE')
  change(
    @Param('id', { schema: identifier }) id: string,
    @IfMatch() seen: number,
    @Body({ schema: subsystemFields }) fields: z.infer<typeof subsystemFields>,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    const terms = { caller, also: this.#gate.checkDeclared }
    return this.#entries.change(subsystems, { id, seen }, subsystemDocument(id, fields), terms)
  }

  /**
   * Suspends, resumes or ends it, with all that follows: certificates, and rights of what ends. Its owner, and the
   * founder of its domain, may suspend it, and resume what themselves suspended.
   */
  @Put(':id/status')
  @Permit('OPERATOR', 'FOUNDER_ADMIN', { role: 'MEMBER_ADMIN', member: 'id' })
  @Answers(subsystemSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT', 'UNPROCESSABLE')
  async setStatus(
    @Param('id', { schema: identifier }) id: string,
    @IfMatch() seen: number,
    @Body({ schema: partyStatusChange }) body: z.infer<typeof partyStatusChange>,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    const { reason, ...standing } = body
    const { status } = standing
    if (!caller.has('OPERATOR')) checkStatusOnly(standing)
    const check = async (client: AdminTransaction): Promise<void> => {
      await checkEntry(client, subsystemTable, id, seen)
      await holdToStanding(client, { of: 'subsystem', id, status, reason }, caller)
    }
    await this.#lifeCycle.setStanding({ id, ...standing }, { caller, reason, check })
    return this.#entries.get(subsystems, id)
  }
}
