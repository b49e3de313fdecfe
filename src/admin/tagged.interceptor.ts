import type { ServerResponse } from 'node:http'
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common'
import { map, type Observable } from 'rxjs'
import { etagOf, Tagged } from './tagged.js'

/** Sends the entry of what a handler tagged, and its revision as `ETag`. */
export class TaggedAnswers implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const response = context.switchToHttp().getResponse<ServerResponse>()
    return next.handle().pipe(
      map((answer: unknown) => {
        if (!(answer instanceof Tagged)) return answer
        response.setHeader('ETag', etagOf(answer.revision))
        return answer.entry as unknown
      }),
    )
  }
}
