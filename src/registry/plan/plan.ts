import type { JsonValue } from '../../canonical-json.js'
import type { ContractFacts } from '../contract.js'
import type { Problem } from '../declaration/problem.js'
import type { RegistryContent } from '../registry-content.js'

/** What the registry holds, less what followers add to it. */
export type RegistryEntries = Omit<
  RegistryContent,
  | 'generation'
  | 'instance'
  | 'revocationLists'
  | 'ocspAnswers'
  | 'maintenanceWindows'
  | 'providerTroubles'
  | 'contracts'
  | 'contractSummaries'
>

export type Noun = keyof RegistryEntries

/** One field before and after; `undefined` where there is none. */
export interface FieldChange {
  readonly field: string
  readonly old: string | undefined
  readonly new: string | undefined
}

export interface Change {
  readonly noun: Noun
  readonly id: string
  readonly kind: 'added' | 'changed'
  readonly fields: readonly FieldChange[]
}

/** A whole entry before and after, as JSON can say it; `before` undefined where it is new. */
export interface EntryChange {
  readonly noun: Noun
  readonly id: string
  readonly before: JsonValue | undefined
  readonly after: JsonValue
}

/** What applying declarations to the registry would do; nothing at all while there are problems. */
export interface Plan {
  readonly problems: readonly Problem[]
  /** Problems beyond those listed. */
  readonly problemsDropped: number
  readonly warnings: readonly Problem[]
  readonly instance: string | undefined
  readonly changes: readonly Change[]
  /** Declared things that are in the registry just so. */
  readonly unchanged: number
  /** Whole entries to insert or to replace. */
  readonly upserts: RegistryEntries
  /** Contracts that the registry has not yet. */
  readonly contracts: readonly ContractFacts[]
  /** The same for whoever records what was changed, one for each of `changes`. */
  readonly entryChanges: readonly EntryChange[]
}
