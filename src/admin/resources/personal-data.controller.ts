import { Body, Controller, Get, Inject, Param, Patch, Post, Query } from '@nestjs/common'
import { z } from 'zod'
import type { JsonValue } from '../../canonical-json.js'
import { personalDataStatuses } from '../../registry/resource.js'
import { Answers, ApiProblems } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import type { Caller } from '../caller.js'
import { IfMatch } from '../if-match.decorator.js'
import { pageOf, pageQuery, type Page, type PageQuery } from '../paging.js'
import { Everyone, Permit } from '../permission.js'
import { stateOf } from '../registry/entry-schemas.js'
import { identifier } from '../registry/fields.js'
import {
  atQuery,
  RegistryEntries,
  type AtQuery,
  type StateJson,
} from '../registry/registry-entries.js'
import type { Tagged } from '../tagged.js'
import type { Wrapped } from '../registry/wrapped.js'
import {
  newPersonalData,
  personalDataChange,
  personalDataSchema,
  personalDataSystems,
  type NewPersonalData,
  type PersonalDataChange,
} from './resource-schemas.js'

const listQuery = pageQuery.extend({ status: z.enum(personalDataStatuses).optional() })

/** The second State Register: what systems and resources hold of persons, what for, and by which law. */
@Controller('personal-data-systems')
export class PersonalDataController {
  readonly #entries: RegistryEntries

  constructor(@Inject(RegistryEntries) entries: RegistryEntries) {
    this.#entries = entries
  }

  @Get()
  @Everyone()
  @Answers(pageOf(personalDataSchema))
  list(
    @Query({ schema: listQuery }) { status, ...query }: z.infer<typeof listQuery>,
  ): Promise<Page<JsonValue>> {
    return this.#entries.list(personalDataSystems, query, { status })
  }

  @Get(':id')
  @Everyone()
  @Answers(personalDataSchema, { tagged: true })
  @ApiProblems('NOT_FOUND')
  get(
    @Param('id', { schema: identifier }) id: string,
    @Query({ schema: atQuery }) { asOf }: AtQuery,
  ): Promise<Tagged<JsonValue>> {
    return this.#entries.get(personalDataSystems, id, asOf)
  }

  @Get(':id/history')
  @Everyone()
  @Answers(pageOf(stateOf(personalDataSchema)))
  @ApiProblems('NOT_FOUND')
  history(
    @Param('id', { schema: identifier }) id: string,
    @Query({ schema: pageQuery }) query: PageQuery,
  ): Promise<Page<StateJson>> {
    return this.#entries.history(personalDataSystems, id, query)
  }

  @Post()
  @Permit('OPERATOR')
  @Answers(personalDataSchema, { status: 201, tagged: true })
  @ApiProblems('CONFLICT', 'UNPROCESSABLE')
  add(
    @Body({ schema: newPersonalData }) { id, ...fields }: NewPersonalData,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    return this.#entries.add(personalDataSystems, id, wrapped(id, fields), caller)
  }

  @Patch(':id')
  @Permit('OPERATOR')
  @Answers(personalDataSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'UNPROCESSABLE')
  change(
    @Param('id', { schema: identifier }) id: string,
    @IfMatch() seen: number,
    @Body({ schema: personalDataChange }) { reason, ...fields }: PersonalDataChange,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    const terms = { caller, reason }
    return this.#entries.change(personalDataSystems, { id, seen }, wrapped(id, fields), terms)
  }
}

function wrapped(id: string, fields: object): Wrapped {
  const document = { instance: id.split('/')[0], personalData: [{ id, ...fields }] }
  return { document, prefix: '/personalData/0' }
}
