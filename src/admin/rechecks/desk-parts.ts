import type { RequirementSets } from '../../connection/requirement-sets.js'
import type { ContractReader } from '../../contract/contract-reader.js'
import type { DocumentWriter } from '../../document/document-writer.js'
import type { AdminDatabase } from '../admin-database.store.js'
import type { RegistryChanges } from '../registry/registry-changes.js'

/** What rechecks are made of. */
export interface RecheckParts {
  readonly database: AdminDatabase
  readonly documents: DocumentWriter
  readonly requirementSets: RequirementSets
  readonly changes: RegistryChanges
  /** What finds whether a contract breaks consumers. */
  readonly reader: ContractReader
  /** Whether who had a hand in a check may not sign the opinion. */
  readonly separationOfDuties: boolean
  readonly now: () => Date
}
