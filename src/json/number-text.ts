const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const partOfNumber = /[-+.0-9A-Za-z]/

/** @returns the place behind the number (RFC 8259 §6) that begins at `start`, or `start` where none does */
export function numberEnd(text: string, start: number): number {
  number.lastIndex = start
  return number.test(text) ? number.lastIndex : start
}

/** Whether what follows cannot be more of a number: `01` and `1.` are no numbers. */
export function isEndOfNumber(text: string, end: number): boolean {
  return end >= text.length || !partOfNumber.test(text.charAt(end))
}

/** Whether the whole text is a number after RFC 8259 §6. */
export function isNumberText(text: string): boolean {
  return text !== '' && numberEnd(text, 0) === text.length
}
