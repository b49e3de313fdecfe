import {
  memberOf,
  providerOf,
  serviceCodeOf,
  type MemberId,
  type ServiceCode,
  type ServiceId,
  type SubsystemId,
} from '../exchange/identifier.js'
import type { AccessRight } from './access-right.js'
import type { Authority } from './authority.js'
import type { Certificate } from './certificate.js'
import { closedTimes, neverClosed, type ClosedTime } from './closed-times.js'
import type { RegisteredContract } from './contract.js'
import type { Domain } from './domain.js'
import type { MaintenanceWindow } from './maintenance-window.js'
import type { Member } from './member.js'
import type { OcspAnswer } from './ocsp-answer.js'
import type { ProviderTrouble } from './provider-trouble.js'
import type { RegistryContent } from './registry-content.js'
import type { RevocationList } from './revocation-list.js'
import type { Service } from './service.js'
import {
  merged,
  mergedRights,
  mergedTroubles,
  mergedVersions,
  mergedWindows,
  type RightsByService,
} from './snapshot-index.js'
import type { Subsystem } from './subsystem.js'

/** A subsystem with all that decides what it may do. */
export interface Party {
  readonly subsystem: Subsystem
  /** Its owner. */
  readonly member: Member | undefined
  /** The member in its name, where that is not its owner any more. */
  readonly formerMember: Member | undefined
  readonly domain: Domain | undefined
  /** Its access rights as a consumer. */
  readonly rights: RightsByService
}

/** A service version with the subsystem that offers it. */
export interface Offer {
  readonly service: Service
  readonly code: ServiceCode
  readonly provider: Party | undefined
  /** Times of announced works on it or on its system; `neverClosed` where there are none. */
  readonly closed: readonly ClosedTime[]
}

