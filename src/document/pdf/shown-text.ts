const unseen = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]/u
const tab = '    '

/**
 * A text as a document shows it: lines end with `\n`, and what has no shape of its own, or none in the font, is named, such as
 * `[U+202E]`. Nothing that a person wrote vanishes, and nothing turns the order of letters around.
 */
export function shownText(text: string, hasGlyph: (codePoint: number) => boolean): string {
  let shown = ''
  for (const char of text.replace(/\r\n?/g, '\n')) {
    const codePoint = char.codePointAt(0) ?? 0
    if (char === '\n') shown += char
    else if (char === '\t') shown += tab
    else if (unseen.test(char) || !hasGlyph(codePoint)) shown += `[U+${hex(codePoint)}]`
    else shown += char
  }
  return shown
}

function hex(codePoint: number): string {
  return codePoint.toString(16).toUpperCase().padStart(4, '0')
}
