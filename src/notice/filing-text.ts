import type { BilingualText } from '../exchange/fault.js'
import { said, type NoticeData } from './said.js'

const nouns: Readonly<Record<string, BilingualText>> = {
  'fault-report': { az: 'Nasazlıq barədə müraciət', en: 'Fault report' },
  proposal: { az: 'Təklif', en: 'Proposal' },
}

const verbs: Readonly<Record<string, BilingualText>> = {
  'filing.filed': { az: 'təqdim olunub', en: 'was filed' },
  'filing.accepted': { az: 'icraya qəbul edilib', en: 'is being dealt with' },
  'filing.answered': { az: 'cavablandırılıb', en: 'was answered' },
  'filing.withdrawn': { az: 'geri götürülüb', en: 'was withdrawn' },
}

/**
 * What is said of a fault report or a proposal.
 * @param data - `filing`: which of the two; `number`, `member`, `title`
 */
export function filingText(kind: string, data: NoticeData): BilingualText {
  const noun = nouns[said(data['filing'])] ?? { az: said(data['filing']), en: said(data['filing']) }
  const verb = verbs[kind] ?? { az: kind, en: kind }
  const which = `${said(data['number'])} (${said(data['member'])}): ${said(data['title'])}`
  return { az: `${noun.az} ${verb.az}: ${which}`, en: `${noun.en} ${verb.en}: ${which}` }
}
