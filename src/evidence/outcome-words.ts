import type { BilingualText } from '../exchange/fault.js'

const words: ReadonlyMap<string, string> = new Map([
  ['answered', 'cavab verilib'],
  ['refused', 'rədd edilib'],
  ['unresolved', 'nəticəsi məlum deyil'],
])

/** How an exchange ended, in words; what is not known is said as the entry has it. */
export function outcomeWords(outcome: string): BilingualText {
  return { en: outcome, az: words.get(outcome) ?? outcome }
}
