import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common'
import { z } from 'zod'
import {
  parseMemberId,
  parseSubsystemId,
  type MemberId,
  type SubsystemId,
} from '../../exchange/identifier.js'
import { AdminDatabase } from '../admin-database.store.js'
import { Answers, AnswersNothing, ApiProblems } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import type { Caller } from '../caller.js'
import { IfMatch } from '../if-match.decorator.js'
import { aliasMonths } from '../limits.js'
import { page, pageOf, pageQuery, type Page } from '../paging.js'
import { Permit } from '../permission.js'
import { Problem } from '../problem.js'
import { reasonText } from '../reason-text.js'
import { identifier } from '../registry/fields.js'
import { Tagged } from '../tagged.js'
import { lifeCycleKinds, lifeCycleStates, type LifeCycleEvent } from './life-cycle-event.js'
import { LifeCycle } from './life-cycle.js'
import { findEvent, listEvents } from './life-cycle.store.js'

const moment = z.iso.datetime({ offset: true })
const when = moment.optional().describe('At once where nothing is said')

const ownerChange = z.strictObject({
  subsystem: identifier.describe('A subsystem, or an information resource'),
  to: identifier,
  reason: reasonText,
  at: when,
})
const merger = z.strictObject({
  from: identifier,
  into: identifier,
  reason: reasonText,
  at: when,
  aliasUntil: moment.optional().describe('Twelve months after it, where nothing is said'),
})
const liquidation = z.strictObject({
  subject: identifier.describe('A member, a subsystem or an information resource'),
  reason: reasonText,
  at: when,
  successor: identifier.optional(),
  archivePlace: z.string().min(1).max(2_000).optional(),
})

const archiving = z.strictObject({
  subject: identifier.describe('A member, a subsystem or a service that has ended'),
  reason: reasonText,
})

const eventSchema = z
  .object({
    id: z.string(),
    kind: z.enum(lifeCycleKinds),
    subject: z.string(),
    target: z.string().optional(),
    aliasUntil: z.iso.datetime().optional(),
    archivePlace: z.string().optional(),
    reason: z.string(),
    dueAt: z.iso.datetime(),
    filedAt: z.iso.datetime(),
    filedBy: z.string(),
    state: z.enum(lifeCycleStates),
    endedAt: z.iso.datetime().optional(),
    endedBy: z.string().optional(),
    trouble: z.string().optional(),
  })
  .meta({ id: 'LifeCycleEvent', description: 'What happens to a member or a system on a day' })
type EventJson = z.infer<typeof eventSchema>

const eventId = z.uuid()
const listQuery = pageQuery.extend({
  state: z.enum(lifeCycleStates).optional(),
  subject: identifier.optional(),
})

/** What is planned for members and systems, and what has happened to them. */
@Controller('life-cycle')
export class LifeCycleController {
  readonly #database: AdminDatabase
  readonly #lifeCycle: LifeCycle

  constructor(
    @Inject(AdminDatabase) database: AdminDatabase,
    @Inject(LifeCycle) lifeCycle: LifeCycle,
  ) {
    this.#database = database
    this.#lifeCycle = lifeCycle
  }

