import type { ContractTerms, SoapHandling } from '../../exchange/route.js'
import type { MemberId, ServiceId, SubsystemId } from '../../exchange/identifier.js'
import type { AccessRight } from '../access-right.js'
import type { Authority } from '../authority.js'
import type { CertificateStatus } from '../certificate.js'
import type { ContractFacts } from '../contract.js'
import type { Domain } from '../domain.js'
import type { Member } from '../member.js'
import type { ServiceLimits } from '../../limits/registry.js'
import type { InformationResource, PersonalDataSystem, ResourceId } from '../resource.js'
import type { Service } from '../service.js'
import type { Subsystem } from '../subsystem.js'
import type { CertificateFacts } from './certificate-file.js'
import type { YamlPlace } from './yaml-place.js'

/**
 * What a declaration says of a thing: a field that is absent stays as it is in the registry, and
 * `null` takes an optional field away.
 */
export type Patch<T> = {
  readonly [K in keyof T]?: Exclude<T[K], undefined> | (undefined extends T[K] ? null : never)
}

/** A thing named in a declaration, and where. Parts of its id may be stand-ins (`stand-in.ts`). */
export interface Declared<Id extends string, P> {
  readonly id: Id
  readonly patch: P
  readonly at: YamlPlace
}

export type DeclaredDomain = Declared<string, Patch<Omit<Domain, 'code'>>>
export type DeclaredMember = Declared<MemberId, Patch<Omit<Member, 'id'>>>
export type DeclaredSubsystem = Declared<SubsystemId, Patch<Omit<Subsystem, 'id'>>>
export type DeclaredService = Declared<
  ServiceId,
  Patch<Omit<Service, 'id' | 'limits' | 'soap' | 'contract'>> & {
    readonly limits?: Partial<ServiceLimits>
    readonly soap?: Patch<SoapHandling> | null
    readonly contract?: DeclaredContract | null
    readonly validation?: Partial<Pick<ContractTerms, 'request' | 'reply'>>
  }
>
/** By its digest, or by the absolute path of a folder until that has been read (`resolve-contracts.ts`). */
export interface DeclaredContract {
  readonly digest?: string
  readonly folder?: string
  readonly facts?: ContractFacts
}

export type DeclaredAccessRight = Declared<string, Patch<Omit<AccessRight, 'id'>>>

export type DeclaredResource = Declared<ResourceId, Patch<Omit<InformationResource, 'id'>>>
export type DeclaredPersonalData = Declared<string, Patch<Omit<PersonalDataSystem, 'id'>>>

/** By its name. */
export type DeclaredAuthority = Declared<
  string,
  Patch<Pick<Authority, 'role' | 'revocation' | 'crl' | 'ocsp' | 'unreachable' | 'status'>> & {
    readonly certificate?: CertificateFacts
  }
>

/** By its thumbprint; the facts are absent where the declaration gives the thumbprint only. */
export type DeclaredCertificate = Declared<
  string,
  {
    readonly subsystem: SubsystemId
    readonly facts?: CertificateFacts
    readonly status?: CertificateStatus
  }
>

/** One declaration file, read and checked in itself. */
export interface Declaration {
  readonly instance: string
  readonly at: YamlPlace
  readonly domains: readonly DeclaredDomain[]
  readonly authorities: readonly DeclaredAuthority[]
  readonly members: readonly DeclaredMember[]
  readonly subsystems: readonly DeclaredSubsystem[]
  readonly services: readonly DeclaredService[]
  readonly certificates: readonly DeclaredCertificate[]
  readonly accessRights: readonly DeclaredAccessRight[]
  readonly resources: readonly DeclaredResource[]
  readonly personalData: readonly DeclaredPersonalData[]
}
