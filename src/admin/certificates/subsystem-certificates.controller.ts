import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common'
import { z } from 'zod'
import { Answers, ApiProblems } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import type { Caller } from '../caller.js'
import { page, pageOf, pageQuery, type Page, type PageQuery } from '../paging.js'
import { Permit } from '../permission.js'
import { withCaProblems } from './ca-problem.js'
import { CertificateDesk, type Wish } from './certificate-desk.store.js'
import {
  certificateJson,
  certificateOrder,
  certificateSchema,
  filedJson,
  filedSchema,
  serialText,
  subsystemText,
  type CertificateJson,
  type CertificateOrder,
  type FiledJson,
} from './certificate-json.js'

/** The operator's order is carried out, a member's is filed: one of the two. */
const orderAnswer = z
  .object({ certificate: certificateSchema.optional(), request: filedSchema.optional() })
  .meta({ id: 'CertificateOrderAnswer' })

interface OrderAnswer {
  readonly certificate?: CertificateJson
  readonly request?: FiledJson
}

/** Certificates of one system. */
@Controller('subsystems/:id/certificates')
export class SubsystemCertificatesController {
  readonly #desk: CertificateDesk

  constructor(@Inject(CertificateDesk) desk: CertificateDesk) {
    this.#desk = desk
  }

  @Get()
  @Permit('OPERATOR', 'AGENCY', 'SECURITY', { role: 'MEMBER_ADMIN', member: 'id' })
  @Answers(pageOf(certificateSchema))
  async list(
    @Param('id', { schema: subsystemText }) subsystem: string,
    @Query({ schema: pageQuery }) { limit, after }: PageQuery,
  ): Promise<Page<CertificateJson>> {
    const found = await this.#desk.certificates({ subsystem, after, limit: limit + 1 })
    return page(found.map(certificateJson), limit, ({ serial }) => serial)
  }

  /** Asks for a certificate by a PKCS #10 request: the operator has it issued at once, a member's administrator files it. */
  @Post()
  @Permit('OPERATOR', { role: 'MEMBER_ADMIN', member: 'id' })
  @Answers(orderAnswer, { status: 201 })
  @ApiProblems('NOT_FOUND', 'CONFLICT', 'UNPROCESSABLE', 'UNAVAILABLE')
  order(
    @CallerOf() caller: Caller,
    @Param('id', { schema: subsystemText }) subsystem: string,
    @Body({ schema: certificateOrder }) order: CertificateOrder,
  ): Promise<OrderAnswer> {
    return this.#carryOut({ caller, subsystem, ...order })
  }

  /** The same for one that takes another's place; that one goes on until it ends. */
  @Post(':serial/renew')
  @Permit('OPERATOR', { role: 'MEMBER_ADMIN', member: 'id' })
  @Answers(orderAnswer, { status: 201 })
  @ApiProblems('NOT_FOUND', 'CONFLICT', 'UNPROCESSABLE', 'UNAVAILABLE')
  renew(
    @CallerOf() caller: Caller,
    @Param('id', { schema: subsystemText }) subsystem: string,
    @Param('serial', { schema: serialText }) renews: string,
    @Body({ schema: certificateOrder }) order: CertificateOrder,
  ): Promise<OrderAnswer> {
    return this.#carryOut({ caller, subsystem, renews, ...order })
  }

  #carryOut(wish: Wish): Promise<OrderAnswer> {
    return withCaProblems(async () => {
      if (wish.caller.has('OPERATOR')) {
        return { certificate: certificateJson(await this.#desk.issue(wish)) }
      }
      return { request: filedJson(await this.#desk.file(wish)) }
    })
  }
}
