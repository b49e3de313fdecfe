import { Body, Controller, Get, Inject, Param, Patch, Post, Put, Query } from '@nestjs/common'
import { z } from 'zod'
import type { JsonValue } from '../../canonical-json.js'
import { serviceTable } from '../../registry/registry-tables.js'
import { serviceStatuses, type Service } from '../../registry/service.js'
import type { AdminTransaction } from '../admin-database.store.js'
import { Answers, ApiProblems } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import { oversees, type Caller } from '../caller.js'
import { IfMatch } from '../if-match.decorator.js'
import { pageOf, pageQuery, type Page, type PageQuery } from '../paging.js'
import type { OwnerReader } from '../owner-reader.js'
import { RegistryOwners } from '../owner-reader.store.js'
import { Everyone, Permit } from '../permission.js'
import { scopeMemberOf } from '../scope-member.js'
import type { Tagged } from '../tagged.js'
import { serviceJson, serviceSchema, stateOf } from './entry-schemas.js'
import { ConnectionDeskGate } from './connection-desk.js'
import { identifier, newService, serviceFields, serviceStatusChange } from './fields.js'
import {
  archivable,
  atQuery,
  RegistryEntries,
  type AtQuery,
  type Kind,
  type StateJson,
} from './registry-entries.js'
import { holdToStanding } from './standing.js'
import { serviceDocument } from './wrapped.js'

/** @param withAddress - which only few may see */
export function services(withAddress: boolean): Kind<Service> {
  return {
    table: serviceTable,
    keyOf: ({ id }) => id,
    json: (service) => serviceJson(service, withAddress),
  }
}

const listQuery = pageQuery.extend({
  status: z.enum(serviceStatuses).optional(),
  subsystem: identifier.optional(),
  ...archivable,
})

/** Services, version by version. Nothing is deleted; see the routes of the life cycle. */
@Controller('services')
export class ServicesController {
  readonly #entries: RegistryEntries
  readonly #owners: OwnerReader
  readonly #gate: ConnectionDeskGate

  constructor(
    @Inject(RegistryEntries) entries: RegistryEntries,
    @Inject(RegistryOwners) owners: OwnerReader,
    @Inject(ConnectionDeskGate) gate: ConnectionDeskGate,
  ) {
    this.#gate = gate
    this.#entries = entries
    this.#owners = owners
  }

  /** Whether this administrator sees where a service is: who oversees the bus, and who owns the system. */
  async #kindFor(caller: Caller, id: string): Promise<Kind<Service>> {
    if (oversees(caller)) return services(true)
    const owner = await scopeMemberOf(id, this.#owners)
    return services(owner !== undefined && caller.members.includes(owner))
  }

  @Get()
  @Everyone()
  @Answers(pageOf(serviceSchema))
  list(
    @Query({ schema: listQuery }) { limit, after, ...where }: z.infer<typeof listQuery>,
    @CallerOf() caller: Caller,
  ): Promise<Page<JsonValue>> {
    return this.#entries.list(services(oversees(caller)), { limit, after }, where)
  }

  @Get(':id')
  @Everyone()
  @Answers(serviceSchema, { tagged: true })
  @ApiProblems('NOT_FOUND')
  async get(
    @Param('id', { schema: identifier }) id: string,
    @Query({ schema: atQuery }) { asOf }: AtQuery,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    return this.#entries.get(await this.#kindFor(caller, id), id, asOf)
  }

  @Get(':id/history')
  @Everyone()
  @Answers(pageOf(stateOf(serviceSchema)))
  @ApiProblems('NOT_FOUND')
  async history(
    @Param('id', { schema: identifier }) id: string,
    @Query({ schema: pageQuery }) query: PageQuery,
    @CallerOf() caller: Caller,
  ): Promise<Page<StateJson>> {
    return this.#entries.history(await this.#kindFor(caller, id), id, query)
  }

  /** Where the connection desk is optional only. */
  @Post()
  @Permit('OPERATOR')
  @Answers(serviceSchema, { status: 201, tagged: true })
  @ApiProblems('CONFLICT', 'UNPROCESSABLE')
  async add(
    @Body({ schema: newService }) body: z.infer<typeof newService>,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    this.#gate.checkNew()
    const { subsystem, code, version, ...fields } = body
    const id = `${subsystem}/${code}/${version}`
    return this.#entries.add(services(true), id, serviceDocument(id, fields), caller)
  }

  /** What was checked of a service that a case has connected changes by a declared change, where the desk is required. */
  @Patch(':id')
  @Permit('OPERATOR')
  @Answers(serviceSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT', 'UNPROCESSABLE')
  change(
    @Param('id', { schema: identifier }) id: string,
    @IfMatch() seen: number,
    @Body({ schema: serviceFields }) fields: z.infer<typeof serviceFields>,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    const terms = { caller, also: this.#gate.checkDeclared }
    return this.#entries.change(services(true), { id, seen }, serviceDocument(id, fields), terms)
  }

  /**
   * Stops a service, lets it go on, or ends it. The owner may do all but end it, and resumes only what itself
   * suspended. Works on it are announced: `POST /v1/maintenance-windows`.
   */
  @Put(':id/status')
  @Permit('OPERATOR', { role: 'MEMBER_ADMIN', member: 'id' })
  @Answers(serviceSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT', 'UNPROCESSABLE')
  async setStatus(
    @Param('id', { schema: identifier }) id: string,
    @IfMatch() seen: number,
    @Body({ schema: serviceStatusChange }) body: z.infer<typeof serviceStatusChange>,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    const { reason, ...standing } = body
    const { status } = standing
    const check = (client: AdminTransaction): Promise<void> =>
      holdToStanding(client, { of: 'service', id, status, reason }, caller)
    const terms = { caller, reason, check }
    const document = serviceDocument(id, standing)
    return this.#entries.change(services(true), { id, seen }, document, terms)
  }
}
