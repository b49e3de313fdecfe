import { byLogin, roleText } from './admin-list.js'
import { checkedOption, loginOf, roleOf } from './admin-options.js'
import { adminUsage, type AdminOptions, type AdminWork } from './admin-work.js'
import { wrongUse } from './command-usage.js'

/** Makes an administrator, with a role where one is named, and tells the one-time password. */
export function adminAdd(words: readonly string[], options: AdminOptions): AdminWork {
  const login = loginOf(words, adminUsage)
  const name = checkedOption('name', options.name, adminUsage)
  if (name === undefined) throw wrongUse('Say who it is with --name.', adminUsage)
  const email = checkedOption('email', options.email, adminUsage)
  const member = checkedOption('member', options.member, adminUsage)
  const role = options.role === undefined ? undefined : roleOf(options.role, adminUsage)
  return async ({ doer, changes, roles }, io) => {
    const added = await changes.add(doer, { login, name, email, member })
    io.out(added.oneTimePassword)
    io.err(`Administrator ${login} has this password until the first login. It is shown this once.`)
    if (!role) return
    const { id: administrator } = added.administrator
    const { scope } = options
    const wanted = { administrator, role, scope, from: undefined, until: undefined }
    io.err(roleText(await roles.grant(doer, wanted)))
  }
}

/** Grants a role, or ends it. */
export function adminRole(words: readonly string[], options: AdminOptions): AdminWork {
  const [login = '', word, ...others] = words
  loginOf([login, ...others], adminUsage)
  const role = roleOf(word, adminUsage)
  const { scope } = options
  const from = checkedOption('from', options.from, adminUsage)
  const until = checkedOption('until', options.until, adminUsage)
  if (options.end && from) throw wrongUse('--from is for a role that is granted.', adminUsage)
  return async (administrators, io) => {
    const { doer, roles, list } = administrators
    const { id: administrator } = await byLogin(administrators, login)
    if (!options.end) {
      io.out(roleText(await roles.grant(doer, { administrator, role, scope, from, until })))
      return
    }
    const held = await list.rolesOf(administrator)
    const found = held.find((each) => each.role === role && each.scope === scope)
    if (!found) throw new Error(`${login} has no such role`)
    const which = { id: found.id, revision: undefined }
    io.out(roleText(await roles.end(doer, which, until)))
  }
}

/** Sets a one-time password; with --codes one-time codes are asked for no more. */
export function adminReset(words: readonly string[], options: AdminOptions): AdminWork {
  const login = loginOf(words, adminUsage)
  return async (administrators, io) => {
    const { doer, changes } = administrators
    const { id } = await byLogin(administrators, login)
    const which = { id, revision: undefined }
    if (options.codes) await changes.resetTotp(doer, which)
    const { oneTimePassword } = await changes.resetPassword(doer, which)
    io.out(oneTimePassword)
    io.err(`${login} has this password until the first login. It is shown this once.`)
  }
}

/** Ends the lock after wrong passwords. */
export function adminUnlock(words: readonly string[]): AdminWork {
  const login = loginOf(words, adminUsage)
  return async (administrators, io) => {
    const { doer, changes } = administrators
    const { id } = await byLogin(administrators, login)
    await changes.unlock(doer, { id, revision: undefined })
    io.out(`${login} may try again.`)
  }
}
