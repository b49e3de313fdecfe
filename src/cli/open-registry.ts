import { recordActs } from '../audit-log/audit-log.store.js'
import { registryActs } from '../registry-acts.js'
import { RegistryStore } from '../registry/registry.store.js'
import { RevocationListStore } from '../registry/revocation-list.store.js'
import { readRevocationList } from '../trust/read-revocation-list.js'
import type { Author } from './author.js'
import { openPoolOf, type DatabasePlace } from './open-database.js'
import type { Access, OpenRegistry } from './registry.js'

/**
 * The registry for a command. The caller closes it.
 * @param author - whose act in the audit log a change is
 * @throws NothingThere where there is none of this build's schema to `read`
 */
export async function openRegistryOf(
  place: DatabasePlace,
  access: Access,
  author: Author,
): Promise<OpenRegistry> {
  const { pool, close } = await openPoolOf(place, access)
  return {
    store: new RegistryStore(
      pool,
      async (client, changes) => {
        await recordActs(client, registryActs(changes, author))
      },
      author.actor,
    ),
    revocationLists: new RevocationListStore(pool),
    readRevocationList,
    close,
  }
}
