import {
  providerOf,
  serviceCodeOf,
  type ServiceCode,
  type SubsystemId,
} from '../exchange/identifier.js'
import type { ListedClient, ListedMethod } from '../exchange/metaservice.js'
import { isInForce } from './access-decision.js'
import type { Service } from './service.js'
import type { RegistrySnapshot } from './snapshot.js'

/** The subsystems of a domain that are there to be asked or to ask, in the order of their identifiers. */
export function clientsOf(snapshot: RegistrySnapshot, domain: string): ListedClient[] {
  const clients: ListedClient[] = []
  for (const { id, domain: own, name, status } of snapshot.subsystems.values()) {
    if (own !== domain || status === 'liquidated') continue
    const member = snapshot.party(id)?.member
    if (!member || member.status === 'liquidated') continue
    clients.push({ subsystem: id, name: name.az })
  }
  return clients.sort((a, b) => (a.subsystem < b.subsystem ? -1 : 1))
}

/** What a subsystem offers, in the order of identifiers; what is liquidated is no offer. */
export function methodsOf(snapshot: RegistrySnapshot, provider: SubsystemId): ListedMethod[] {
  return offered(snapshot, provider).map(listed)
}

/** Those that a consumer has an access right to at this moment, for whatever purpose. */
export function allowedMethodsOf(
  snapshot: RegistrySnapshot,
  provider: SubsystemId,
  consumer: SubsystemId,
  nowMs: number,
): ListedMethod[] {
  const rights = snapshot.party(consumer)?.rights
  if (!rights) return []
  return offered(snapshot, provider)
    .filter(({ id, modes }) => {
      const given = [...(rights.get(id) ?? []), ...(rights.get(serviceCodeOf(id)) ?? [])]
      return given.some(
        (right) => isInForce(right, nowMs) && right.modes.some((mode) => modes.includes(mode)),
      )
    })
    .map(listed)
}

/** A service version, chosen as an exchange would, if its provider's methods list it. */
export function offeredService(
  snapshot: RegistrySnapshot,
  code: ServiceCode,
  version: string | undefined,
): Service | undefined {
  const service = snapshot.service(code, version)
  return service && isOffer(snapshot, service) ? service : undefined
}

/** What is liquidated is no offer, nor is what its provider had: it is for nobody to be found. */
function isOffer(snapshot: RegistrySnapshot, { id, status }: Service): boolean {
  if (status === 'liquidated') return false
  const party = snapshot.party(providerOf(id))
  return party?.subsystem.status !== 'liquidated' && party?.member?.status !== 'liquidated'
}

function offered(snapshot: RegistrySnapshot, provider: SubsystemId): Service[] {
  const services: Service[] = []
  for (const service of snapshot.services.values()) {
    if (providerOf(service.id) === provider && isOffer(snapshot, service)) services.push(service)
  }
  return services.sort((a, b) => (a.id < b.id ? -1 : 1))
}

function listed({ id, protocol, contract }: Service): ListedMethod {
  const code = serviceCodeOf(id)
  return { code, version: id.slice(code.length + 1), protocol, hasContract: contract !== undefined }
}
