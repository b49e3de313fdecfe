import { hash } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import {
  applyDecorators,
  Inject,
  Injectable,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common'
import { ApiResponse } from '@nestjs/swagger'
import { map, type Observable } from 'rxjs'
import { RequestRate } from '../../request-rate.js'
import type { AdminRequest } from '../admin-request.js'
import { Problem } from '../problem.js'

/** What a route of the catalogue answers with: a text as it is, or what becomes JSON. */
export class Shown {
  readonly body: unknown
  readonly headers: Readonly<Record<string, string>>

  /** @param headers - beside those that every answer of the catalogue has */
  constructor(body: unknown, headers: Readonly<Record<string, string>> = {}) {
    this.body = body
    this.headers = headers
  }
}

/** Of visitors without login, who are counted by their address. */
export class VisitorRate extends RequestRate {}

/**
 * Stands before the catalogue's routes: nobody empties it in a hurry; and behind them: what did not change is not sent
 * again (RFC 9110 §13.1.2, which the server's own `send` looks after).
 */
@Injectable()
export class CatalogueFace implements NestInterceptor {
  readonly #rate: VisitorRate

  constructor(@Inject(VisitorRate) rate: VisitorRate) {
    this.#rate = rate
  }

  /** @throws Problem TOO_MANY */
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp()
    const { socket } = http.getRequest<AdminRequest>()
    if (!this.#rate.allows(socket.remoteAddress ?? '')) throw new Problem('TOO_MANY')
    const response = http.getResponse<ServerResponse>()
    return next.handle().pipe(
      map((answer: unknown) => {
        response.setHeader('Cache-Control', 'no-cache')
        if (!(answer instanceof Shown)) return answer
        const { body, headers } = answer
        const text = typeof body === 'string' ? body : JSON.stringify(body)
        response.setHeader('ETag', `"${hash('sha256', text, 'base64url').slice(0, tagChars)}"`)
        for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
        return body
      }),
    )
  }
}

const tagChars = 22

/** Puts a controller's routes behind {@link CatalogueFace}. */
export function InCatalogue(): ClassDecorator {
  return UseInterceptors(CatalogueFace)
}

/** That a route answers with nothing (304) who has the same already. */
export function AnswersUnchanged(): MethodDecorator {
  return applyDecorators(
    ApiResponse({ status: 304, description: 'What the caller has already (If-None-Match)' }),
  )
}
