/** A word with the spaces behind it, or a part of one that ends where a line may end. */
const pieces = /[^ /\-]*[/\-]+ *|[^ /\-]+ *| +/gu
const mark = /\p{M}/u

/**
 * Breaks a text into lines: where there are spaces, behind `/` and `-`, and within a word that is longer than a line. In time that
 * is linear in the text.
 * @param widthOf - width of one code point, in the unit of `width`
 */
export function breakLines(
  text: string,
  width: number,
  widthOf: (char: string) => number,
): string[] {
  return text.split('\n').flatMap((line) => breakLine(line, width, widthOf))
}

function breakLine(text: string, width: number, widthOf: (char: string) => number): string[] {
  const lines: string[] = []
  let line = ''
  let used = 0
  const end = (): void => {
    lines.push(line.trimEnd())
    line = ''
    used = 0
  }
  for (const [piece] of text.matchAll(pieces)) {
    const wide = widthIn(piece.trimEnd(), widthOf)
    if (used > 0 && used + wide > width) end()
    for (const char of piece) {
      const one = widthOf(char)
      // The spaces at the end of a line take no place.
      if (used > 0 && used + one > width && char !== ' ' && !mark.test(char)) end()
      line += char
      used += one
    }
  }
  if (line !== '' || lines.length === 0) end()
  return lines
}

function widthIn(text: string, widthOf: (char: string) => number): number {
  let sum = 0
  for (const char of text) sum += widthOf(char)
  return sum
}
