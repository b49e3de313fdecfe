import { Body, Controller, Get, Inject, Post } from '@nestjs/common'
import type { z } from 'zod'
import { OwnAccount } from '../administrators/own-account.js'
import { AnsweredOnce, TakesSecrets } from '../answered-once.js'
import { Answers, AnswersNothing, ApiProblems } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import type { Caller } from '../caller.js'
import { Everyone } from '../permission.js'
import { SessionDirectory } from './session-directory.js'
import {
  meSchema,
  passwordChangeSchema,
  proofSchema,
  recoveryCodesSchema,
  totpCodeSchema,
  totpSchema,
} from './session-json.js'

/** The account of whoever is logged in. */
@Controller('me')
export class MeController {
  readonly #sessions: SessionDirectory
  readonly #own: OwnAccount

  constructor(
    @Inject(SessionDirectory) sessions: SessionDirectory,
    @Inject(OwnAccount) own: OwnAccount,
  ) {
    this.#sessions = sessions
    this.#own = own
  }

  @Get()
  @Everyone()
  @Answers(meSchema)
  @ApiProblems('NOT_FOUND')
  async me(@CallerOf() caller: Caller): Promise<z.output<typeof meSchema>> {
    const session = await this.#sessions.sessionOf(caller)
    const { id, login, name, email, member, hasTotp } = await this.#own.read(caller)
    return {
      ...{ id, login, name, hasTotp, sessionId: session.id },
      ...(email !== undefined && { email }),
      ...(member !== undefined && { member }),
      roles: session.assignments.map(({ role, scope, from, until }) => ({
        role,
        ...(scope !== undefined && { scope }),
        from: from.toISOString(),
        ...(until !== undefined && { until: until.toISOString() }),
      })),
      duties: [...this.#sessions.dutiesOf(session)],
    }
  }

  /** Ends all sessions, this one too. */
  @Post('password')
  @Everyone()
  @TakesSecrets()
  @AnswersNothing()
  @ApiProblems('LOGIN_FAILED', 'NOT_FOUND', 'UNPROCESSABLE', 'TOO_MANY')
  async changePassword(
    @CallerOf() caller: Caller,
    @Body({ schema: passwordChangeSchema }) body: z.output<typeof passwordChangeSchema>,
  ): Promise<void> {
    const { password, totp: code, newPassword } = body
    await this.#own.changePassword(caller, { password, code }, newPassword)
  }

  /** Begins to enrol a device for one-time codes; it counts once it is confirmed. */
  @Post('totp')
  @Everyone()
  @TakesSecrets()
  @Answers(totpSchema)
  @ApiProblems('LOGIN_FAILED', 'NOT_FOUND', 'TOO_MANY')
  beginTotp(
    @CallerOf() caller: Caller,
    @Body({ schema: proofSchema }) { password, totp: code }: z.output<typeof proofSchema>,
  ): Promise<z.output<typeof totpSchema>> {
    return this.#own.beginTotp(caller, { password, code })
  }

  @Post('totp/confirmation')
  @Everyone()
  @AnsweredOnce()
  @Answers(recoveryCodesSchema)
  @ApiProblems('CONFLICT', 'UNPROCESSABLE')
  async confirmTotp(
    @CallerOf() caller: Caller,
    @Body({ schema: totpCodeSchema }) { code }: z.output<typeof totpCodeSchema>,
  ): Promise<z.output<typeof recoveryCodesSchema>> {
    return { recoveryCodes: await this.#own.confirmTotp(caller, code) }
  }
}
