import type { BilingualText } from '../exchange/fault.js'
import { filingText } from './filing-text.js'
import { incidentText } from './incident-text.js'

/** What administrators are told of, each with the names of what its text is made of. */
export const noticeKinds = [
  'certificate.expiry',
  'certificate.request',
  'access-right.asked',
  'access-right.granted',
  'access-right.refused',
  'access-right.withdrawn',
  'life-cycle.planned',
  'life-cycle.done',
  'life-cycle.cancelled',
  'incident.opened',
  'incident.closed',
  'incident.decision',
  'incident.decided',
  'filing.filed',
  'filing.accepted',
  'filing.answered',
  'filing.withdrawn',
] as const
export type NoticeKind = (typeof noticeKinds)[number]

export type NoticeData = Readonly<Record<string, string | number | boolean>>

/** One notice, to the administrators of a member or to whoever has a role. */
export interface Notice {
  readonly id: string
  readonly at: Date
  readonly recipientMember: string | undefined
  readonly recipientRole: string | undefined
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
  switch (kind) {
    case 'certificate.expiry':
      return expiryText(subject, data)
    case 'certificate.request':
      return {
        az: `${said(data.subsystem)} sistemi üçün sertifikat istənilir: ${subject}`,
        en: `A certificate is asked for ${said(data.subsystem)}: ${subject}`,
      }
    case 'access-right.asked':
    case 'access-right.granted':
    case 'access-right.refused':
    case 'access-right.withdrawn':
      return accessRightText(kind, subject, data)
    case 'life-cycle.planned':
    case 'life-cycle.done':
    case 'life-cycle.cancelled':
      return lifeCycleText(kind, subject, data)
    case 'incident.opened':
    case 'incident.closed':
    case 'incident.decision':
    case 'incident.decided':
      return incidentText(kind, data)
    case 'filing.filed':
    case 'filing.accepted':
    case 'filing.answered':
    case 'filing.withdrawn':
      return filingText(kind, data)
    default:
      return { az: `${kind}: ${subject}`, en: `${kind}: ${subject}` }
  }
}

function expiryText(subject: string, { subsystem, notAfter, days }: NoticeData): BilingualText {
  const day = said(notAfter).slice(0, 10)
  const left = Number(days)
  return {
    az: `${said(subsystem)} sisteminin sertifikatının (${subject}) müddəti ${day} tarixində bitir, buna ən çoxu ${left} gün qalıb. Vaxtında yenisini alın.`,
    en: `The certificate of ${said(subsystem)} (${subject}) ends on ${day}, within ${left} ${left === 1 ? 'day' : 'days'}. Renew it in time.`,
  }
}

const accessRightWords = {
  'access-right.asked': { az: 'Giriş icazəsi istənilir', en: 'An access right is asked for' },
  'access-right.granted': { az: 'Giriş icazəsi verilib', en: 'An access right was granted' },
  'access-right.refused': {
    az: 'Giriş icazəsindən imtina edilib',
    en: 'An access right was refused',
  },
  'access-right.withdrawn': {
    az: 'Giriş icazəsi geri götürülüb',
    en: 'An access right was withdrawn',
  },
} as const

function accessRightText(
  kind: keyof typeof accessRightWords,
  subject: string,
  { consumer, service }: NoticeData,
): BilingualText {
  const { az, en } = accessRightWords[kind]
  const whose = `${said(consumer)} → ${said(service)} (${subject})`
  return { az: `${az}: ${whose}`, en: `${en}: ${whose}` }
}

const lifeCycleWords: Readonly<Record<string, BilingualText>> = {
  'owner-change': { az: 'mülkiyyətçinin dəyişməsi', en: 'change of owner' },
  merger: { az: 'birləşmə', en: 'merger' },
  liquidation: { az: 'ləğv', en: 'liquidation' },
}

/** `target`: the new owner, or who goes on in its place. */
function lifeCycleText(
  kind: string,
  subject: string,
  { event, day, target }: NoticeData,
): BilingualText {
  const what = lifeCycleWords[said(event)] ?? { az: said(event), en: said(event) }
  const next =
    target === undefined
      ? { az: '', en: '' }
      : { az: `; davamçı: ${said(target)}`, en: `; who goes on: ${said(target)}` }
  switch (kind) {
    case 'life-cycle.done':
      return {
        az: `Baş verdi: ${what.az}, ${subject}${next.az}`,
        en: `Done: ${what.en} of ${subject}${next.en}`,
      }
    case 'life-cycle.cancelled':
      return {
        az: `Ləğv edildi: ${what.az}, ${subject}`,
        en: `Called off: ${what.en} of ${subject}`,
      }
    default:
      return {
        az: `${said(day)} tarixinə planlaşdırılıb: ${what.az}, ${subject}${next.az}`,
        en: `Planned for ${said(day)}: ${what.en} of ${subject}${next.en}`,
      }
  }
}

function said(value: string | number | boolean | undefined): string {
  return value === undefined ? '?' : String(value)
}
