import type { BilingualText } from '../exchange/fault.js'
import { parseSubsystemId, type MemberId, type ServiceCode } from '../exchange/identifier.js'
import type { PartyStatus } from './member.js'

declare const kind: unique symbol

/** `AZ/GOV/DSMF/FERDI-UCOT`: a name for good, whoever owns the resource; no subsystem has the same. */
export type ResourceId = string & { readonly [kind]: 'resource' }

/** @throws IdentifierError */
export function parseResourceId(text: string): ResourceId {
  return parseSubsystemId(text) as string as ResourceId
}

/** The member in a resource's name, who owned it first. */
export function memberInResource(id: ResourceId): MemberId {
  return id.slice(0, id.lastIndexOf('/')) as MemberId
}

/** The kinds of clause 1.2 of the statute: «məlumat bazası», «məlumat-axtarış sistemi», «reyestr», other. */
export const resourceKinds = ['database', 'search-system', 'register', 'other'] as const
export type ResourceKind = (typeof resourceKinds)[number]

export const resourceKindNames: Readonly<Record<ResourceKind, BilingualText>> = {
  database: { az: 'məlumat bazası', en: 'database' },
  'search-system': { az: 'məlumat-axtarış sistemi', en: 'data search system' },
  register: { az: 'reyestr', en: 'register' },
  other: { az: 'digər', en: 'other' },
}

export const hostingPlaces = ['data-centre', 'own'] as const
export type HostingPlace = (typeof hostingPlaces)[number]

/** What data a resource holds («məlumat obyekti»). */
export interface DataObject {
  /** `pensiyaKapitali`; two resources that hold the same say the same. */
  readonly code: string
  readonly name: BilingualText
  /** Whether others have it from here: at most one resource is the source of truth of a data object. */
  readonly source: boolean
  /** Why it is held although another resource is its source of truth. */
  readonly duplicateReason: string | undefined
}

/** Who is asked about a resource. */
export interface ResourceContact {
  readonly name: string
  readonly email: string
  readonly phone: string
}

/** An information resource («informasiya ehtiyatı»), as the registry has it. */
export interface InformationResource {
  readonly id: ResourceId
  readonly owner: MemberId
  readonly kind: ResourceKind
  readonly name: BilingualText
  readonly legalBasis: string
  /** By what its records are found: `fin`, `voen` or another; none where there are no records of anybody. */
  readonly identifiers: readonly string[]
  readonly dataObjects: readonly DataObject[]
  readonly hosting: { readonly place: HostingPlace; readonly address: string }
  readonly contact: ResourceContact
  /** Whether it is in the first State Register, that of state information resources. */
  readonly state: boolean
  /** Its number there, once it has one. */
  readonly registerNumber: string | undefined
  /** Services that give of its data, and those that read them. */
  readonly offeredBy: readonly ServiceCode[]
  readonly readBy: readonly ServiceCode[]
  readonly status: PartyStatus
  readonly successor: ResourceId | undefined
  /** Whether it must not end without a successor or a place where its data are kept. */
  readonly important: boolean
  readonly archivePlace: string | undefined
}

export const personalDataStatuses = ['active', 'ended'] as const
export type PersonalDataStatus = (typeof personalDataStatuses)[number]

/** An entry of the second State Register, that of information systems with personal data. */
export interface PersonalDataSystem {
  /** The subsystem or the resource that holds them. */
  readonly id: string
  readonly purpose: string
  readonly categories: readonly string[]
  readonly legalBasis: string
  /** Why its records are not found by PIN («FİN»), where they are not. */
  readonly noPinReason: string | undefined
  readonly registerNumber: string | undefined
  readonly status: PersonalDataStatus
}

/** The PIN, by which records of persons are to be found (003F 5.2). */
export const pinIdentifier = 'fin'

/** Whether records are found by PIN. */
export function isKeyedByPin({ identifiers }: Pick<InformationResource, 'identifiers'>): boolean {
  return identifiers.includes(pinIdentifier)
}
