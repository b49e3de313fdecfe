import type { ParseArgsConfig } from 'node:util'
import type { AdministratorChanges } from '../admin/administrators/administrator-changes.js'
import type { AdministratorList } from '../admin/administrators/administrator-list.js'
import type { Doer } from '../admin/administrators/doer.js'
import type { RoleChanges } from '../admin/administrators/role-changes.js'
import type { CommandIo } from './command-io.js'
import type { parsedOptions } from './command-usage.js'

/** Administrators, opened for a command: everything done is an act of the author. */
export interface OpenAdministrators {
  readonly doer: Doer
  readonly list: AdministratorList
  readonly changes: AdministratorChanges
  readonly roles: RoleChanges
  close(): Promise<void>
}

export const adminUsage = `Usage: sluice admin add LOGIN --name NAME [--email ADDRESS] [--member ID]
                        [--role ROLE [--scope ID]] --reason TEXT [--actor NAME]
       sluice admin list
       sluice admin role LOGIN ROLE [--scope ID] [--from TIME] [--until TIME] [--end] --reason TEXT [--actor NAME]
       sluice admin reset LOGIN [--codes] --reason TEXT [--actor NAME]
       sluice admin unlock LOGIN --reason TEXT [--actor NAME]

Looks after who may log in to the admin API, under the login of the database's owner: it makes the first operator, and
helps where no administrator can. Everything else is done in the admin API. Each change is an act in the audit log.

  add     makes an administrator, and writes the one-time password, once; it has to be changed at the first login
  list    shows administrators with the roles that are in force, and those to come
  role    grants a role, or ends it with --end (at once, or at --until); ROLE is OPERATOR, AGENCY, SECURITY,
          FOUNDER_ADMIN (with --scope DOMAIN) or MEMBER_ADMIN (with --scope MEMBER, e.g. AZ/GOV/DIN)
  reset   sets a new one-time password, and ends all sessions; with --codes it takes one-time codes away, too
  unlock  ends the lock after wrong passwords

TIME is like 2026-12-01T09:00:00+04:00.

Exit code: 0 done, 1 refused or failed, 2 wrong use.`

export const adminOptions = {
  allowPositionals: true,
  options: {
    name: { type: 'string' },
    email: { type: 'string' },
    member: { type: 'string' },
    role: { type: 'string' },
    scope: { type: 'string' },
    from: { type: 'string' },
    until: { type: 'string' },
    end: { type: 'boolean', default: false },
    codes: { type: 'boolean', default: false },
    reason: { type: 'string' },
    actor: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
} as const satisfies ParseArgsConfig
export type AdminOptions = ReturnType<typeof parsedOptions<typeof adminOptions>>['values']

/** What one of the commands does. */
export type AdminWork = (administrators: OpenAdministrators, io: CommandIo) => Promise<void>