interface Index {
  readonly certificates: ReadonlyMap<string, Certificate>
  /** By name, removed ones included. */
  readonly authorities: ReadonlyMap<string, Authority>
  /** By the authority's thumbprint. */
  readonly lists: ReadonlyMap<string, RevocationList>
  /** By the certificate's thumbprint. */
  readonly answers: ReadonlyMap<string, OcspAnswer>
  readonly versions: ReadonlyMap<ServiceCode, ReadonlyMap<string, Service>>
  readonly rights: ReadonlyMap<SubsystemId, RightsByService>
  /** By system or service version. */
  readonly windows: ReadonlyMap<string, readonly MaintenanceWindow[]>
}

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
  readonly accessRights: ReadonlyMap<string, AccessRight>
  /** Those in use, by digest. */
  readonly contracts: ReadonlyMap<string, RegisteredContract>
  /** Services that are FAULTY now. */
  readonly troubles: ReadonlyMap<ServiceId, ProviderTrouble>
  /** Accepted authorities only. */
  readonly authorities: readonly Authority[]
  /** DER, of accepted authorities that publish lists. */
  readonly revocationLists: readonly Uint8Array[]
  readonly #index: Index
  // Joins, made when they are first asked for; a snapshot lives long and few are ever asked for.
  readonly #parties = new Map<SubsystemId, Party>()
  readonly #offers = new Map<Service, Offer>()

  /**
   * @param content all of the registry or, with `before`, the entries that have changed since
   * @param before what this snapshot follows; whatever did not change is shared with it
   */
  constructor(content: RegistryContent, before?: RegistrySnapshot) {
    this.generation = content.generation
    this.domains = merged(before?.domains, content.domains, ({ code }) => code)
    this.members = merged(before?.members, content.members, ({ id }) => id)
    this.subsystems = merged(before?.subsystems, content.subsystems, ({ id }) => id)
    this.services = merged(before?.services, content.services, ({ id }) => id)
    this.accessRights = merged(before?.accessRights, content.accessRights, ({ id }) => id)
    this.contracts = contractsInUse(this.services, before, content)
    this.troubles = mergedTroubles(before?.troubles, content.providerTroubles)
    const old = before ? before.#index : undefined
    this.#index = {
      certificates: merged(old?.certificates, content.certificates, (each) => each.thumbprint),
      authorities: merged(old?.authorities, content.authorities, ({ name }) => name),
      lists: merged(old?.lists, content.revocationLists, ({ authority }) => authority),
      answers: merged(old?.answers, content.ocspAnswers, ({ certificate }) => certificate),
      versions: mergedVersions(old?.versions, content.services),
      rights: mergedRights(old?.rights, before?.accessRights, content.accessRights),
      windows: mergedWindows(old?.windows, content.maintenanceWindows),
    }
    const { authorities, lists } = this.#index
    this.authorities = [...authorities.values()].filter(({ status }) => status === 'accepted')
    this.revocationLists = this.authorities
      .filter(({ revocation }) => revocation === 'crl')
      .flatMap(({ thumbprint }) => lists.get(thumbprint)?.der ?? [])
  }

  /** Registered certificates by thumbprint. */
  get certificates(): ReadonlyMap<string, Certificate> {
    return this.#index.certificates
  }

  /** A registered certificate by its thumbprint, base64url SHA-256 of the DER. */
  certificate(thumbprint: string): Certificate | undefined {
    return this.#index.certificates.get(thumbprint)
  }

  /** OCSP answers by the thumbprint of the certificate that they are about. */
  get ocspAnswers(): ReadonlyMap<string, OcspAnswer> {
    return this.#index.answers
  }

  /** DER of the newest OCSP answer about a certificate. */
  ocspAnswer(thumbprint: string): Uint8Array | undefined {
    return this.#index.answers.get(thumbprint)?.der
  }

  /** The version asked for; where none is, the default one or the only one there is. */
  service(code: ServiceCode, version: string | undefined): Service | undefined {
    const versions = this.#index.versions.get(code)
    if (!versions) return undefined
    if (version !== undefined) return versions.get(version)
    const all = [...versions.values()]
    return all.find(({ isDefault }) => isDefault) ?? (all.length === 1 ? all[0] : undefined)
  }

  /** A service version, chosen as by `service`, with its provider. */
  offer(code: ServiceCode, version: string | undefined): Offer | undefined {
    const service = this.service(code, version)
    if (!service) return undefined
    let offer = this.#offers.get(service)
    if (!offer) {
      const provider = this.party(providerOf(service.id))
      const closed = this.#closedTimes(service.id)
      offer = { service, code: serviceCodeOf(service.id), provider, closed }
      this.#offers.set(service, offer)
    }
    return offer
  }

  #closedTimes(service: ServiceId): readonly ClosedTime[] {
    const { windows } = this.#index
    if (windows.size === 0) return neverClosed
    const ofService = windows.get(service) ?? []
    return closedTimes([...ofService, ...(windows.get(providerOf(service)) ?? [])])
  }

  /** A registered subsystem with its member, domain and rights. */
  party(id: SubsystemId): Party | undefined {
    const known = this.#parties.get(id)
    if (known) return known
    const subsystem = this.subsystems.get(id)
    if (!subsystem) return undefined
    const named = memberOf(id)
    const party = {
      subsystem,
      member: this.members.get(subsystem.owner),
      formerMember: subsystem.owner === named ? undefined : this.members.get(named),
      domain: this.domains.get(subsystem.domain),
      rights: this.#index.rights.get(id) ?? noRights,
    }
    this.#parties.set(subsystem.id, party)
    return party
  }
}

const noRights: RightsByService = new Map()

/** A contract that no service is held to any more is forgotten. */
function contractsInUse(
  services: ReadonlyMap<ServiceId, Service>,
  before: RegistrySnapshot | undefined,
  content: RegistryContent,
): ReadonlyMap<string, RegisteredContract> {
  if (before && before.services === services) return before.contracts
  const read = new Map(content.contracts.map((contract) => [contract.digest, contract]))
  const used = new Map<string, RegisteredContract>()
  for (const { contract } of services.values()) {
    if (!contract || used.has(contract.digest)) continue
    const known = before?.contracts.get(contract.digest) ?? read.get(contract.digest)
    if (known) used.set(contract.digest, known)
  }
  return used
}
