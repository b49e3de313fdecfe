import type { BilingualText } from '../../exchange/fault.js'

/** One thing that was looked at, in a sentence. */
export interface ReceiptStep {
  readonly name: 'form' | 'certificate' | 'signature' | 'validity' | 'chain' | 'message' | 'entry'
  readonly outcome: 'ok' | 'wrong' | 'not checked'
  readonly text: BilingualText
  /** What to do, where it is wrong. */
  readonly remedy?: BilingualText
}

/** When something was, for people of both languages: 2026-03-31 14:30:00 UTC. */
export function timeText(time: Date): string {
  return `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
