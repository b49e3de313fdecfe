import type { Facets } from './schema-model.js'

const toReplace = /[\t\n\r]/g
const toCollapse = /[\t\n\r]| {2}|^ | $/
const runs = /[ \t\n\r]+/g

/** Normalises white space (part 2 §4.3.6). */
export function normaliseSpace(text: string, whiteSpace: Facets['whiteSpace']): string {
  if (whiteSpace === 'preserve') return text
  if (whiteSpace === 'replace') return text.replace(toReplace, ' ')
  return toCollapse.test(text) ? trimmed(text.replace(runs, ' ')) : text
}

/** Without the one space that may stand at either end. */
function trimmed(text: string): string {
  const start = text.startsWith(' ') ? 1 : 0
  return text.slice(start, text.endsWith(' ') && text.length > start ? -1 : undefined)
}

/** The items of a list, of which the text is normalised. */
export function listItems(text: string): readonly string[] {
  return text === '' ? [] : text.split(' ')
}