  @Get('events')
  @Permit('OPERATOR', 'AGENCY', 'SECURITY')
  @Answers(pageOf(eventSchema))
  async list(
    @Query({ schema: listQuery }) { limit, after, state, subject }: z.infer<typeof listQuery>,
  ): Promise<Page<EventJson>> {
    if (after !== undefined && !eventId.safeParse(after).success) throw new Problem('INVALID')
    const query = { limit: limit + 1, after, state, subject }
    const found = await listEvents(this.#database.pool, query)
    return page(found.map(eventJson), limit, ({ id }) => id)
  }

  @Get('events/:id')
  @Permit('OPERATOR', 'AGENCY', 'SECURITY')
  @Answers(eventSchema, { tagged: true })
  @ApiProblems('NOT_FOUND')
  async get(@Param('id', { schema: eventId }) id: string): Promise<Tagged<EventJson>> {
    return tagged(await this.#event(id))
  }

  @Post('events/:id/cancellation')
  @Permit('OPERATOR')
  @Answers(eventSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT')
  async cancel(
    @Param('id', { schema: eventId }) id: string,
    @IfMatch() seen: number,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<EventJson>> {
    await this.#lifeCycle.cancel(await this.#event(id), seen, caller)
    return tagged(await this.#event(id))
  }

  /** At its date the new owner answers for the system; certificates of the old one are revoked. */
  @Post('owner-changes')
  @Permit('OPERATOR')
  @Answers(eventSchema, { status: 201, tagged: true })
  @ApiProblems('CONFLICT', 'UNPROCESSABLE')
  async changeOwner(
    @Body({ schema: ownerChange }) { subsystem, to, reason, at }: z.infer<typeof ownerChange>,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<EventJson>> {
    const now = new Date()
    const event = await this.#lifeCycle.file(
      {
        ...{ kind: 'owner-change', subject: told('subsystem', subsystem, parseSubsystemId) },
        ...{ target: told('to', to, parseMemberId), reason, dueAt: dueAt(at, now) },
        ...{ aliasUntil: undefined, archivePlace: undefined },
      },
      ...([caller, now] as const),
    )
    return tagged(event)
  }

  /** At its date all systems of the one are the other's, and the one ends; its names are good for a time. */
  @Post('mergers')
  @Permit('OPERATOR')
  @Answers(eventSchema, { status: 201, tagged: true })
  @ApiProblems('CONFLICT', 'UNPROCESSABLE')
  async merge(
    @Body({ schema: merger }) { from, into, reason, at, aliasUntil }: z.infer<typeof merger>,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<EventJson>> {
    const now = new Date()
    const due = dueAt(at, now)
    const event = await this.#lifeCycle.file(
      {
        ...{ kind: 'merger', subject: told('from', from, parseMemberId) },
        ...{ target: told('into', into, parseMemberId), reason, dueAt: due },
        aliasUntil: aliasUntil === undefined ? monthsAfter(due) : new Date(aliasUntil),
        archivePlace: undefined,
      },
      ...([caller, now] as const),
    )
    return tagged(event)
  }

  /** At its date rights end, certificates are revoked, and the entry is liquidated; the message log stays. */
  @Post('liquidations')
  @Permit('OPERATOR')
  @Answers(eventSchema, { status: 201, tagged: true })
  @ApiProblems('CONFLICT', 'UNPROCESSABLE')
  async liquidate(
    @Body({ schema: liquidation }) body: z.infer<typeof liquidation>,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<EventJson>> {
    const { subject, reason, at, successor, archivePlace } = body
    const now = new Date()
    const isMember = subject.split('/').length === 3
    const parse: (text: string) => MemberId | SubsystemId = isMember
      ? parseMemberId
      : parseSubsystemId
    const event = await this.#lifeCycle.file(
      {
        ...{ kind: 'liquidation', subject: told('subject', subject, parse), target: successor },
        ...{ reason, archivePlace, aliasUntil: undefined, dueAt: dueAt(at, now) },
      },
      ...([caller, now] as const),
    )
    return tagged(event)
  }

  /** Takes what has ended out of lists, with all that ended with it; it stays to be looked up. */
  @Post('archivings')
  @Permit('OPERATOR')
  @AnswersNothing()
  @ApiProblems('NOT_FOUND', 'UNPROCESSABLE')
  async archive(
    @Body({ schema: archiving }) { subject, reason }: z.infer<typeof archiving>,
    @CallerOf() caller: Caller,
  ): Promise<void> {
    await this.#lifeCycle.archive(subject, { caller, reason })
  }

  async #event(id: string): Promise<LifeCycleEvent> {
    const event = await findEvent(this.#database.pool, id)
    if (!event) throw new Problem('NOT_FOUND')
    return event
  }
}

/** @throws Problem UNPROCESSABLE for what is no identifier of this kind */
function told<Id>(field: string, text: string, parse: (text: string) => Id): Id {
  try {
    return parse(text)
  } catch (error) {
    const detail = error instanceof Error ? error.message : 'is no identifier'
    throw new Problem('UNPROCESSABLE', { errors: [{ pointer: `/${field}`, detail }] })
  }
}

/** @throws Problem UNPROCESSABLE for a day that has passed */
function dueAt(at: string | undefined, now: Date): Date {
  const due = at === undefined ? now : new Date(at)
  if (due >= now) return due
  throw new Problem('UNPROCESSABLE', {
    errors: [{ pointer: '/at', detail: { az: 'keçmişdədir', en: 'is in the past' } }],
  })
}

function monthsAfter(date: Date): Date {
  const later = new Date(date)
  later.setUTCMonth(later.getUTCMonth() + aliasMonths)
  return later
}

function tagged(event: LifeCycleEvent): Tagged<EventJson> {
  return new Tagged(eventJson(event), event.revision)
}

function eventJson(event: LifeCycleEvent): EventJson {
  const { aliasUntil, dueAt: due, filedAt, endedAt, target, archivePlace, endedBy, trouble } = event
  return {
    ...{ id: event.id, kind: event.kind, subject: event.subject, reason: event.reason },
    ...{ state: event.state, filedBy: event.filedBy },
    dueAt: due.toISOString(),
    filedAt: filedAt.toISOString(),
    ...(target !== undefined && { target }),
    ...(aliasUntil && { aliasUntil: aliasUntil.toISOString() }),
    ...(archivePlace !== undefined && { archivePlace }),
    ...(endedAt && { endedAt: endedAt.toISOString() }),
    ...(endedBy !== undefined && { endedBy }),
    ...(trouble !== undefined && { trouble }),
  }
}
