import { Body, Controller, Inject, Param, Post, Put } from '@nestjs/common'
import type { z } from 'zod'
import { Answers, ApiProblems } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import type { Caller } from '../caller.js'
import { IfMatch } from '../if-match.decorator.js'
import { Permit } from '../permission.js'
import { Tagged } from '../tagged.js'
import { AdministratorChanges } from './administrator-changes.js'
import {
  administratorJson,
  administratorSchema,
  certificateSchema,
  openIdSchema,
  thumbprintText,
  type AdministratorJson,
} from './administrator-json.js'
import type { Administrator } from './administrator.js'
import { CredentialChanges } from './credential-changes.js'
import { doerOf } from './doer.js'
import { idText } from './texts.js'

/** What administrators log in with beside passwords: bound and taken away by others, never by themselves. */
@Controller('administrators/:id')
export class CredentialsController {
  readonly #credentials: CredentialChanges
  readonly #changes: AdministratorChanges

  constructor(
    @Inject(CredentialChanges) credentials: CredentialChanges,
    @Inject(AdministratorChanges) changes: AdministratorChanges,
  ) {
    this.#credentials = credentials
    this.#changes = changes
  }

  @Post('certificates')
  @Permit('OPERATOR', 'MEMBER_ADMIN')
  @Answers(administratorSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT', 'UNPROCESSABLE')
  async addCertificate(
    @CallerOf() caller: Caller,
    @Param('id', { schema: idText }) id: string,
    @IfMatch() revision: number,
    @Body({ schema: certificateSchema }) { certificate }: z.output<typeof certificateSchema>,
  ): Promise<Tagged<AdministratorJson>> {
    const which = { id, revision }
    return tagged(await this.#credentials.addCertificate(doerOf(caller), which, certificate))
  }

  /** Ends all sessions. */
  @Post('certificates/:thumbprint/remove')
  @Permit('OPERATOR', 'MEMBER_ADMIN')
  @Answers(administratorSchema, { tagged: true })
  @ApiProblems('NOT_FOUND')
  async removeCertificate(
    @CallerOf() caller: Caller,
    @Param('id', { schema: idText }) id: string,
    @Param('thumbprint', { schema: thumbprintText }) thumbprint: string,
    @IfMatch() revision: number,
  ): Promise<Tagged<AdministratorJson>> {
    const which = { id, revision }
    return tagged(await this.#credentials.removeCertificate(doerOf(caller), which, thumbprint))
  }

  /** Binds a subject of the OpenID provider, or none; ends all sessions. */
  @Put('openid')
  @Permit('OPERATOR', 'MEMBER_ADMIN')
  @Answers(administratorSchema, { tagged: true })
  @ApiProblems('NOT_FOUND', 'CONFLICT', 'UNPROCESSABLE')
  async bindOpenId(
    @CallerOf() caller: Caller,
    @Param('id', { schema: idText }) id: string,
    @IfMatch() revision: number,
    @Body({ schema: openIdSchema }) { subject }: z.output<typeof openIdSchema>,
  ): Promise<Tagged<AdministratorJson>> {
    return tagged(await this.#credentials.bindOpenId(doerOf(caller), { id, revision }, subject))
  }

  /** For whoever lost the device and the recovery codes; ends all sessions. */
  @Post('totp-reset')
  @Permit('OPERATOR', 'MEMBER_ADMIN')
  @Answers(administratorSchema, { tagged: true })
  @ApiProblems('NOT_FOUND')
  async resetTotp(
    @CallerOf() caller: Caller,
    @Param('id', { schema: idText }) id: string,
    @IfMatch() revision: number,
  ): Promise<Tagged<AdministratorJson>> {
    return tagged(await this.#changes.resetTotp(doerOf(caller), { id, revision }))
  }
}

function tagged(administrator: Administrator): Tagged<AdministratorJson> {
  return new Tagged(administratorJson(administrator), administrator.revision)
}
