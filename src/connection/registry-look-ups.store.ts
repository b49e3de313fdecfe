import type { Pool } from 'pg'
import type { HeldDataObject, RegistryLookUps } from '../conformity/conformity-tools.js'
import { ResourceDirectory, type HeldObject } from '../registry/resource-directory.store.js'

/** What the registry tells a check of the desk. */
export function registryLookUps(pool: Pool): RegistryLookUps {
  const directory = new ResourceDirectory(pool)
  return {
    async findDuplicates({ dataObjects, objectId: resource, member: owner }) {
      return (await directory.findDuplicates(dataObjects, { resource, owner })).map(held)
    },
    async asksForHeld({ asksFor }) {
      return (await directory.asksForHeld(asksFor)).map(held)
    },
    async hasPersonalDataEntry({ objectId }) {
      const { rowCount } = await pool.query(
        `SELECT FROM sluice.personal_data_system WHERE id = $1 AND status = 'active'`,
        [objectId],
      )
      return rowCount === 1
    },
  }
}

function held({ asked, resource }: HeldObject): HeldDataObject {
  return { code: asked, resource: resource.id }
}
