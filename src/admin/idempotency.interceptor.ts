import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import {
  StreamableFile,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common'
import { lastValueFrom, of, type Observable } from 'rxjs'
import { bodyBytesIn, callerIn, type AdminRequest } from './admin-request.js'
import { isAnsweredOnce, takesSecrets } from './answered-once.js'
import type { IdempotencyKeys, KeptAnswer, KeyedRequest } from './idempotency.store.js'
import { idempotencyAnswerBytesMax, idempotencyKeyCharsMax } from './limits.js'
import { Problem, problems } from './problem.js'

const header = 'idempotency-key'

/**
 * Carries out a POST with an Idempotency-Key once, however often it comes, and answers the same each time. Where nobody knows
 * what became of the first (the process died, or failed without a word), it is not done again.
 */
export class Idempotency implements NestInterceptor {
  readonly #keys: IdempotencyKeys

  constructor(keys: IdempotencyKeys) {
    this.#keys = keys
  }

  /** @throws Problem INVALID, KEY_IN_USE, KEY_REUSED, and whatever was the answer */
  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp()
    const request = http.getRequest<AdminRequest>()
    const isKept = request.method === 'POST' && !takesSecrets(context.getHandler())
    const keyed = isKept ? keyedRequest(request) : undefined
    if (!keyed) return next.handle()
    const response = http.getResponse<ServerResponse>()
    const claim = await this.#keys.claim(keyed)
    if (!claim.isNew) {
      if (!claim.isSame) throw new Problem('KEY_REUSED')
      return of(again(claim.answer, response))
    }
    const isOnce = isAnsweredOnce(context.getHandler())
    return of(await this.#carryOut(keyed, next, response, isOnce))
  }

  async #carryOut(
    keyed: KeyedRequest,
    next: CallHandler,
    response: ServerResponse,
    isOnce: boolean,
  ): Promise<unknown> {
    let answer: unknown
    try {
      answer = await lastValueFrom(next.handle(), { defaultValue: undefined })
    } catch (error) {
      await this.#keepProblem(keyed, error)
      throw error
    }
    await this.#keys.keep(keyed, keptAnswer(answer, response, isOnce))
    return answer
  }

  async #keepProblem(keyed: KeyedRequest, error: unknown): Promise<void> {
    if (!(error instanceof Problem)) return
    const { code, detail, errors } = error
    // It says of itself that nothing was done.
    if (code === 'UNAVAILABLE') await this.#keys.release(keyed)
    else if (problems[code].status < 500) {
      await this.#keys.keep(keyed, { kind: 'problem', code, details: { detail, errors } })
    }
  }
}

/** @returns undefined for a request without a key, and for who has not logged in */
function keyedRequest(request: AdminRequest): KeyedRequest | undefined {
  const key = request.headers[header]
  const caller = callerIn(request)
  if (key === undefined || !caller) return undefined
  if (typeof key !== 'string' || !/^[!-~]+$/.test(key) || key.length > idempotencyKeyCharsMax) {
    throw new Problem('INVALID', {
      errors: [
        {
          pointer: 'Idempotency-Key',
          detail: {
            az: `1–${idempotencyKeyCharsMax} görünən ASCII simvol olmalıdır`,
            en: `must be 1 to ${idempotencyKeyCharsMax} visible ASCII characters`,
          },
        },
      ],
    })
  }
  return { administratorId: caller.administratorId, key, digest: digestOf(request) }
}

function digestOf(request: AdminRequest): Buffer {
  const { method, originalUrl, headers } = request
  const head = [method, originalUrl, headers['content-type'] ?? '', headers['if-match'] ?? '']
  return createHash('sha256')
    .update(JSON.stringify(head))
    .update('\n')
    .update(bodyBytesIn(request))
    .digest()
}

function keptAnswer(answer: unknown, response: ServerResponse, isOnce: boolean): KeptAnswer {
  const { statusCode: status } = response
  if (isOnce || answer instanceof StreamableFile) return { kind: 'once', status }
  const text = answer === undefined ? '' : JSON.stringify(answer)
  if (Buffer.byteLength(text) > idempotencyAnswerBytesMax) return { kind: 'once', status }
  const etag = response.getHeader('ETag')
  return {
    ...{ kind: 'answer', status },
    ...(typeof etag === 'string' && { etag }),
    ...(answer !== undefined && { body: answer }),
  }
}

function again(answer: KeptAnswer | undefined, response: ServerResponse): unknown {
  if (!answer) {
    throw new Problem('KEY_IN_USE', {
      detail: {
        az: 'Sorğu icra olunur və ya onun nəticəsi məlum deyil. Qeydin hazırkı vəziyyətinə baxın.',
        en: 'The request is being carried out, or nobody knows what became of it. Look at the present state.',
      },
    })
  }
  if (answer.kind === 'problem') throw new Problem(answer.code, answer.details)
  if (answer.kind === 'once') {
    throw new Problem('KEY_IN_USE', {
      detail: {
        az: `Sorğu icra olunub (${answer.status}); cavabı yalnız bir dəfə göstərilir.`,
        en: `The request was carried out (${answer.status}); its answer is shown once only.`,
      },
    })
  }
  response.statusCode = answer.status
  if (answer.etag !== undefined) response.setHeader('ETag', answer.etag)
  return answer.body
}
