import type { BilingualText } from '../exchange/fault.js'

/** What the procedure does not let happen; the text says why, and what is to be done first. */
export class CaseError extends Error {
  override readonly name = 'CaseError'
  readonly text: BilingualText

  constructor(text: BilingualText) {
    super(text.en)
    this.text = text
  }
}
