import type { CharacterClass } from './character-class.js'
import { unicodeBlock } from './unicode-blocks.js'

/** Letters, digits, marks, signs and spaces of several alphabets, one of every general category among them. */
const usual =
  'əƏıİşŞàßЖжәα٣²中日한ªʰⅨ½ \u00a0\u0301\u0903\u20dd€+^©«»‹“”‿–(）。\u{1f600}\u{10400}\u2028\u2029\u00ad\ue000\ufffd\u0378Dž'

const ascii = Array.from({ length: 0x80 }, (_, code) => code).filter(
  (code) => code >= 0x20 || code === 0x09 || code === 0x0a || code === 0x0d,
)

/**
 * One character of every kind that the classes of a pattern tell apart, as far as can be known without
 * looking at all of Unicode: of ASCII, of the pattern's own text and its neighbours, of its blocks, and the usual.
 */
export function sampleCharacters(source: string, classes: readonly CharacterClass[]): number[] {
  const own = codePoints(source).flatMap((code) => [code - 1, code, code + 1])
  const blocks = [...source.matchAll(/\\[pP]\{Is([^}]*)\}/g)].flatMap(([, name = '']) => [
    ...(unicodeBlock(name) ?? []),
  ])
  const byKind = new Map<string, number>()
  for (const code of new Set([...ascii, ...own, ...blocks, ...codePoints(usual)])) {
    if (code < 0 || code > 0x10_ffff) continue
    const kind = classes.map((matches) => (matches(code) ? '1' : '0')).join('')
    if (!byKind.has(kind)) byKind.set(kind, code)
  }
  return [...byKind.values()]
}

function codePoints(text: string): number[] {
  return Array.from(text, (character) => character.codePointAt(0) ?? 0)
}
