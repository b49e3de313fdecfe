import { userInfo } from 'node:os'
import type { Act } from '../audit-log/act.js'

/** Who runs a command, and why, as the audit log has it. */
export type Author = Pick<Act, 'actor' | 'account' | 'role' | 'reason'>

/** What a command's options say of its author. */
export interface AuthorOptions {
  readonly actor?: string | undefined
  readonly reason?: string | undefined
}

/** The account of the operating system acts, unless the command names a person. */
export function authorOf({ actor, reason }: AuthorOptions): Author {
  const account = accountName()
  return { actor: actor ?? account, account, reason }
}

function accountName(): string {
  try {
    return userInfo().username
  } catch {
    // An account without an entry in the system's list, as in containers.
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}
