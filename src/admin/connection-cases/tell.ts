import { caseTable } from '../../connection/case-state.js'
import type { CaseDocument, ConnectionCase } from '../../connection/connection-case.js'
import type { DomainProfile } from '../../connection/domain-profile.js'
import { writeNotices, type NewNotice } from '../../notice/notice.store.js'
import type { NoticeData } from '../../notice/said.js'
import type { AdminTransaction } from '../admin-database.store.js'

/** Applicant and operator learn of each step; the names of the documents are with it. */
export async function tellOfStep(
  client: AdminTransaction,
  { id, member, objectId, state }: ConnectionCase,
  documents: readonly CaseDocument[],
  others: readonly NewNotice[] = [],
): Promise<void> {
  const { az, en } = caseTable[state].label
  const numbers = documents.map(({ number }) => number).join(', ')
  const told = {
    ...{ kind: 'connection-case.moved' as const, subject: id },
    data: { object: objectId, state, stateAz: az, stateEn: en, documents: numbers },
  }
  await writeNotices(client, [{ member, ...told }, { role: 'OPERATOR', ...told }, ...others])
}

/** Of what happens beside the steps. */
export async function tellBothSides(
  client: AdminTransaction,
  { id: subject, member, objectId: object }: ConnectionCase,
  kind: 'connection-case.archived' | 'connection-case.corrected',
  more: NoticeData,
): Promise<void> {
  const told = { kind, subject, data: { object, ...more } }
  await writeNotices(client, [
    { member, ...told },
    { role: 'OPERATOR', ...told },
  ])
}

/** The copy («nüsxə») of an opinion, for the State Agency's inbox; that of a negative one is for its information. */
export function opinionCopy(
  { id, objectId }: ConnectionCase,
  { id: document, number, digest, kind }: CaseDocument,
): NewNotice {
  const isPositive = kind === 'opinion'
  return {
    ...{ role: 'AGENCY', kind: 'connection-case.opinion' as const, subject: id },
    data: { object: objectId, document, number, digest, isPositive },
  }
}

/** The security body is asked for its opinion. */
export function securityAsked({ id, objectId, domain }: ConnectionCase): NewNotice {
  const kind = 'connection-case.security-asked' as const
  return { role: 'SECURITY', kind, subject: id, data: { object: objectId, domain } }
}

/** Where the founder-administrator admits, a positive opinion waits for him. */
export function admissionAsked(
  { id, objectId, domain, state }: ConnectionCase,
  { approver }: DomainProfile,
): NewNotice[] {
  if (state !== 'OPINION_POSITIVE' || approver !== 'FOUNDER_ADMIN') return []
  const kind = 'connection-case.admission-asked' as const
  return [{ domain, kind, subject: id, data: { object: objectId, domain } }]
}
