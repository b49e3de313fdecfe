import type { IncomingMessage, ServerResponse } from 'node:http'
import { Controller, Get, Inject, Post, Req, Res } from '@nestjs/common'
import { LogApi } from './log-api.js'

/** Hands everything to the log API, which reads addresses strictly itself; HEAD comes as GET. */
@Controller()
export class LogApiController {
  readonly #api: LogApi

  constructor(@Inject(LogApi) api: LogApi) {
    this.#api = api
  }

  @Get('{*path}')
  get(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    return this.#api.handle(request, response)
  }

  @Post('{*path}')
  post(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    return this.#api.handle(request, response)
  }
}
