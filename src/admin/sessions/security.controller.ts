import { Controller, Get, Inject, Query } from '@nestjs/common'
import type { z } from 'zod'
import {
  idPageQuery,
  memberPageQuery,
  type IdPageQuery,
  type MemberPageQuery,
} from '../administrators/texts.js'
import { Answers } from '../answers.decorator.js'
import { page, pageOf, type Page } from '../paging.js'
import { Permit } from '../permission.js'
import { SecurityAlerts } from './security-alerts.js'
import { alertSchema, unconfirmedSchema } from './session-json.js'

type AlertJson = z.output<typeof alertSchema>
type UnconfirmedJson = z.output<typeof unconfirmedSchema>

/** What the security officers are told. */
@Controller('security')
export class SecurityController {
  readonly #alerts: SecurityAlerts

  constructor(@Inject(SecurityAlerts) alerts: SecurityAlerts) {
    this.#alerts = alerts
  }

  /** Newest first. */
  @Get('alerts')
  @Permit('SECURITY')
  @Answers(pageOf(alertSchema))
  async alerts(
    @Query({ schema: idPageQuery }) { limit, after }: IdPageQuery,
  ): Promise<Page<AlertJson>> {
    const found = await this.#alerts.find(limit + 1, after)
    const items = found.map(({ id, kind, at, administrator, details }) => ({
      ...{ id, kind, at: at.toISOString(), details: details as Record<string, unknown> },
      ...(administrator !== undefined && { administrator }),
    }))
    return page(items, limit, ({ id }) => id)
  }

  /** Members whose lists of responsible persons were not confirmed in time. */
  @Get('unconfirmed-members')
  @Permit('SECURITY', 'AGENCY', 'OPERATOR')
  @Answers(pageOf(unconfirmedSchema))
  async unconfirmed(
    @Query({ schema: memberPageQuery }) { limit, after }: MemberPageQuery,
  ): Promise<Page<UnconfirmedJson>> {
    const found = await this.#alerts.unconfirmed(limit + 1, after)
    const items = found.map(({ member, confirmedAt }) => ({
      member,
      ...(confirmedAt !== undefined && { confirmedAt: confirmedAt.toISOString() }),
    }))
    return page(items, limit, ({ member }) => member)
  }
}
