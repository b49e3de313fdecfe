import { firstRequirementSet } from '../conformity/first-requirements.js'
import type { RequirementSet } from '../conformity/requirement.js'
import type { CaseReader } from './case.store.js'

/** Where the desk has its technical requirements from. */
export interface RequirementSets {
  inForceAt(client: CaseReader, at: Date): Promise<RequirementSet>
  /** A version that was in force once, as every check names one. */
  ofVersion(client: CaseReader, version: number): Promise<RequirementSet>
}

/** The first set, for as long as there is no other. */
export const firstSetOnly: RequirementSets = {
  inForceAt: () => Promise.resolve(firstRequirementSet),
  ofVersion: () => Promise.resolve(firstRequirementSet),
}
