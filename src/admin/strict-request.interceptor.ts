import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common'
import type { Observable } from 'rxjs'
import { setBodyBytes, type AdminRequest } from './admin-request.js'
import { bodyTermsOf } from './body-terms.js'
import { Problem } from './problem.js'
import { readQuery, refuseUnknown } from './query.js'
import { hasBody, readBody } from './read-body.js'
import { routeInputsOf } from './route-inputs.module.js'

/**
 * Takes of a request what its route declares, and nothing beside. It stands behind the guard, so that nobody makes
 * the bus read a body who may not send one.
 */
export class StrictRequest implements NestInterceptor {
  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<AdminRequest>()
    refuseNul(request.originalUrl)
    const { takesBody, query } = routeInputsOf(context.getClass(), context.getHandler())
    refuseUnknown(readQuery(request.originalUrl), query)
    if (takesBody) {
      const { bytes, value } = await readBody(request, bodyTermsOf(context.getHandler()))
      setBodyBytes(request, bytes)
      request.body = value
    } else if (hasBody(request)) {
      throw new Problem('INVALID', {
        detail: { az: 'Bu sorğunun gövdəsi olmur', en: 'This request has no body' },
      })
    }
    return next.handle()
  }
}

/** No text of the database holds a NUL, so nothing is found by one. */
function refuseNul(target: string): void {
  if (!target.includes('%00')) return
  throw new Problem('INVALID', {
    detail: { az: 'Ünvanda sıfır simvolu var', en: 'There is a NUL character in the address' },
  })
}
