import type { BilingualText } from '../exchange/fault.js'

/** What is said to everybody of a participant: never how it, or anybody there, is reached. */
export interface CatalogueMember {
  readonly id: string
  readonly name: BilingualText
  readonly status: string
  readonly successor: string | undefined
}

/** In which state a service is now, in words. */
export interface CatalogueState {
  readonly code: string
  readonly label: BilingualText
  /** Planned end of works. */
  readonly until?: Date | undefined
}

/** One version of a service that is connected, or was. */
export interface CatalogueService {
  readonly id: string
  /** All versions of the service together: `AZ/GOV/DIN/GCQ/finAxtaris`. */
  readonly group: string
  readonly version: string
  readonly name: BilingualText | undefined
  readonly owner: Pick<CatalogueMember, 'id' | 'name'>
  readonly system: { readonly id: string; readonly name: BilingualText }
  readonly domain: string
  readonly isDefault: boolean
  readonly protocol: string
  readonly pattern: string
  readonly modes: readonly string[]
  readonly hasContract: boolean
  readonly deprecatedFrom: Date | undefined
  readonly successor: string | undefined
  /** Whether and where people find it; undefined where nothing is said. */
  readonly place:
    | {
        readonly approvedBy: string | undefined
        readonly places: readonly string[]
        readonly interaction: string
      }
    | undefined
  stateAt(now: Date): CatalogueState
}

export interface CatalogueObject {
  readonly code: string
  readonly name: BilingualText
  /** Whether others have it from here. */
  readonly source: boolean
}

export interface CatalogueResource {
  readonly id: string
  readonly owner: Pick<CatalogueMember, 'id' | 'name'>
  readonly kind: string
  readonly name: BilingualText
  readonly identifiers: readonly string[]
  readonly dataObjects: readonly CatalogueObject[]
  /** Services, all versions, that give of its data. */
  readonly offeredBy: readonly string[]
  readonly status: string
  readonly successor: string | undefined
}

/** All that everybody may know of one moment. */
export interface CatalogueContent {
  readonly members: readonly CatalogueMember[]
  readonly services: readonly CatalogueService[]
  readonly resources: readonly CatalogueResource[]
}
