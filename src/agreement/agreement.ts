import type { MemberId } from '../exchange/identifier.js'

/** `ended`: its time was over, and nothing took its place. */
export const agreementStates = ['drafted', 'concluded', 'withdrawn', 'ended'] as const
export type AgreementState = (typeof agreementStates)[number]

export const agreementSides = ['member', 'operator'] as const
export type AgreementSide = (typeof agreementSides)[number]

/** That one side accepted: the person, and when. */
export interface Acceptance {
  readonly account: string
  readonly name: string
  readonly at: Date
}

/** What is agreed upon; never changed once it is drafted. */
export interface AgreementTerms {
  readonly member: MemberId
  /** Version of the technical requirements that it is based on. */
  readonly requirementSet: number
  /** The agreement that it takes the place of. */
  readonly renews: string | undefined
  readonly from: Date
  /** Just before which it is in force. */
  readonly until: Date
}

/** The frame agreement («müqavilə») of the operator with one participant; objects have annexes to it. */
export interface Agreement extends AgreementTerms {
  /** UUIDv7: in the order of drafting. */
  readonly id: string
  readonly draftedBy: string
  readonly draftedAt: Date
  readonly state: AgreementState
  /** By an administrator of the member, and by one of the operator: two people. */
  readonly accepted: Readonly<Record<AgreementSide, Acceptance | undefined>>
  /** Of a concluded one: what was put into writing. */
  readonly document: { readonly id: string; readonly number: string } | undefined
  readonly withdrawnBy: string | undefined
  readonly endedAt: Date | undefined
  /** The member that the one of the paper has merged into: its rights and duties are that one's since. */
  readonly passedTo: MemberId | undefined
  readonly revision: number
}

/** Whose an agreement is now, whoever concluded it. */
export function partyOf({ member, passedTo }: Pick<Agreement, 'member' | 'passedTo'>): MemberId {
  return passedTo ?? member
}
