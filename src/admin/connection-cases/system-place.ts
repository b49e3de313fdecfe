import { CaseError } from '../../connection/case-error.js'
import { placeOf } from '../../connection/case-parties.store.js'
import type { ConnectionCase } from '../../connection/connection-case.js'
import { parseServiceId, providerOf } from '../../exchange/identifier.js'
import type { AdminTransaction } from '../admin-database.store.js'
import { otherDomain, otherOwner } from './texts.js'

/**
 * Holds a case to the system that it is about: what is offered by a system of another domain, or of another owner by now, would
 * come in by the procedure of the wrong domain, or under the agreement of the wrong member.
 * @throws CaseError
 */
export async function checkPlace(
  client: AdminTransaction,
  {
    kind,
    objectId,
    domain,
    member,
  }: Pick<ConnectionCase, 'kind' | 'objectId' | 'domain' | 'member'>,
): Promise<void> {
  if (kind === 'resource') return
  const system = kind === 'service' ? providerOf(parseServiceId(objectId)) : objectId
  const place = await placeOf(client, system)
  if (!place) return
  if (place.owner !== member) throw new CaseError(otherOwner)
  if (place.domain !== domain) throw new CaseError(otherDomain(place.domain))
}
