import type { BilingualText } from '../exchange/fault.js'
import { said, type NoticeData } from './said.js'

const nouns: Readonly<Record<string, BilingualText>> = {
  domains: { az: 'Mübadilə sahəsi', en: 'The exchange domain' },
  members: { az: 'İştirakçı', en: 'The member' },
  subsystems: { az: 'Sistem', en: 'The system' },
}

const changes = {
  'standing.suspended': { az: 'dayandırılıb', en: 'is suspended' },
  'standing.resumed': { az: 'bərpa olunub', en: 'goes on' },
  'standing.ended': { az: 'ləğv edilib', en: 'has ended' },
} as const satisfies Readonly<Record<string, BilingualText>>

export type StandingNoticeKind = keyof typeof changes

/** What a founder-administrator is told of the standing of his domain, and of who takes part in it. */
export function standingText(
  kind: StandingNoticeKind,
  subject: string,
  { noun, domain }: NoticeData,
): BilingualText {
  const what = nouns[said(noun)] ?? { az: said(noun), en: said(noun) }
  const change = changes[kind]
  if (noun === 'domains') {
    return {
      az: `${what.az} ${change.az}: ${subject}`,
      en: `${what.en} ${subject} ${change.en}`,
    }
  }
  return {
    az: `${said(domain)} sahəsi. ${what.az} ${change.az}: ${subject}`,
    en: `Domain ${said(domain)}: ${what.en.toLowerCase()} ${subject} ${change.en}`,
  }
}
