import type { BilingualText } from '../exchange/fault.js'
import { accessRightText } from './access-right-text.js'
import { agreementText } from './agreement-text.js'
import { catalogueText } from './catalogue-text.js'
import { certificateRequestText, expiryText } from './certificate-text.js'
import { besideText, connectionText } from './connection-text.js'
import { executionText } from './execution-text.js'
import { filingText } from './filing-text.js'
import { incidentText } from './incident-text.js'
import { lifeCycleText } from './life-cycle-text.js'
import { maintenanceText, troubleText } from './maintenance-text.js'
import { recheckText } from './recheck-text.js'
import { resourceText } from './resource-text.js'
import type { NoticeData } from './said.js'
import { standingText } from './standing-text.js'

/** What a kind of notice says of its subject. */
type NoticeText = (subject: string, data: NoticeData) => BilingualText

/** What administrators are told of, and in which words. */
const texts = {
  'certificate.expiry': expiryText,
  'certificate.request': certificateRequestText,
  ...each(accessRightText, [
    'access-right.asked',
    'access-right.granted',
    'access-right.refused',
    'access-right.withdrawn',
  ]),
  ...each(lifeCycleText, ['life-cycle.planned', 'life-cycle.done', 'life-cycle.cancelled']),
  ...each(connectionText, [
    'connection-case.moved',
    'connection-case.checked',
    'connection-case.opinion',
    'connection-case.security-asked',
    'connection-case.admission-asked',
    'connection-case.security-opinion',
    'connection-profile.changed',
  ]),
  ...each(besideText, [
    'connection-case.archived',
    'connection-case.corrected',
    'connection-case.succeeded',
  ]),
  ...each(agreementText, [
    'agreement.drafted',
    'agreement.concluded',
    'agreement.withdrawn',
    'agreement.ends',
    'agreement.ended',
    'rules.published',
    'rules.reminder',
  ]),
  ...each(
    (kind, _subject, data) => maintenanceText(kind, data),
    ['maintenance.planned', 'maintenance.changed', 'maintenance.cancelled', 'maintenance.ended'],
  ),
  ...each(recheckText, [
    'recheck.opened',
    'recheck.due',
    'recheck.checked',
    'recheck.confirmed',
    'recheck.denied',
    'recheck.suspended',
    'recheck.refused',
    'recheck.withdrawn',
  ]),
  ...each(resourceText, ['resource.registered', 'resource.changed', 'resource.duplicate']),
  ...each(catalogueText, [
    'catalogue.connected',
    'catalogue.changed',
    'catalogue.suspended',
    'catalogue.resumed',
    'catalogue.ended',
  ]),
  ...each(executionText, ['execution.reminder', 'execution.overdue', 'execution.no-notice']),
  ...each(standingText, ['standing.suspended', 'standing.resumed', 'standing.ended']),
  ...each(troubleText, ['service.faulty', 'service.restored']),
  ...each(
    (kind, _subject, data) => incidentText(kind, data),
    ['incident.opened', 'incident.closed', 'incident.decision', 'incident.decided'],
  ),
  ...each(
    (kind, _subject, data) => filingText(kind, data),
    ['filing.filed', 'filing.accepted', 'filing.answered', 'filing.withdrawn'],
  ),
} as const satisfies Readonly<Record<string, NoticeText>>
export type NoticeKind = keyof typeof texts

/** Kinds that one function has the words of. */
function each<const Kind extends string>(
  text: (kind: Kind, subject: string, data: NoticeData) => BilingualText,
  kinds: readonly Kind[],
): Readonly<Record<Kind, NoticeText>> {
  const pairs = kinds.map((kind): [Kind, NoticeText] => [
    kind,
    (subject, data) => text(kind, subject, data),
  ])
  return Object.fromEntries(pairs) as Record<Kind, NoticeText>
}

/** One notice, to the administrators of a member, to whoever has a role, or to the founder-administrators of a domain. */
export interface Notice {
  readonly id: string
  readonly at: Date
  readonly recipientMember: string | undefined
  readonly recipientRole: string | undefined
  readonly recipientDomain: string | undefined
  readonly kind: string
  /** What it is about: a certificate, a request. */
  readonly subject: string
  readonly data: NoticeData
  readonly readAt: Date | undefined
}

/** What the notice says to people; one of a kind that this build does not know says its kind. */
export function noticeText({
  kind,
  subject,
  data,
}: Pick<Notice, 'kind' | 'subject' | 'data'>): BilingualText {
  if (Object.hasOwn(texts, kind)) return texts[kind as NoticeKind](subject, data)
  return { az: `${kind}: ${subject}`, en: `${kind}: ${subject}` }
}
