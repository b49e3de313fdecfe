import type { CaseEffects } from '../../connection/case-effects.js'
import type { RequirementSets } from '../../connection/requirement-sets.js'
import type { DocumentWriter } from '../../document/document-writer.js'
import type { AdminDatabase } from '../admin-database.store.js'

/** How this node's connection desk works. */
export interface ConnectionTerms {
  /** What steps bring about, in place of the usual. */
  readonly effects?: CaseEffects | undefined
  readonly requirementSets?: RequirementSets | undefined
  /** Whether who had a hand in a check may not sign the opinion. */
  readonly separationOfDuties?: boolean | undefined
  readonly clock?: (() => Date) | undefined
}

/** What the connection desk is made of. */
export interface DeskParts {
  readonly database: AdminDatabase
  readonly documents: DocumentWriter
  readonly effects: CaseEffects
  readonly requirementSets: RequirementSets
  readonly separationOfDuties: boolean
  readonly now: () => Date
}
