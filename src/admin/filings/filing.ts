import type { Role } from '../permission.js'

/** What participants file: a fault that they want removed, or a proposal. */
export const filingKinds = ['fault-report', 'proposal'] as const
export type FilingKind = (typeof filingKinds)[number]

export const filingStates = ['filed', 'accepted', 'answered', 'withdrawn'] as const
export type FilingState = (typeof filingStates)[number]

interface FilingTerms {
  /** Before year and number: `NM-2026/0001`. */
  readonly prefix: string
  /** Whose answer ends it; they are told of it, too. */
  readonly answeredBy: readonly Role[]
  /** Who reads all of them. */
  readonly readBy: readonly Role[]
  readonly outcomes: readonly string[]
}

export const faultOutcomes = ['removed', 'not-confirmed'] as const
export const proposalOutcomes = ['adopted', 'declined'] as const

export const filingTerms: Readonly<Record<FilingKind, FilingTerms>> = {
  'fault-report': {
    prefix: 'NM',
    answeredBy: ['OPERATOR'],
    readBy: ['OPERATOR', 'AGENCY', 'SECURITY'],
    outcomes: faultOutcomes,
  },
  proposal: {
    prefix: 'TK',
    answeredBy: ['OPERATOR', 'AGENCY'],
    readBy: ['OPERATOR', 'AGENCY'],
    outcomes: proposalOutcomes,
  },
}

/** One step of its history. */
export interface FilingEvent {
  readonly at: Date
  readonly state: FilingState
  readonly actor: string
  readonly note: string | undefined
}

/** What a member filed, and what became of it. */
export interface Filing {
  /** UUIDv7: in the order of filing. */
  readonly id: string
  readonly kind: FilingKind
  readonly number: string
  readonly member: string
  /** The system or service that it is about. */
  readonly about: string | undefined
  readonly title: string
  readonly body: string
  readonly state: FilingState
  readonly outcome: string | undefined
  readonly answer: string | undefined
  readonly filedBy: string
  readonly filedAt: Date
  readonly endedAt: Date | undefined
  readonly revision: number
}

/** With its history. */
export interface WholeFiling {
  readonly filing: Filing
  readonly history: readonly FilingEvent[]
}
