import { Body, Controller, Get, Inject, Param, Post, Put, Query } from '@nestjs/common'
import { z } from 'zod'
import { recordAct } from '../../audit-log/audit-log.store.js'
import type { JsonValue } from '../../canonical-json.js'
import { AdminDatabase, type AdminTransaction } from '../admin-database.store.js'
import { Answers, ApiProblems } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import type { Caller } from '../caller.js'
import { IfMatch } from '../if-match.decorator.js'
import { page, pageOf, pageQuery, type Page } from '../paging.js'
import { Everyone, Permit } from '../permission.js'
import { Problem } from '../problem.js'
import { reasonText } from '../reason-text.js'
import { plainJson } from '../registry/entry-schemas.js'
import { identifier, text } from '../registry/fields.js'
import { checkRevision, Tagged } from '../tagged.js'
import {
  findPlace,
  hasService,
  interactions,
  listPlaces,
  servicePlaces,
  writePlace,
  type ServicePlace,
} from './service-place.store.js'

const placeFields = z
  .strictObject({
    approvedBy: text
      .refine((said) => said.isWellFormed() && !said.includes('\0'), {
        params: { az: 'mətn düzgün deyil', en: 'is no well-formed text' },
      })
      .nullable()
      .describe('The act of the Cabinet that has it in its list'),
    places: z.array(z.enum(servicePlaces)).max(servicePlaces.length),
    interaction: z.enum(interactions),
    reason: reasonText.optional(),
  })
  .meta({ id: 'ServicePlaceChange' })
type PlaceFields = z.infer<typeof placeFields>
const newPlace = placeFields.extend({ service: identifier }).meta({ id: 'NewServicePlace' })

const placeSchema = z
  .object({
    service: z.string(),
    approvedBy: z.string().optional(),
    places: z.array(z.enum(servicePlaces)),
    interaction: z.enum(interactions),
  })
  .meta({
    id: 'ServicePlace',
    description: 'Whether a service is approved, and where it is offered',
  })

/** Which services the Cabinet's list has, and where they are offered: on the portal, on the body's own site. */
@Controller('service-places')
export class ServicePlacesController {
  readonly #database: AdminDatabase

  constructor(@Inject(AdminDatabase) database: AdminDatabase) {
    this.#database = database
  }

  @Get()
  @Everyone()
  @Answers(pageOf(placeSchema))
  async list(
    @Query({ schema: pageQuery }) { limit, after }: z.infer<typeof pageQuery>,
  ): Promise<Page<JsonValue>> {
    const found = await listPlaces(this.#database.pool, { limit: limit + 1, after })
    const { items, next } = page(found, limit, ({ service }) => service)
    return { items: items.map(placeJson), ...(next !== undefined && { next }) }
  }

  @Get(':id')
  @Everyone()
  @Answers(placeSchema, { tagged: true })
  @ApiProblems('NOT_FOUND')
  async get(@Param('id', { schema: identifier }) id: string): Promise<Tagged<JsonValue>> {
    return tagged(await findPlace(this.#database.pool, id))
  }

  @Post()
  @Permit('OPERATOR')
  @Answers(placeSchema, { status: 201, tagged: true })
  @ApiProblems('CONFLICT', 'UNPROCESSABLE')
  add(
    @Body({ schema: newPlace }) { service, ...fields }: z.infer<typeof newPlace>,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    return this.#database.transaction(async (client) => {
      if (!(await hasService(client, service))) throw noService()
      if (await findPlace(client, service)) {
        const detail = { az: 'Belə bir qeyd artıq var', en: 'There is such an entry already' }
        throw new Problem('CONFLICT', { detail })
      }
      return write(client, { service, before: undefined }, fields, caller)
    })
  }

  @Put(':id')
  @Permit('OPERATOR')
  @Answers(placeSchema, { tagged: true })
  @ApiProblems('NOT_FOUND')
  change(
    @Param('id', { schema: identifier }) id: string,
    @IfMatch() seen: number,
    @Body({ schema: placeFields }) fields: PlaceFields,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    return this.#database.transaction(async (client) => {
      const before = await findPlace(client, id, true)
      if (!before) throw new Problem('NOT_FOUND')
      checkRevision(before.revision, seen)
      return write(client, { service: id, before }, fields, caller)
    })
  }
}

async function write(
  client: AdminTransaction,
  { service, before }: { readonly service: string; readonly before: ServicePlace | undefined },
  { approvedBy, places, interaction, reason }: PlaceFields,
  caller: Caller,
): Promise<Tagged<JsonValue>> {
  const wanted = { service, approvedBy: approvedBy ?? undefined, interaction }
  const place = { ...wanted, places: servicePlaces.filter((each) => places.includes(each)) }
  await writePlace(client, place)
  await recordAct(client, {
    ...{ ...caller.actor(), kind: 'service-place.set', subject: `service ${service}`, reason },
    ...{ before: before && placeJson(before), after: plainJson(place) },
  })
  return tagged(await findPlace(client, service))
}

function tagged(place: ServicePlace | undefined): Tagged<JsonValue> {
  if (!place) throw new Problem('NOT_FOUND')
  return new Tagged(placeJson(place), place.revision)
}

function placeJson({ service, approvedBy, places, interaction }: ServicePlace): JsonValue {
  return plainJson({ service, approvedBy, places, interaction })
}

function noService(): Problem {
  const detail = { az: 'belə xidmət qeydiyyatda yoxdur', en: 'is no registered service' }
  return new Problem('UNPROCESSABLE', { errors: [{ pointer: '/service', detail }] })
}
