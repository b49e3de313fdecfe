const form = /^(?:[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|-?INF|NaN)$/

/** Whether the text is an `xs:float` or `xs:double` (part 2 §3.2.4.1, §3.2.5.1). */
export function isFloat(text: string): boolean {
  return form.test(text)
}

/** The value of a text that `isFloat` accepts. */
export function readFloat(text: string, isSingle: boolean): number {
  if (text.endsWith('INF')) return text.startsWith('-') ? -Infinity : Infinity
  return isSingle ? Math.fround(Number(text)) : Number(text)
}
