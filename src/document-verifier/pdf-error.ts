import type { BilingualText } from '../exchange/fault.js'

/** A PDF that has not the one signature that it should have. */
export class PdfError extends Error {
  override readonly name = 'PdfError'

  constructor(readonly text: BilingualText) {
    super(text.en)
  }
}
