import type { DocumentKind } from '../document/document-kind.js'
import type { BilingualText } from '../exchange/fault.js'

/** Who moves a case on from a state; `approver` is the operator, or in some domains the founder-administrator. */
export type CaseActor = 'participant' | 'operator' | 'approver' | 'improver'

export const caseStates = [
  'DRAFT',
  'SUBMITTED',
  'RETURNED_INCOMPLETE',
  'CHECKING',
  'CHANGES_REQUIRED',
  'IMPROVING',
  'REFUSED',
  'OPINION_POSITIVE',
  'CONTRACTED',
  'REGISTERED',
  'CONNECTED',
  'WITHDRAWN',
] as const
export type CaseState = (typeof caseStates)[number]

export interface CaseStateTerms {
  readonly label: BilingualText
  /** Who brings a case into this state. */
  readonly actor: CaseActor
  /** What is made when a case comes into this state. */
  readonly documents: readonly DocumentKind[]
  readonly next: readonly CaseState[]
  /** Clause of the statute that it follows. */
  readonly clause: string | undefined
}

/**
 * The connection procedure as data: the statute's order of steps, none of which can be skipped. Whatever moves a case goes by
 * this table, and by nothing else.
 */
export const caseTable: Readonly<Record<CaseState, CaseStateTerms>> = {
  DRAFT: {
    label: { az: 'Qaralama', en: 'Draft' },
    actor: 'participant',
    documents: [],
    next: ['SUBMITTED', 'WITHDRAWN'],
    clause: '6.1.1',
  },
  SUBMITTED: {
    label: { az: 'Müraciət təqdim olunub', en: 'Application submitted' },
    actor: 'participant',
    documents: ['application'],
    next: ['CHECKING', 'RETURNED_INCOMPLETE', 'WITHDRAWN'],
    clause: '6.1.1, 5.1.5',
  },
  RETURNED_INCOMPLETE: {
    label: { az: 'Natamam olduğu üçün qaytarılıb', en: 'Returned as incomplete' },
    actor: 'operator',
    documents: ['missing-data'],
    next: ['SUBMITTED', 'WITHDRAWN'],
    clause: '5.1.5',
  },
  CHECKING: {
    label: { az: 'Uyğunluq yoxlanılır', en: 'Conformity is being checked' },
    actor: 'operator',
    documents: ['check-protocol'],
    next: ['OPINION_POSITIVE', 'CHANGES_REQUIRED'],
    clause: '6.1.2',
  },
  CHANGES_REQUIRED: {
    label: { az: 'Dəyişiklik tələb olunur', en: 'Changes required' },
    actor: 'operator',
    documents: ['negative-opinion', 'justified-demand'],
    next: ['IMPROVING', 'REFUSED', 'WITHDRAWN'],
    clause: '4.1.3, 6.1.4',
  },
  IMPROVING: {
    label: { az: 'Təkmilləşdirilir', en: 'Being improved' },
    actor: 'improver',
    documents: ['improvement'],
    next: ['CHECKING', 'REFUSED', 'WITHDRAWN'],
    clause: '5.1.6, 6.1.4',
  },
  REFUSED: {
    label: { az: 'Qoşulmaqdan imtina edilib', en: 'Connection refused' },
    actor: 'approver',
    documents: ['refusal'],
    next: [],
    clause: '4.1.4',
  },
  OPINION_POSITIVE: {
    label: { az: 'Müsbət rəy verilib', en: 'Positive opinion' },
    actor: 'operator',
    documents: ['opinion'],
    next: ['CONTRACTED'],
    clause: '6.1.3, 6.1.4',
  },
  CONTRACTED: {
    label: { az: 'Müqavilə bağlanıb', en: 'Agreement concluded' },
    actor: 'approver',
    documents: ['agreement-annex'],
    next: ['REGISTERED'],
    clause: '6.4',
  },
  REGISTERED: {
    label: { az: 'Qeydiyyata alınıb', en: 'Registered' },
    actor: 'operator',
    documents: [],
    next: ['CONNECTED'],
    clause: '3.4, 4.1.8',
  },
  CONNECTED: {
    label: { az: 'Qoşulub', en: 'Connected' },
    actor: 'operator',
    documents: ['act-of-connection'],
    next: [],
    clause: '6.1.3',
  },
  WITHDRAWN: {
    label: { az: 'Geri götürülüb', en: 'Withdrawn' },
    actor: 'participant',
    documents: [],
    next: [],
    clause: undefined,
  },
}
