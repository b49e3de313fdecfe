import type { CanActivate, ExecutionContext } from '@nestjs/common'
import { setCaller, type AdminRequest } from './admin-request.js'
import type { Caller } from './caller.js'
import type { OwnerReader } from './owner-reader.js'
import { permissionOf, type PermittedRole } from './permission.js'
import { Problem } from './problem.js'
import { scopeMemberOf } from './scope-member.js'
import type { SessionReader } from './session-reader.js'

/** Lets pass who a route's permission names, and nobody where it names nobody. */
export class PermissionGuard implements CanActivate {
  readonly #sessions: SessionReader
  readonly #owners: OwnerReader

  constructor(sessions: SessionReader, owners: OwnerReader) {
    this.#sessions = sessions
    this.#owners = owners
  }

  /** @throws Problem LOGIN_REQUIRED, FORBIDDEN */
  async canActivate(context: ExecutionContext): Promise<true> {
    const permission = permissionOf(context.getHandler())
    if (!permission) throw new Problem('FORBIDDEN')
    if (permission.to === 'public') return true
    const request = context.switchToHttp().getRequest<AdminRequest>()
    const caller = await this.#callerOf(request)
    if (permission.to === 'roles' && !(await this.#hasAny(caller, permission.anyOf, request))) {
      throw new Problem('FORBIDDEN')
    }
    setCaller(request, caller)
    return true
  }

  async #callerOf(request: AdminRequest): Promise<Caller> {
    const token = bearerOf(request.headers['authorization'])
    const caller =
      token === undefined
        ? undefined
        : await this.#sessions.callerOf(token, request.socket.remoteAddress ?? '')
    if (!caller) throw new Problem('LOGIN_REQUIRED')
    return caller
  }

  async #hasAny(
    caller: Caller,
    permitted: readonly PermittedRole[],
    request: AdminRequest,
  ): Promise<boolean> {
    for (const each of permitted) {
      if (await this.#has(caller, each, request)) return true
    }
    return false
  }

  async #has(caller: Caller, permitted: PermittedRole, { params }: AdminRequest): Promise<boolean> {
    if (typeof permitted === 'string') return caller.has(permitted)
    // Whoever has no such role is not worth a question to the registry.
    if (!caller.has(permitted.role)) return false
    if (permitted.role === 'FOUNDER_ADMIN') {
      return caller.domains.includes(params[permitted.domain] ?? '')
    }
    const member = await scopeMemberOf(params[permitted.member] ?? '', this.#owners)
    return member !== undefined && caller.members.includes(member)
  }
}

const bearer = /^Bearer ([A-Za-z0-9._~+/-]{1,200}=*)$/i

/** RFC 6750 §2.1. */
function bearerOf(header: string | undefined): string | undefined {
  return bearer.exec(header ?? '')?.[1]
}
