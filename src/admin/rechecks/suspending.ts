import type { Actor } from '../../audit-log/act.js'
import { followLife } from '../../ca/certificate-life.store.js'
import type { Recheck } from '../../recheck/recheck.js'
import type { RegistryContent } from '../../registry/registry-content.js'
import type { AdminTransaction } from '../admin-database.store.js'
import { lapseOf, type Lapse } from '../agreements/lapse.js'
import type { RegistryChanges } from '../registry/registry-changes.js'

/** Takes an object out of use, a system with its certificates; what is out of use already stays as it is. */
export async function suspendObject(
  client: AdminTransaction,
  changes: RegistryChanges,
  { kind, object }: Pick<Recheck, 'kind' | 'object'>,
  { actor, reason }: { readonly actor: Actor; readonly reason: string },
): Promise<void> {
  let lapse: Lapse | undefined
  const declare = (content: RegistryContent): object => {
    if (kind === 'resource') return resourceDocument(content, object)
    lapse = lapseOf(content, [{ object }])
    return lapse.document
  }
  await changes.applyIn(client, declare, { caller: { actor: () => actor }, reason })
  const systems = lapse?.systems ?? []
  if (systems.length > 0) await followLife(client, systems, 'suspended', { ...actor, reason })
}

function resourceDocument({ instance, resources }: RegistryContent, id: string): object {
  const isInUse = resources.some((each) => (each.id as string) === id && each.status === 'active')
  return { instance, ...(isInUse && { resources: [{ id, status: 'suspended' }] }) }
}
