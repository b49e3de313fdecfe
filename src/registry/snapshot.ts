import {
  serviceCodeOf,
  serviceIdOf,
  type MemberId,
  type ServiceCode,
  type ServiceId,
  type SubsystemId,
} from '../exchange/identifier.js'
import type { AccessRight } from './access-right.js'
import type { Authority } from './authority.js'
import type { Certificate } from './certificate.js'
import type { Domain } from './domain.js'
import type { Member } from './member.js'
import type { RegistryContent } from './registry-content.js'
import type { Service } from './service.js'
import type { Subsystem } from './subsystem.js'

/**
 * The registry at one moment, arranged for the exchange path: every question is a map look-up.
 * Never changed; a change in the registry makes a new one. It is the trust module's material too.
 */
export class RegistrySnapshot {
  readonly generation: number
  readonly domains: ReadonlyMap<string, Domain>
  readonly members: ReadonlyMap<MemberId, Member>
  readonly subsystems: ReadonlyMap<SubsystemId, Subsystem>
  readonly services: ReadonlyMap<ServiceId, Service>
  /** Accepted authorities only. */
  readonly authorities: readonly Authority[]
  /** DER, of accepted authorities that publish lists. */
  readonly revocationLists: readonly Uint8Array[]
  readonly #certificates: ReadonlyMap<string, Certificate>
  readonly #defaults: ReadonlyMap<ServiceCode, Service>
  readonly #rights: ReadonlyMap<SubsystemId, ReadonlyMap<string, readonly AccessRight[]>>

  constructor(content: RegistryContent) {
    this.generation = content.generation
    this.domains = new Map(content.domains.map((domain) => [domain.code, domain]))
    this.members = new Map(content.members.map((member) => [member.id, member]))
    this.subsystems = new Map(content.subsystems.map((subsystem) => [subsystem.id, subsystem]))
    this.services = new Map(content.services.map((service) => [service.id, service]))
    this.authorities = content.authorities.filter(({ status }) => status === 'accepted')
    this.revocationLists = listsOf(this.authorities, content)
    this.#certificates = new Map(content.certificates.map((each) => [each.thumbprint, each]))
    this.#defaults = defaultsOf(content.services)
    this.#rights = rightsByConsumer(content.accessRights)
  }

  /** A registered certificate by its thumbprint, base64url SHA-256 of the DER. */
  certificate(thumbprint: string): Certificate | undefined {
    return this.#certificates.get(thumbprint)
  }

  /** The version asked for; where none is, the default one or the only one there is. */
  service(code: ServiceCode, version: string | undefined): Service | undefined {
    return version === undefined
      ? this.#defaults.get(code)
      : this.services.get(serviceIdOf(code, version))
  }

  /** Rights of a consumer for a service version or, given a code, for all its versions. */
  accessRights(consumer: SubsystemId, service: ServiceId | ServiceCode): readonly AccessRight[] {
    return this.#rights.get(consumer)?.get(service) ?? none
  }
}

const none: readonly AccessRight[] = []

function listsOf(accepted: readonly Authority[], content: RegistryContent): Uint8Array[] {
  const publishing = new Set(
    accepted.filter(({ revocation }) => revocation === 'crl').map(({ thumbprint }) => thumbprint),
  )
  return content.revocationLists
    .filter(({ authority }) => publishing.has(authority))
    .map(({ der }) => der)
}

function defaultsOf(services: readonly Service[]): Map<ServiceCode, Service> {
  const chosen = new Map<ServiceCode, Service>()
  const ambiguous = new Set<ServiceCode>()
  for (const service of services) {
    const code = serviceCodeOf(service.id)
    if (chosen.get(code)?.isDefault) continue
    if (chosen.has(code) && !service.isDefault) ambiguous.add(code)
    else {
      chosen.set(code, service)
      if (service.isDefault) ambiguous.delete(code)
    }
  }
  for (const code of ambiguous) chosen.delete(code)
  return chosen
}

function rightsByConsumer(
  rights: readonly AccessRight[],
): Map<SubsystemId, Map<string, AccessRight[]>> {
  const byConsumer = new Map<SubsystemId, Map<string, AccessRight[]>>()
  for (const right of rights) {
    let ofConsumer = byConsumer.get(right.consumer)
    if (!ofConsumer) {
      ofConsumer = new Map<string, AccessRight[]>()
      byConsumer.set(right.consumer, ofConsumer)
    }
    const ofService = ofConsumer.get(right.service)
    if (ofService) ofService.push(right)
    else ofConsumer.set(right.service, [right])
  }
  return byConsumer
}
