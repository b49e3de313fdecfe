import { createParamDecorator, type ExecutionContext } from '@nestjs/common'
import { callerIn } from './admin-request.js'
import type { Caller } from './caller.js'

/** Hands a handler its caller; not for routes that are public. */
export const CallerOf: () => ParameterDecorator = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Caller => {
    const caller = callerIn(context.switchToHttp().getRequest())
    if (!caller) throw new Error('a public route has no caller')
    return caller
  },
)
