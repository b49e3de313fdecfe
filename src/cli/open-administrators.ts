import { AdminDatabase } from '../admin/admin-database.store.js'
import { AdministratorChanges } from '../admin/administrators/administrator-changes.js'
import { AdministratorList } from '../admin/administrators/administrator-list.js'
import { ownerGranter } from '../admin/administrators/granting.js'
import { PasswordHasher } from '../admin/administrators/password-hasher.js'
import { RoleChanges } from '../admin/administrators/role-changes.js'
import type { OpenAdministrators } from './admin-work.js'
import type { Author } from './author.js'
import { openPoolOf, type DatabasePlace } from './open-database.js'

/**
 * Administrators for a command, under the login of the database's owner: that is how the first operator comes to be, and
 * how one gets in again whom nobody else can help. The caller closes it.
 * @throws NothingThere
 */
export async function openAdministratorsOf(
  place: DatabasePlace,
  author: Author,
): Promise<OpenAdministrators> {
  const { pool, close } = await openPoolOf(place, 'change')
  const database = new AdminDatabase(pool)
  const clock = (): Date => new Date()
  return {
    doer: { granter: ownerGranter, author },
    list: new AdministratorList(database),
    changes: new AdministratorChanges({ database, hasher: new PasswordHasher(), clock }),
    roles: new RoleChanges(database, clock),
    close,
  }
}
