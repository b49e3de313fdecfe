import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common'
import { preferredLanguage } from '../http/preferred-language.js'
import type { AdminRequest } from './admin-request.js'
import { AllowedMethods } from './allowed-methods.js'
import { Problem, problemJson, problems, type ProblemCode } from './problem.js'

/** Tells what nobody foresaw, with all that is known of it. */
export type WarnOfError = (error: unknown, instance: string) => void

const retryAfterSeconds = '1'

/** Answers whatever goes wrong as RFC 9457 says. Errors that nobody foresaw are mute outside. */
export class ProblemFilter implements ExceptionFilter {
  readonly #warn: WarnOfError
  readonly #allowed: AllowedMethods

  constructor(warn: WarnOfError, allowed = new AllowedMethods()) {
    this.#warn = warn
    this.#allowed = allowed
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp()
    this.write(error, http.getRequest<AdminRequest>(), http.getResponse<ServerResponse>())
  }

  /** The same outside of Nest. */
  write(
    error: unknown,
    request: Pick<AdminRequest, 'headers' | 'complete' | 'method' | 'url'> &
      Partial<Pick<AdminRequest, 'originalUrl'>>,
    response: ServerResponse,
  ): void {
    if (response.headersSent || response.destroyed) {
      response.destroy()
      return
    }
    const allowed = isUnrouted(error)
      ? this.#allowed.of(request.originalUrl ?? request.url ?? '')
      : []
    const problem = allowed.length > 0 ? new Problem('METHOD_NOT_ALLOWED') : problemOf(error)
    if (allowed.length > 0) response.setHeader('Allow', allowed.join(', '))
    const { status } = problems[problem.code]
    const instance = `urn:uuid:${randomUUID()}`
    if (status === 500) this.#warn(error, instance)
    const language = preferredLanguage(request.headers['accept-language'])
    const body = problemJson(problem, language, status === 500 ? instance : undefined)
    const bytes = Buffer.from(JSON.stringify(body))
    response.statusCode = status
    response.removeHeader('ETag')
    response.setHeader('Content-Type', 'application/problem+json')
    response.setHeader('Content-Language', language)
    response.setHeader('Content-Length', bytes.length)
    if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer')
    if (status === 429 || status === 503) response.setHeader('Retry-After', retryAfterSeconds)
    // Of a body that was not read to its end, nothing may be taken for the next request.
    if (!request.complete) response.setHeader('Connection', 'close')
    response.end(request.method === 'HEAD' ? undefined : bytes)
  }
}

const codesOfNest: Readonly<Partial<Record<number, ProblemCode>>> = {
  400: 'INVALID',
  404: 'NOT_FOUND',
}

/** What Nest's router says where no route has this address and method. */
function isUnrouted(error: unknown): boolean {
  return error instanceof HttpException && error.getStatus() === 404
}

// A deadlock, a conflict of transactions, a lock that was not to be had: the database has ended one for the other's sake.
const endedForOthers: ReadonlySet<unknown> = new Set(['40P01', '40001', '55P03'])

/** Of Nest's own there is what its router says: an address that is none, and one that nothing is at. */
function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (endedForOthers.has((error as { code?: unknown } | undefined)?.code)) {
    return new Problem('UNAVAILABLE', { cause: error })
  }
  const code = error instanceof HttpException ? codesOfNest[error.getStatus()] : undefined
  return new Problem(code ?? 'INTERNAL', { cause: error })
}
