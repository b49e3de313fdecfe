/** Others chose some of these texts; none of them may steer the reader's terminal, or look like a line of ours. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\ufffd')
}
