import type { ServerResponse } from 'node:http'
import { TLSSocket } from 'node:tls'
import { Body, Controller, Delete, Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common'
import type { z } from 'zod'
import type { AdminRequest } from '../admin-request.js'
import { idText } from '../administrators/texts.js'
import { TakesSecrets } from '../answered-once.js'
import { Answers, AnswersElsewhere, AnswersNothing, ApiProblems } from '../answers.decorator.js'
import { CallerOf } from '../caller-of.decorator.js'
import type { Caller } from '../caller.js'
import { Everyone, Public } from '../permission.js'
import { Problem } from '../problem.js'
import { Logins } from './logins.js'
import { OpenIdLogin } from './openid-login.js'
import {
  begunJson,
  begunSchema,
  callbackQuery,
  loginSchema,
  sessionJson,
  sessionListSchema,
  type LoginBody,
} from './session-json.js'

type Begun = z.output<typeof begunSchema>

/** Logging in and out. */
@Controller('sessions')
export class SessionsController {
  readonly #logins: Logins
  readonly #openId: OpenIdLogin

  constructor(@Inject(Logins) logins: Logins, @Inject(OpenIdLogin) openId: OpenIdLogin) {
    this.#logins = logins
    this.#openId = openId
  }

  /** Whatever is wrong with a login, the answer is one. */
  @Post()
  @Public()
  @TakesSecrets()
  @Answers(begunSchema, { status: 201 })
  @ApiProblems('LOGIN_FAILED', 'TOO_MANY')
  async begin(
    @Body({ schema: loginSchema }) body: LoginBody,
    @Req() { socket }: AdminRequest,
  ): Promise<Begun> {
    const address = socket.remoteAddress ?? ''
    if ('certificate' in body) {
      return begunJson(await this.#logins.byCertificate(certificateOf(socket), address))
    }
    const { login, password, totp: code } = body
    return begunJson(await this.#logins.byPassword({ login, password, code, address }))
  }

  @Get()
  @Everyone()
  @Answers(sessionListSchema)
  async list(@CallerOf() caller: Caller): Promise<z.output<typeof sessionListSchema>> {
    const sessions = await this.#logins.sessionsOf(caller)
    return { items: sessions.map((each) => sessionJson(each, caller.sessionId)) }
  }

  @Get('oidc')
  @Public()
  @AnswersElsewhere('To the OpenID provider')
  @ApiProblems('NOT_FOUND', 'TOO_MANY', 'UNAVAILABLE')
  async goToProvider(@Res({ passthrough: true }) response: ServerResponse): Promise<void> {
    const { url, cookie } = await this.#openId.begin()
    response.setHeader('Set-Cookie', cookie)
    response.setHeader('Location', url)
  }

  @Get('oidc/callback')
  @Public()
  @Answers(begunSchema)
  @ApiProblems('LOGIN_FAILED', 'NOT_FOUND', 'TOO_MANY', 'UNAVAILABLE')
  async comeBack(
    @Query({ schema: callbackQuery }) _query: z.output<typeof callbackQuery>,
    @Req() { originalUrl, headers, socket }: AdminRequest,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<Begun> {
    const query = originalUrl.slice(originalUrl.indexOf('?') + 1)
    response.setHeader('Set-Cookie', this.#openId.forgottenCookie)
    const subject = await this.#openId.finish(query, headers.cookie)
    return begunJson(await this.#logins.byOpenId(subject, socket.remoteAddress ?? ''))
  }

  @Delete('current')
  @Everyone()
  @AnswersNothing()
  async endCurrent(@CallerOf() caller: Caller): Promise<void> {
    await this.#logins.end(caller, caller.sessionId)
  }

  @Delete(':id')
  @Everyone()
  @AnswersNothing()
  @ApiProblems('NOT_FOUND')
  async end(
    @CallerOf() caller: Caller,
    @Param('id', { schema: idText }) id: string,
  ): Promise<void> {
    if (!(await this.#logins.end(caller, id))) throw new Problem('NOT_FOUND')
  }
}

/**
 * The certificate by which the other side of a TLS connection has shown itself: no header can say one.
 * @throws Problem LOGIN_FAILED where TLS has not accepted any
 */
function certificateOf(socket: AdminRequest['socket']): Uint8Array {
  if (socket instanceof TLSSocket && socket['authorized']) {
    const { raw } = socket.getPeerCertificate() as { readonly raw?: Buffer }
    if (raw) return raw
  }
  throw new Problem('LOGIN_FAILED')
}
