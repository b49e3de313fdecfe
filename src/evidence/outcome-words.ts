import type { BilingualText } from '../exchange/fault.js'

const words: ReadonlyMap<string, BilingualText> = new Map([
  ['answered', { en: 'answered', az: 'cavab verilib' }],
  ['refused', { en: 'refused', az: 'rədd edilib' }],
  ['unresolved', { en: 'unresolved', az: 'nəticəsi məlum deyil' }],
  // Recipients' notices.
  ['QEBUL_EDILIB', { en: 'accepted by the recipient', az: 'alıcı qəbul edib' }],
  ['QEYDIYYATA_ALINIB', { en: 'registered by the recipient', az: 'alıcı qeydiyyata alıb' }],
  ['IMTINA', { en: 'declined by the recipient', az: 'alıcı imtina edib' }],
])

/** How an exchange ended, in words; what is not known is said as the entry has it. */
export function outcomeWords(outcome: string): BilingualText {
  return words.get(outcome) ?? { en: outcome, az: outcome }
}
