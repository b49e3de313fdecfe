import { Body, Controller, Inject, Param, Post } from '@nestjs/common'
import { z } from 'zod'
import type { JsonValue } from '../../canonical-json.js'
import { providerOf } from '../../exchange/identifier.js'
import { accessRightTable } from '../../registry/registry-tables.js'
import { Answers, ApiProblems } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import type { Caller } from '../caller.js'
import type { OwnerReader } from '../owner-reader.js'
import { RegistryOwners } from '../owner-reader.store.js'
import { Permit } from '../permission.js'
import { Problem } from '../problem.js'
import { reasonText } from '../reason-text.js'
import { accessRights } from '../registry/access-rights.controller.js'
import { accessRightSchema } from '../registry/entry-schemas.js'
import { identifier } from '../registry/fields.js'
import { RegistryChanges } from '../registry/registry-changes.js'
import { RegistryEntries } from '../registry/registry-entries.js'
import type { Tagged } from '../tagged.js'
import { standingOf } from './sides.js'
import { TellOf, type Tell } from './tell.js'

const withdrawal = z.strictObject({ reason: reasonText }).meta({ id: 'Withdrawal' })

/** A right is taken back at once, by who granted it or by who operates the bus. */
@Controller('access-rights')
export class WithdrawalsController {
  readonly #entries: RegistryEntries
  readonly #changes: RegistryChanges
  readonly #owners: OwnerReader
  readonly #tell: Tell

  constructor(
    @Inject(RegistryEntries) entries: RegistryEntries,
    @Inject(RegistryChanges) changes: RegistryChanges,
    @Inject(RegistryOwners) owners: OwnerReader,
    @Inject(TellOf) { tell }: TellOf,
  ) {
    this.#entries = entries
    this.#changes = changes
    this.#owners = owners
    this.#tell = tell
  }

  /** Without `If-Match`: whatever was changed meanwhile, nothing passes by this right from now on. */
  @Post(':id/withdrawal')
  @Permit('OPERATOR', 'MEMBER_ADMIN')
  @Answers(accessRightSchema, { tagged: true })
  @ApiProblems('NOT_FOUND')
  async withdraw(
    @Param('id', { schema: identifier }) id: string,
    @Body({ schema: withdrawal }) { reason }: z.infer<typeof withdrawal>,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    const { entry } = await this.#entries.entry(accessRightTable, id)
    const { consumer, service } = entry
    const sides = { consumer, provider: providerOf(service) }
    const { provides } = await standingOf(caller, sides, this.#owners)
    if (!provides && !caller.has('OPERATOR')) throw new Problem('FORBIDDEN')
    const member = await this.#owners.ownerOf(consumer)
    await this.#changes.apply(
      ({ instance }) => ({ instance, accessRights: [{ id, status: 'withdrawn' }] }),
      {
        ...{ caller, reason },
        also: async (client) => {
          if (member === undefined) return
          const kind = 'access-right.withdrawn'
          await this.#tell(client, { member, kind, subject: id, data: { consumer, service } })
        },
      },
    )
    return this.#entries.get(accessRights, id)
  }
}
