import { Body, Controller, Get, Inject, Param, Patch, Post, Put, Query } from '@nestjs/common'
import { z } from 'zod'
import type { JsonValue } from '../../canonical-json.js'
import { partyStatuses } from '../../registry/member.js'
import { resourceKinds, type InformationResource } from '../../registry/resource.js'
import { resourceTable } from '../../registry/resource-tables.js'
import { AdminDatabase } from '../admin-database.store.js'
import { Answers, ApiProblems } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import { oversees, type Caller } from '../caller.js'
import { IfMatch } from '../if-match.decorator.js'
import type { OwnerReader } from '../owner-reader.js'
import { RegistryOwners } from '../owner-reader.store.js'
import { pageOf, pageQuery, type Page, type PageQuery } from '../paging.js'
import { Everyone, Permit } from '../permission.js'
import { stateOf } from '../registry/entry-schemas.js'
import { identifier } from '../registry/fields.js'
import {
  atQuery,
  RegistryEntries,
  type AtQuery,
  type Kind,
  type StateJson,
} from '../registry/registry-entries.js'
import { scopeMemberOf } from '../scope-member.js'
import type { Tagged } from '../tagged.js'
import { resourceAreaLimits } from './limits.js'
import { consumersOf } from './relations.store.js'
import { ResourceDesk } from './resource-desk.js'
import {
  newResource,
  resourceChange,
  resources,
  resourceSchema,
  resourceStatusChange,
  type NewResource,
  type ResourceChange,
  type ResourceStatusChange,
} from './resource-schemas.js'

const listQuery = pageQuery.extend({
  owner: identifier.optional(),
  kind: z.enum(resourceKinds).optional(),
  status: z.enum(partyStatuses).optional(),
  state: z.enum(['true', 'false']).optional(),
})

const relationsSchema = z
  .object({
    offeredBy: z.array(z.string()),
    readBy: z.array(z.string()),
    consumers: z.array(
      z.object({
        ...{ consumer: z.string(), owner: z.string() },
        ...{ service: z.string(), accessRight: z.string() },
      }),
    ),
    complete: z.boolean().describe('Whether no consumer was left out for the limits'),
  })
  .meta({ id: 'ResourceRelations', description: 'Services of a resource, and who may call them' })

/** Information resources. Nothing is deleted; what ends is liquidated. */
@Controller('resources')
export class ResourcesController {
  readonly #entries: RegistryEntries
  readonly #desk: ResourceDesk
  readonly #database: AdminDatabase
  readonly #owners: OwnerReader

  constructor(
    @Inject(RegistryEntries) entries: RegistryEntries,
    @Inject(ResourceDesk) desk: ResourceDesk,
    @Inject(AdminDatabase) database: AdminDatabase,
    @Inject(RegistryOwners) owners: OwnerReader,
  ) {
    this.#entries = entries
    this.#desk = desk
    this.#database = database
    this.#owners = owners
  }

  @Get()
  @Everyone()
  @Answers(pageOf(resourceSchema))
  list(
    @Query({ schema: listQuery })
    { limit, after, ...where }: z.infer<typeof listQuery>,
    @CallerOf() caller: Caller,
  ): Promise<Page<JsonValue>> {
    return this.#entries.list(resources(oversees(caller)), { limit, after }, where)
  }

  @Get(':id')
  @Everyone()
  @Answers(resourceSchema, { tagged: true })
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
  @Answers(pageOf(stateOf(resourceSchema)))
  @ApiProblems('NOT_FOUND')
  async history(
    @Param('id', { schema: identifier }) id: string,
    @Query({ schema: pageQuery }) query: PageQuery,
    @CallerOf() caller: Caller,
  ): Promise<Page<StateJson>> {
    return this.#entries.history(await this.#kindFor(caller, id), id, query)
  }

  /** Which services offer and read it, and who may call those by access rights in force. */
  @Get(':id/relations')
  @Everyone()
  @Answers(relationsSchema)
  @ApiProblems('NOT_FOUND')
  async relations(
    @Param('id', { schema: identifier }) id: string,
  ): Promise<z.infer<typeof relationsSchema>> {
    const { offeredBy, readBy } = (await this.#entries.entry(resourceTable, id)).entry
    const limit = resourceAreaLimits.graphNodesMax
    const terms = { now: new Date(), limit: limit + 1 }
    const consumers = await consumersOf(this.#database.pool, offeredBy, terms)
    const complete = consumers.length <= limit
    return {
      ...{ offeredBy: [...offeredBy], readBy: [...readBy], complete },
      consumers: consumers.slice(0, limit),
    }
  }

  /** Data that another resource is the source of truth of are listed, and taken with a reason alone. */
  @Post()
  @Permit('OPERATOR')
  @Answers(resourceSchema, { status: 201, tagged: true })
  @ApiProblems('CONFLICT', 'UNPROCESSABLE')
  async add(
    @Body({ schema: newResource }) body: NewResource,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    await this.#desk.add(body, caller)
    return this.#entries.get(resources(true), body.id)
  }

  /** The owner keeps name, contact, hosting and content right; the rest is the operator's word. */
  @Patch(':id')
  @Permit('OPERATOR', { role: 'MEMBER_ADMIN', member: 'id' })
  @Answers(resourceSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'UNPROCESSABLE')
  async change(
    @Param('id', { schema: identifier }) id: string,
    @IfMatch() seen: number,
    @Body({ schema: resourceChange }) fields: ResourceChange,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    await this.#desk.change({ id, seen }, fields, caller)
    return this.#entries.get(resources(true), id)
  }

  /** Suspends, resumes or ends it; what is important ends with a successor or a place for its data. */
  @Put(':id/status')
  @Permit('OPERATOR')
  @Answers(resourceSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT', 'UNPROCESSABLE')
  async setStatus(
    @Param('id', { schema: identifier }) id: string,
    @IfMatch() seen: number,
    @Body({ schema: resourceStatusChange }) standing: ResourceStatusChange,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    await this.#desk.change({ id, seen }, standing, caller)
    return this.#entries.get(resources(true), id)
  }

  async #kindFor(caller: Caller, id: string): Promise<Kind<InformationResource>> {
    if (oversees(caller)) return resources(true)
    const owner = await scopeMemberOf(id, this.#owners)
    return resources(owner !== undefined && caller.members.includes(owner))
  }
}
