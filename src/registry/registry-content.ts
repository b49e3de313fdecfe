import type { AccessRight } from './access-right.js'
import type { Authority } from './authority.js'
import type { Certificate } from './certificate.js'
import type { ContractSummary, RegisteredContract } from './contract.js'
import type { Domain } from './domain.js'
import type { MaintenanceWindow } from './maintenance-window.js'
import type { Member } from './member.js'
import type { OcspAnswer } from './ocsp-answer.js'
import type { InformationResource, PersonalDataSystem } from './resource.js'
import type { ProviderTrouble } from './provider-trouble.js'
import type { RevocationList } from './revocation-list.js'
import type { Service } from './service.js'
import type { Subsystem } from './subsystem.js'

/** All that the registry holds at one moment. */
export interface RegistryContent {
  /** Grows with every change. */
  readonly generation: number
  /** Undefined until the first declaration was applied. */
  readonly instance: string | undefined
  readonly domains: readonly Domain[]
  readonly members: readonly Member[]
  readonly subsystems: readonly Subsystem[]
  readonly services: readonly Service[]
  readonly certificates: readonly Certificate[]
  readonly authorities: readonly Authority[]
  readonly accessRights: readonly AccessRight[]
  /** No message is decided on by these two: none for who follows the registry. */
  readonly resources: readonly InformationResource[]
  readonly personalData: readonly PersonalDataSystem[]
  readonly revocationLists: readonly RevocationList[]
  /** None for who changes the registry. */
  readonly ocspAnswers: readonly OcspAnswer[]
  /** Of systems and services, those to come and those open; none for who changes the registry. */
  readonly maintenanceWindows: readonly MaintenanceWindow[]
  /** None for who changes the registry. */
  readonly providerTroubles: readonly ProviderTrouble[]
  /** Contracts of these services that the reader did not have; none for who changes the registry. */
  readonly contracts: readonly RegisteredContract[]
  /**
   * What every contract that may be named says, by its digest, for who changes the registry; empty for who follows it.
   * Undefined of one that a build registered which did not write it down.
   */
  readonly contractSummaries: ReadonlyMap<string, ContractSummary | undefined>
}

export const emptyRegistry: RegistryContent = {
  generation: 0,
  instance: undefined,
  domains: [],
  members: [],
  subsystems: [],
  services: [],
  certificates: [],
  authorities: [],
  accessRights: [],
  resources: [],
  personalData: [],
  revocationLists: [],
  ocspAnswers: [],
  maintenanceWindows: [],
  providerTroubles: [],
  contracts: [],
  contractSummaries: new Map(),
}
