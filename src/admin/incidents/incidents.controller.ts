import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common'
import { z } from 'zod'
import type { Incident } from '../../incident/incident.js'
import { Answers, ApiProblems } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import { oversees, type Caller } from '../caller.js'
import { IfMatch } from '../if-match.decorator.js'
import { pageOf, type Page } from '../paging.js'
import { Everyone, Permit } from '../permission.js'
import { Tagged } from '../tagged.js'
import { IncidentDesk } from './incident-desk.js'
import {
  closingTerms,
  decisionTerms,
  incidentJson,
  incidentSchema,
  incidentsQuery,
  newIncident,
  type ClosingTerms,
  type DecisionTerms,
  type IncidentJson,
  type IncidentsQuery,
  type NewIncidentBody,
} from './incident-json.js'

const incidentId = z.uuid()

/** Failures of the bus: most are opened and closed by its nodes. */
@Controller('incidents')
export class IncidentsController {
  readonly #desk: IncidentDesk

  constructor(@Inject(IncidentDesk) desk: IncidentDesk) {
    this.#desk = desk
  }

  /** The newest first. */
  @Get()
  @Everyone()
  @Answers(pageOf(incidentSchema))
  async list(
    @Query({ schema: incidentsQuery }) query: IncidentsQuery,
    @CallerOf() caller: Caller,
  ): Promise<Page<IncidentJson>> {
    const { items, ...rest } = await this.#desk.list(query, caller)
    return { items: items.map((each) => incidentJson(each, oversees(caller))), ...rest }
  }

  /** What no node sees by itself is entered by hand; all participants are told of it. */
  @Post()
  @Permit('OPERATOR')
  @Answers(incidentSchema, { status: 201, tagged: true })
  @ApiProblems('CONFLICT', 'UNPROCESSABLE')
  async open(
    @Body({ schema: newIncident }) body: NewIncidentBody,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<IncidentJson>> {
    return tagged(await this.#desk.open(body, caller), caller)
  }

  @Get(':id')
  @Everyone()
  @Answers(incidentSchema, { tagged: true })
  @ApiProblems('NOT_FOUND')
  async get(
    @Param('id', { schema: incidentId }) id: string,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<IncidentJson>> {
    return tagged(await this.#desk.read(id, caller), caller)
  }

  /** With its cause, which all participants are told with its length. A node that sees the trouble still opens another. */
  @Post(':id/closing')
  @Permit('OPERATOR')
  @Answers(incidentSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT')
  async close(
    @Param('id', { schema: incidentId }) id: string,
    @IfMatch() revision: number,
    @Body({ schema: closingTerms }) terms: ClosingTerms,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<IncidentJson>> {
    return tagged(await this.#desk.close({ id, revision }, terms, caller), caller)
  }

  /** Whether the reserve centre takes over. The bus records it and tells of it; the change itself is the operator's. */
  @Post(':id/decision')
  @Permit('OPERATOR', 'AGENCY')
  @Answers(incidentSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT')
  async decide(
    @Param('id', { schema: incidentId }) id: string,
    @IfMatch() revision: number,
    @Body({ schema: decisionTerms }) terms: DecisionTerms,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<IncidentJson>> {
    return tagged(await this.#desk.decide({ id, revision }, terms, caller), caller)
  }
}

function tagged(incident: Incident, caller: Caller): Tagged<IncidentJson> {
  return new Tagged(incidentJson(incident, oversees(caller)), incident.revision)
}
