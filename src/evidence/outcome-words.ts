import type { BilingualText } from '../exchange/fault.js'
import { noticeCodes, noticeTexts } from '../exchange/message-notice.js'

const words: ReadonlyMap<string, string> = new Map([
  ['answered', 'cavab verilib'],
  ['refused', 'rədd edilib'],
  ['unresolved', 'nəticəsi məlum deyil'],
  ['notice', 'bildiriş'],
])

/** How an exchange ended, in words; what is not known is said as the entry has it. */
export function outcomeWords(outcome: string): BilingualText {
  const notice = noticeCodes.find((code) => code === outcome)
  if (notice) return noticeTexts[notice]
  return { en: outcome, az: words.get(outcome) ?? outcome }
}
