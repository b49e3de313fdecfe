import { Body, Controller, Get, Inject, Param, Patch, Post, Query } from '@nestjs/common'
import { z } from 'zod'
import type { JsonValue } from '../../canonical-json.js'
import { findWindow, listWindows, type RevisedWindow } from '../../maintenance/windows.store.js'
import { AdminDatabase } from '../admin-database.store.js'
import { Answers, ApiProblems } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import type { Caller } from '../caller.js'
import { IfMatch } from '../if-match.decorator.js'
import { page, pageOf, type Page } from '../paging.js'
import { Everyone, Permit } from '../permission.js'
import { Problem } from '../problem.js'
import { Tagged } from '../tagged.js'
import { WindowDesk } from './window-desk.js'
import {
  callOffTerms,
  newWindow,
  windowChanges,
  windowJson,
  windowSchema,
  windowsQuery,
  type CallOffTerms,
  type NewWindow,
  type WindowChanges,
  type WindowsQuery,
} from './window-json.js'

const windowId = z.uuid()

/** Announced works: participants' on their systems, and the operator's on the bus. Everybody sees them (R-143). */
@Controller('maintenance-windows')
export class MaintenanceWindowsController {
  readonly #desk: WindowDesk
  readonly #database: AdminDatabase

  constructor(
    @Inject(WindowDesk) desk: WindowDesk,
    @Inject(AdminDatabase) database: AdminDatabase,
  ) {
    this.#desk = desk
    this.#database = database
  }

  /** By who owns the system; of the bus by the operator. Less than two days ahead they are marked late. */
  @Post()
  @Permit('OPERATOR', 'MEMBER_ADMIN')
  @Answers(windowSchema, { status: 201, tagged: true })
  @ApiProblems('CONFLICT', 'UNPROCESSABLE')
  async file(
    @Body({ schema: newWindow }) body: NewWindow,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    return this.#tagged(await this.#desk.file(body, caller))
  }

  /** The calendar: both kinds, and with `from` and `until` those of a time. */
  @Get()
  @Everyone()
  @Answers(pageOf(windowSchema))
  async list(
    @Query({ schema: windowsQuery }) { limit, after, from, until, ...where }: WindowsQuery,
  ): Promise<Page<JsonValue>> {
    if (after !== undefined && !windowId.safeParse(after).success) throw new Problem('INVALID')
    const found = await listWindows(this.#database.pool, {
      ...{ ...where, limit: limit + 1, after },
      ...(from !== undefined && { from: new Date(from) }),
      ...(until !== undefined && { until: new Date(until) }),
    })
    const { items, next } = page(found, limit, ({ id }) => id)
    return { items: items.map((each) => this.#json(each)), ...(next !== undefined && { next }) }
  }

  @Get(':id')
  @Everyone()
  @Answers(windowSchema, { tagged: true })
  @ApiProblems('NOT_FOUND')
  async get(@Param('id', { schema: windowId }) id: string): Promise<Tagged<JsonValue>> {
    const window = await findWindow(this.#database.pool, id)
    if (!window) throw new Problem('NOT_FOUND')
    return this.#tagged(window)
  }

  /** Another time, or other works. Once they go on, the planned end alone. */
  @Patch(':id')
  @Permit('OPERATOR', 'MEMBER_ADMIN')
  @Answers(windowSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT', 'UNPROCESSABLE')
  async change(
    @Param('id', { schema: windowId }) id: string,
    @IfMatch() revision: number,
    @Body({ schema: windowChanges }) changes: WindowChanges,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    return this.#tagged(await this.#desk.change({ id, revision }, changes, caller))
  }

  /** Before they begin. */
  @Post(':id/cancellation')
  @Permit('OPERATOR', 'MEMBER_ADMIN')
  @Answers(windowSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT')
  async callOff(
    @Param('id', { schema: windowId }) id: string,
    @IfMatch() revision: number,
    @Body({ schema: callOffTerms }) { reason }: CallOffTerms,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    return this.#tagged(await this.#desk.callOff({ id, revision }, reason, caller))
  }

  /** While they go on: from now on requests pass again, on every node. */
  @Post(':id/end')
  @Permit('OPERATOR', 'MEMBER_ADMIN')
  @Answers(windowSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT')
  async end(
    @Param('id', { schema: windowId }) id: string,
    @IfMatch() revision: number,
    @CallerOf() caller: Caller,
  ): Promise<Tagged<JsonValue>> {
    return this.#tagged(await this.#desk.end({ id, revision }, caller))
  }

  #json(window: RevisedWindow): JsonValue {
    return windowJson(window, this.#desk.now(), this.#desk.noticeHours)
  }

  #tagged(window: RevisedWindow): Tagged<JsonValue> {
    return new Tagged(this.#json(window), window.revision)
  }
}
