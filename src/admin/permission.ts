import 'reflect-metadata'

/** In what capacity an administrator acts. */
export const roles = ['OPERATOR', 'AGENCY', 'SECURITY', 'FOUNDER_ADMIN', 'MEMBER_ADMIN'] as const
export type Role = (typeof roles)[number]

/** The administrator of the domain whose code stands in this path parameter. */
export interface DomainScope {
  readonly role: 'FOUNDER_ADMIN'
  readonly domain: string
}

/**
 * The administrator of the member that this path parameter belongs to: a member's identifier, or that of one of its
 * subsystems or services.
 */
export interface MemberScope {
  readonly role: 'MEMBER_ADMIN'
  readonly member: string
}

export type PermittedRole = Role | DomainScope | MemberScope

/** Who may call a route. */
export type Permission =
  | { readonly to: 'public' }
  | { readonly to: 'everyone' }
  | { readonly to: 'roles'; readonly anyOf: readonly PermittedRole[] }

const key = 'sluice:permission'

/**
 * Lets administrators with any of these roles, in force now, call a route. A role with a scope is held to what the
 * path names; `'FOUNDER_ADMIN'` or `'MEMBER_ADMIN'` alone is any domain's or member's, and the handler narrows what it does by the
 * caller's `domains` and `members`.
 */
export function Permit(first: PermittedRole, ...others: readonly PermittedRole[]): MethodDecorator {
  return declare({ to: 'roles', anyOf: [first, ...others] })
}

/** Lets every administrator who is logged in call a route. */
export function Everyone(): MethodDecorator {
  return declare({ to: 'everyone' })
}

/** Lets anybody call a route, without login. */
export function Public(): MethodDecorator {
  return declare({ to: 'public' })
}

function declare(permission: Permission): MethodDecorator {
  return (_target, name, descriptor) => {
    const handler = descriptor.value as object
    if (Reflect.hasOwnMetadata(key, handler)) {
      throw new Error(`${String(name)} has one permission, and not two`)
    }
    Reflect.defineMetadata(key, permission, handler)
  }
}

/** What a route's handler declares; undefined where it declares nothing, which nobody may call. */
export function permissionOf(handler: object): Permission | undefined {
  return Reflect.getOwnMetadata(key, handler) as Permission | undefined
}
