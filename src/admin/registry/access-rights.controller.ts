import { Body, Controller, Get, Inject, Param, Patch, Post, Query } from '@nestjs/common'
import { z } from 'zod'
import type { JsonValue } from '../../canonical-json.js'
import { providerOf } from '../../exchange/identifier.js'
import {
  accessRightIdOf,
  accessRightStatuses,
  type AccessRight,
} from '../../registry/access-right.js'
import { accessRightTable } from '../../registry/registry-tables.js'
import { Answers, ApiProblems } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import { oversees, type Caller } from '../caller.js'
import { IfMatch } from '../if-match.decorator.js'
import { pageOf, pageQuery, type Page, type PageQuery } from '../paging.js'
import type { OwnerReader } from '../owner-reader.js'
import { RegistryOwners } from '../owner-reader.store.js'
import { Permit } from '../permission.js'
import { Problem } from '../problem.js'
import { scopeMemberOf } from '../scope-member.js'
import type { Tagged } from '../tagged.js'
import { accessRightSchema, plainJson, stateOf } from './entry-schemas.js'
import { accessRightFields, identifier, newAccessRight } from './fields.js'
import { InstanceReader } from './instance.store.js'
import {
  atQuery,
  RegistryEntries,
  type AtQuery,
  type Kind,
  type StateJson,
} from './registry-entries.js'
import { accessRightDocument } from './wrapped.js'

export const accessRights: Kind<AccessRight> = {
  table: accessRightTable,
  keyOf: ({ id }) => id,
  json: plainJson,
}

const listQuery = pageQuery.extend({
  status: z.enum(accessRightStatuses).optional(),
  consumer: identifier.optional(),
  provider: identifier.optional(),
  service: identifier.optional(),
})

/**
 * Access rights: of all, for who oversees them; of their own systems, whichever side they are, for participants. What
 * these ask of each other has routes of its own (src/admin/access-right-requests).
 */
@Controller('access-rights')
export class AccessRightsController {
  readonly #entries: RegistryEntries
  readonly #instance: InstanceReader
  readonly #owners: OwnerReader

  constructor(
    @Inject(RegistryEntries) entries: RegistryEntries,
    @Inject(InstanceReader) instance: InstanceReader,
    @Inject(RegistryOwners) owners: OwnerReader,
  ) {
    this.#owners = owners
    this.#entries = entries
    this.#instance = instance
  }

  /** Participants say which of their systems they mean, as `consumer` or as `provider`. */
  @Get()
  @Permit('OPERATOR', 'AGENCY', 'SECURITY', 'MEMBER_ADMIN')
  @Answers(pageOf(accessRightSchema))
  async list(
    @Query({ schema: listQuery }) { limit, after, ...where }: z.infer<typeof listQuery>,
    @CallerOf() caller: Caller,
  ): Promise<Page<JsonValue>> {
    const { consumer, provider } = where
    if (!(await seesRightsOf(caller, [consumer, provider], this.#owners))) {
      throw new Problem('FORBIDDEN', {
        detail: {
          az: 'Öz sisteminizi consumer və ya provider kimi göstərin',
          en: 'Name a system of your own as consumer or provider',
        },
      })
    }
    return this.#entries.list(accessRights, { limit, after }, where)
  }

  @Get(':id')
  @Permit('OPERATOR', 'AGENCY', 'SECURITY', 'MEMBER_ADMIN')
  @Answers(accessRightSchema, { tagged: true })
  @ApiProblems('NOT_FOUND')
  async get(
    @Param('id', { schema: identifier }) id: string,
    @Query({ schema: atQuery }) { asOf }: AtQuery,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    const { entry } = await this.#entries.entry(accessRightTable, id, asOf)
    const sides = [entry.consumer, providerOf(entry.service)]
    if (!(await seesRightsOf(caller, sides, this.#owners))) throw new Problem('NOT_FOUND')
    return this.#entries.get(accessRights, id, asOf)
  }

  @Get(':id/history')
  @Permit('OPERATOR', 'AGENCY', 'SECURITY')
  @Answers(pageOf(stateOf(accessRightSchema)))
  @ApiProblems('NOT_FOUND')
  history(
    @Param('id', { schema: identifier }) id: string,
    @Query({ schema: pageQuery }) query: PageQuery,
  ): Promise<Page<StateJson>> {
    return this.#entries.history(accessRights, id, query)
  }

  @Post()
  @Permit('OPERATOR')
  @Answers(accessRightSchema, { status: 201, tagged: true })
  @ApiProblems('CONFLICT', 'UNPROCESSABLE')
  async add(
    @Body({ schema: newAccessRight }) body: z.infer<typeof newAccessRight>,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    const id = body.id ?? accessRightIdOf(body.consumer, body.service, body.purpose)
    const wrapped = accessRightDocument(await this.#instance.read(), { ...body, id })
    return this.#entries.add(accessRights, id, wrapped, caller)
  }

  @Patch(':id')
  @Permit('OPERATOR')
  @Answers(accessRightSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'UNPROCESSABLE')
  async change(
    @Param('id', { schema: identifier }) id: string,
    @IfMatch() seen: number,
    @Body({ schema: accessRightFields }) fields: z.infer<typeof accessRightFields>,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    const wrapped = accessRightDocument(await this.#instance.read(), { id, ...fields })
    return this.#entries.change(accessRights, { id, seen }, wrapped, { caller })
  }
}

/** Whether a caller oversees the bus, or owns one of these systems. */
async function seesRightsOf(
  caller: Caller,
  systems: readonly (string | undefined)[],
  owners: OwnerReader,
): Promise<boolean> {
  if (oversees(caller)) return true
  for (const system of systems) {
    const owner = system === undefined ? undefined : await scopeMemberOf(system, owners)
    if (owner !== undefined && caller.members.includes(owner)) return true
  }
  return false
}
