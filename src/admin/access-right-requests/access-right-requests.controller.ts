import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common'
import { z } from 'zod'
import type { JsonValue } from '../../canonical-json.js'
import {
  IdentifierError,
  parseServiceCode,
  parseServiceId,
  parseSubsystemId,
  type ServiceCode,
  type ServiceId,
} from '../../exchange/identifier.js'
import { AdminDatabase } from '../admin-database.store.js'
import { Answers, ApiProblems } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import { oversees, type Caller } from '../caller.js'
import { IfMatch } from '../if-match.decorator.js'
import { page, pageOf, type Page } from '../paging.js'
import { Permit } from '../permission.js'
import { Problem } from '../problem.js'
import { Tagged } from '../tagged.js'
import { RequestDesk } from './request-desk.js'
import {
  grantTerms,
  newRequest,
  refusalTerms,
  requestJson,
  requestSchema,
  requestsQuery,
  type GrantTerms,
  type NewRequest,
  type RefusalTerms,
} from './request-json.js'
import type { AccessRightRequest, AskedTerms } from './request.js'
import { pageKey } from './page-key.js'
import { listRequests } from './requests.store.js'

const requestId = z.uuid()

/** What participants ask of each other, and what they answer. */
@Controller('access-right-requests')
export class AccessRightRequestsController {
  readonly #desk: RequestDesk
  readonly #database: AdminDatabase

  constructor(
    @Inject(RequestDesk) desk: RequestDesk,
    @Inject(AdminDatabase) database: AdminDatabase,
  ) {
    this.#desk = desk
    this.#database = database
  }

  /** For a system of one's own. */
  @Post()
  @Permit('OPERATOR', 'MEMBER_ADMIN')
  @Answers(requestSchema, { status: 201, tagged: true })
  @ApiProblems('CONFLICT', 'UNPROCESSABLE')
  async ask(
    @Body({ schema: newRequest }) body: NewRequest,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    return tagged(await this.#desk.ask(askedTerms(body), caller))
  }

  /** Those of one's own systems, whichever side they are; all of them for who oversees the bus. */
  @Get()
  @Permit('OPERATOR', 'AGENCY', 'SECURITY', 'MEMBER_ADMIN')
  @Answers(pageOf(requestSchema))
  async list(
    @Query({ schema: requestsQuery }) { limit, after, ...where }: z.infer<typeof requestsQuery>,
    @CallerOf() caller: Caller,
  ): Promise<Page<JsonValue>> {
    const ofMembers = oversees(caller) ? undefined : caller.members
    const wanted = { ...where, ofMembers, limit: limit + 1, after: pageKey(after) }
    const found = await listRequests(this.#database.pool, wanted)
    const { items, next } = page(found, limit, ({ id }) => id)
    return { items: items.map(requestJson), ...(next !== undefined && { next }) }
  }

  @Get(':id')
  @Permit('OPERATOR', 'AGENCY', 'SECURITY', 'MEMBER_ADMIN')
  @Answers(requestSchema, { tagged: true })
  @ApiProblems('NOT_FOUND')
  async get(
    @Param('id', { schema: requestId }) id: string,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    return tagged(await this.#desk.read(id, caller))
  }

  /** All that was asked for, or less. By the provider alone. */
  @Post(':id/grant')
  @Permit('MEMBER_ADMIN')
  @Answers(requestSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT', 'UNPROCESSABLE')
  async grant(
    @Param('id', { schema: requestId }) id: string,
    @IfMatch() revision: number,
    @Body({ schema: grantTerms }) terms: GrantTerms,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    return tagged(await this.#desk.grant({ id, revision }, terms, caller))
  }

  /** By the provider alone, and with its ground, which the coordinator sees. */
  @Post(':id/refuse')
  @Permit('MEMBER_ADMIN')
  @Answers(requestSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT')
  async refuse(
    @Param('id', { schema: requestId }) id: string,
    @IfMatch() revision: number,
    @Body({ schema: refusalTerms }) { ground }: RefusalTerms,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    return tagged(await this.#desk.refuse({ id, revision }, ground, caller))
  }

  /** By who asked, before there is an answer. */
  @Post(':id/withdraw')
  @Permit('OPERATOR', 'MEMBER_ADMIN')
  @Answers(requestSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT')
  async withdraw(
    @Param('id', { schema: requestId }) id: string,
    @IfMatch() revision: number,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    return tagged(await this.#desk.withdraw({ id, revision }, caller))
  }
}

function tagged(request: AccessRightRequest): Tagged<JsonValue> {
  return new Tagged(requestJson(request), request.revision)
}

const codeSegments = 5

function askedTerms(body: NewRequest): AskedTerms {
  const { legalBasis, purpose, modes, omit = [], from, until, dailyQuota } = body
  return {
    consumer: read('/consumer', body.consumer, parseSubsystemId),
    service: read('/service', body.service, parseService),
    ...{ legalBasis, purpose, modes: [...new Set(modes)], omit: [...new Set(omit)], dailyQuota },
    from: from === undefined ? new Date() : new Date(from),
    until: until === undefined ? undefined : new Date(until),
  }
}

function parseService(text: string): ServiceId | ServiceCode {
  return text.split('/').length === codeSegments ? parseServiceCode(text) : parseServiceId(text)
}

function read<Id>(pointer: string, text: string, parse: (text: string) => Id): Id {
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof IdentifierError)) throw error
    throw new Problem('UNPROCESSABLE', { errors: [{ pointer, detail: error.message }] })
  }
}
