import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common'
import type { StatusWish } from '../../ca/change-status.store.js'
import type { CertificateRecord } from '../../ca/certificate-records.store.js'
import { Answers, ApiProblems } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import { oversees, type Caller } from '../caller.js'
import { IfMatch } from '../if-match.decorator.js'
import { page, pageOf, type Page } from '../paging.js'
import { Everyone, Permit } from '../permission.js'
import { Problem } from '../problem.js'
import { Tagged } from '../tagged.js'
import { withCaProblems } from './ca-problem.js'
import { CertificateDesk } from './certificate-desk.store.js'
import {
  certificateJson,
  certificateQuery,
  certificateSchema,
  reasoned,
  revocationOrder,
  serialText,
  statisticsQuery,
  statisticsSchema,
  type CertificateJson,
  type CertificateQuery,
  type Reasoned,
  type RevocationOrder,
  type StatisticsJson,
  type StatisticsQuery,
} from './certificate-json.js'

/** Certificates that the CA of the bus has issued. */
@Controller('certificates')
export class CertificatesController {
  readonly #desk: CertificateDesk

  constructor(@Inject(CertificateDesk) desk: CertificateDesk) {
    this.#desk = desk
  }

  @Get()
  @Everyone()
  @Answers(pageOf(certificateSchema))
  async list(
    @CallerOf() caller: Caller,
    @Query({ schema: certificateQuery }) { limit, ...query }: CertificateQuery,
  ): Promise<Page<CertificateJson>> {
    const owners = oversees(caller) ? undefined : caller.members
    const found = await this.#desk.certificates({ ...query, owners, limit: limit + 1 })
    return page(found.map(certificateJson), limit, ({ serial }) => serial)
  }

  /** How many certificates there are, by type of holder and month. */
  @Get('statistics')
  @Permit('OPERATOR', 'AGENCY', 'SECURITY')
  @Answers(statisticsSchema)
  async statistics(
    @Query({ schema: statisticsQuery }) { from, until }: StatisticsQuery,
  ): Promise<StatisticsJson> {
    return { items: await this.#desk.statistics(monthStart(from, 0), monthStart(until, 1)) }
  }

  @Get(':serial')
  @Everyone()
  @Answers(certificateSchema, { tagged: true })
  @ApiProblems('NOT_FOUND')
  async get(
    @CallerOf() caller: Caller,
    @Param('serial', { schema: serialText }) serial: string,
  ): Promise<Tagged<CertificateJson>> {
    return tagged(await this.#seen(caller, serial))
  }

  /** Takes it out of use for a time. A member may do so with its own, at any hour. */
  @Post(':serial/hold')
  @Permit('OPERATOR', 'SECURITY', 'MEMBER_ADMIN')
  @Answers(certificateSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT', 'UNAVAILABLE')
  hold(
    @CallerOf() caller: Caller,
    @Param('serial', { schema: serialText }) serial: string,
    @IfMatch() revision: number,
    @Body({ schema: reasoned }) { reason }: Reasoned,
  ): Promise<Tagged<CertificateJson>> {
    return this.#change(serial, { act: 'hold' }, { caller, revision, reason })
  }

  @Post(':serial/release')
  @Permit('OPERATOR')
  @Answers(certificateSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT', 'UNAVAILABLE')
  release(
    @CallerOf() caller: Caller,
    @Param('serial', { schema: serialText }) serial: string,
    @IfMatch() revision: number,
    @Body({ schema: reasoned }) { reason }: Reasoned,
  ): Promise<Tagged<CertificateJson>> {
    return this.#change(serial, { act: 'release' }, { caller, revision, reason })
  }

  /** For good. A member may do so with its own, at any hour. */
  @Post(':serial/revoke')
  @Permit('OPERATOR', 'SECURITY', 'MEMBER_ADMIN')
  @Answers(certificateSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT', 'UNAVAILABLE')
  revoke(
    @CallerOf() caller: Caller,
    @Param('serial', { schema: serialText }) serial: string,
    @IfMatch() revision: number,
    @Body({ schema: revocationOrder }) { reason, code }: RevocationOrder,
  ): Promise<Tagged<CertificateJson>> {
    return this.#change(serial, { act: 'revoke', reason: code }, { caller, revision, reason })
  }

  async #change(
    serial: string,
    wish: StatusWish,
    order: { readonly caller: Caller; readonly revision: number; readonly reason: string },
  ): Promise<Tagged<CertificateJson>> {
    await this.#seen(order.caller, serial)
    return tagged(await withCaProblems(() => this.#desk.change(serial, wish, order)))
  }

  /** Of others' certificates a member's administrator is not told that they are there. */
  async #seen(caller: Caller, serial: string): Promise<CertificateRecord> {
    return withCaProblems(async () => {
      const record = await this.#desk.certificate(serial)
      if (oversees(caller)) return record
      const owner = await this.#desk.ownerOf(record.subsystem)
      if ((caller.members as readonly string[]).includes(owner)) return record
      throw new Problem('NOT_FOUND')
    })
  }
}

function tagged(record: CertificateRecord): Tagged<CertificateJson> {
  return new Tagged(certificateJson(record), record.revision)
}

function monthStart(month: string | undefined, later: number): Date | undefined {
  if (month === undefined) return undefined
  const [year = 0, number = 1] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number - 1 + later))
}
