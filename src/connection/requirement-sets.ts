import { RequirementSets as Store } from '../conformity/requirement-sets.store.js'
import type { RequirementSet } from '../conformity/requirement.js'
import type { CaseReader } from './case.store.js'

/** Where the desk has its technical requirements from. */
export interface RequirementSets {
  inForceAt(client: CaseReader, at: Date): Promise<RequirementSet>
  /** A version that was in force once, as every check names one. */
  ofVersion(client: CaseReader, version: number): Promise<RequirementSet>
}

/** Those of the database, where no version is ever taken away. */
export const keptSets: RequirementSets = {
  inForceAt: (client, at) => new Store(client).inForce(at),
  async ofVersion(client, version) {
    const set = await new Store(client).find(version)
    if (!set) throw new Error(`there is no version ${version} of the technical requirements`)
    return set
  },
}
