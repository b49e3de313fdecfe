import type { AdminDatabase } from './admin-database.store.js'
import { AdministratorChanges } from './administrators/administrator-changes.js'
import { AdministratorList } from './administrators/administrator-list.js'
import { CredentialChanges } from './administrators/credential-changes.js'
import { OperatorHandovers } from './administrators/operator-handovers.js'
import { OwnAccount } from './administrators/own-account.js'
import { PasswordHasher } from './administrators/password-hasher.js'
import { ResponsiblePersons } from './administrators/responsible-persons.js'
import { RoleChanges } from './administrators/role-changes.js'
import { Logins } from './sessions/logins.js'
import { OpenIdLogin } from './sessions/openid-login.js'
import { OpenIdProvider, type OpenIdConfig } from './sessions/openid-provider.js'
import { PasswordCheck } from './sessions/password-check.js'
import { SecurityAlerts } from './sessions/security-alerts.js'
import { SessionDirectory, type TotpRule } from './sessions/session-directory.js'

/** How administrators get in. */
export interface AccessTerms {
  readonly database: AdminDatabase
  /** Seals the secrets of one-time codes; of 32 bytes, the same on every node, and nowhere in the database. */
  readonly key: Buffer
  readonly totp: TotpRule
  /** Undefined where nobody logs in at an OpenID provider. */
  readonly openId: OpenIdConfig | undefined
  readonly warn: (event: string, details: Readonly<Record<string, unknown>>) => void
  readonly clock?: () => Date
  readonly hasher?: PasswordHasher
}

/** Everything about who gets in, and may do what. */
export interface Access {
  readonly sessions: SessionDirectory
  readonly logins: Logins
  readonly openId: OpenIdLogin
  readonly own: OwnAccount
  readonly list: AdministratorList
  readonly changes: AdministratorChanges
  readonly credentials: CredentialChanges
  readonly roles: RoleChanges
  readonly handovers: OperatorHandovers
  readonly persons: ResponsiblePersons
  readonly alerts: SecurityAlerts
}

/** Puts it together; nothing is kept in memory from one request to the next. */
export function makeAccess(terms: AccessTerms): Access {
  const { database, key, totp, openId, warn } = terms
  const { clock = () => new Date(), hasher = new PasswordHasher() } = terms
  const passwords = new PasswordCheck({ database, hasher, key, clock })
  const changes = new AdministratorChanges({ database, hasher, clock })
  const provider = openId && new OpenIdProvider({ config: openId, database, key, clock, warn })
  const persons = new ResponsiblePersons(database, clock)
  return {
    sessions: new SessionDirectory(database, totp, clock),
    logins: new Logins(database, passwords, clock),
    openId: new OpenIdLogin(provider, openId?.redirectUrl),
    own: new OwnAccount({ database, passwords, hasher, key, clock }),
    list: new AdministratorList(database),
    changes,
    credentials: new CredentialChanges(changes, openId?.issuer),
    roles: new RoleChanges(database, clock),
    handovers: new OperatorHandovers(database, clock),
    persons,
    alerts: new SecurityAlerts(database, persons),
  }
}
