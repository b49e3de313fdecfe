import type { Administrator } from '../admin/administrators/administrator.js'
import type { StoredAssignment } from '../admin/administrators/role-assignment.store.js'
import { printable } from '../printable.js'
import { adminUsage, type AdminWork, type OpenAdministrators } from './admin-work.js'
import { wrongUse } from './command-usage.js'

const pageSize = 200

/** Shows administrators, oldest first, with the roles that are in force, and those to come. */
export function adminList(words: readonly string[]): AdminWork {
  if (words.length > 0) throw wrongUse('list takes no words.', adminUsage)
  return async ({ list }, io) => {
    let after: string | undefined
    do {
      const found = await list.all({ limit: pageSize, after })
      for (const administrator of found) {
        const roles = await list.rolesOf(administrator.id)
        for (const line of linesOf(administrator, roles)) io.out(printable(line))
      }
      after = found.length === pageSize ? found.at(-1)?.id : undefined
    } while (after !== undefined)
  }
}

function linesOf(administrator: Administrator, roles: readonly StoredAssignment[]): string[] {
  const { login, name, member, status, lockedUntil, hasTotp } = administrator
  const facts = [
    ...[login, name, member ?? 'of no member', status],
    ...(lockedUntil && lockedUntil > new Date()
      ? [`locked until ${lockedUntil.toISOString()}`]
      : []),
    ...(hasTotp ? ['one-time codes'] : []),
  ]
  return [facts.join('  '), ...roles.map((role) => `    ${roleText(role)}`)]
}

/** `MEMBER_ADMIN AZ/GOV/DIN, from … until …` */
export function roleText({ role, scope, from, until }: StoredAssignment): string {
  const end = until ? ` until ${until.toISOString()}` : ''
  return `${role}${scope === undefined ? '' : ` ${scope}`}, from ${from.toISOString()}${end}`
}

/** Who has this login. @throws Error where nobody has */
export async function byLogin({ list }: OpenAdministrators, login: string): Promise<Administrator> {
  const found = await list.byLogin(login)
  if (found) return found
  throw new Error(`there is no administrator "${login}"`)
}
