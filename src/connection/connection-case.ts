import type { Actor } from '../audit-log/act.js'
import type { ConnectionApplication } from '../conformity/application.js'
import type { ObjectKind } from '../conformity/requirement.js'
import type { DocumentKind } from '../document/document-kind.js'
import type { MemberId } from '../exchange/identifier.js'
import type { CaseState } from './case-state.js'

/** A document of a case, by what it is known again. */
export interface CaseDocument {
  readonly id: string
  readonly number: string
  readonly kind: DocumentKind
  /** SHA-256 of its data, lower-case hexadecimal. */
  readonly digest: string
}

/** That a case came into a state; a case is the sum of its steps, and none is ever changed. */
export interface CaseStep {
  /** From 1 on, without gaps. */
  readonly number: number
  readonly state: CaseState
  readonly at: Date
  readonly by: Actor
  /** What the person said to it: the grounds of a refusal, what was improved. */
  readonly note: string | undefined
  readonly documents: readonly CaseDocument[]
}

/** That a case was put away, and why. */
export interface Archived {
  readonly at: Date
  readonly by: Actor
  readonly reason: string
}

/** One object on its way to the bus («qoşulma işi»). */
export interface ConnectionCase {
  /** UUIDv7: in the order of opening. */
  readonly id: string
  readonly kind: ObjectKind
  readonly member: MemberId
  /** Exchange domain whose profile says who admits. */
  readonly domain: string
  readonly objectId: string
  readonly application: ConnectionApplication
  readonly state: CaseState
  readonly stateSince: Date
  readonly openedAt: Date
  readonly openedBy: string
  /** Put away, beside whatever state it is in: it is in no list any more, and nothing is done with it. */
  readonly archived: Archived | undefined
  readonly revision: number
}
