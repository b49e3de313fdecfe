const looksLikeFormula = /^[\s=+\-@]/u
const isNumber = /^\+?[\d ()-]+$/

/**
 * A text that no spreadsheet carries out: what looks like a formula begins with an apostrophe. People outside write these
 * texts, and officers open them.
 */
export function defused(text: string): string {
  return isNumber.test(text) || !looksLikeFormula.test(text) ? text : `'${text}`
}

/** The text that was defused. */
export function restored(text: string): string {
  return text.startsWith("'") && defused(text.slice(1)) === text ? text.slice(1) : text
}
