import type { BilingualText } from '../exchange/fault.js'

/** What was looked into: the PDF, the data, or both together. */
export type FindingAbout = 'pdf' | 'data' | 'both'

/** One thing that was found. A note proves nothing, and speaks against nothing. */
export interface Finding {
  readonly about: FindingAbout
  readonly outcome: 'true' | 'false' | 'note'
  readonly text: BilingualText
}
