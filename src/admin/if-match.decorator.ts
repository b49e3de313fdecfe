import { createParamDecorator, type ExecutionContext } from '@nestjs/common'
import { ApiHeader } from '@nestjs/swagger'
import type { AdminRequest } from './admin-request.js'
import { ApiProblems } from './answers.decorator.js'
import { Problem } from './problem.js'
import { revisionOf } from './tagged.js'

/**
 * Hands a handler the revision that its caller saw (`If-Match`), so that nobody's change is lost: a change of another
 * revision than that is refused with CHANGED_MEANWHILE, by `checkRevision`.
 */
export const IfMatch: () => ParameterDecorator = createParamDecorator(
  (_data: unknown, context: ExecutionContext): number => {
    const header = context.switchToHttp().getRequest<AdminRequest>().headers['if-match']
    if (header === undefined || header.trim() === '*') throw new Problem('REVISION_REQUIRED')
    const revision = revisionOf(header)
    if (revision === undefined) throw new Problem('CHANGED_MEANWHILE')
    return revision
  },
  [
    (target, method) => {
      if (method === undefined) return
      const descriptor = Object.getOwnPropertyDescriptor(target, method)
      if (!descriptor) return
      const schema = { type: 'string' as const }
      ApiHeader({ name: 'If-Match', required: true, schema })(target, method, descriptor)
      ApiProblems('REVISION_REQUIRED', 'CHANGED_MEANWHILE')(target, method, descriptor)
    },
  ],
)
