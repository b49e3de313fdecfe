import type { CatalogueChange } from './change.js'
import { changeTitle } from './change-words.js'
import { markup, type Markup } from './markup.js'
import { pathOf, words } from './words.js'

/**
 * Changes of the catalogue as an Atom feed (RFC 4287), newest first. Links are relative to where the feed was read: how
 * the bus is called from outside, its reader knows.
 * @param updated - when the last change was, or since when there are any
 */
export function atomFeed(
  changes: readonly CatalogueChange[],
  language: 'az' | 'en',
  updated: Date,
): string {
  const feed = markup`<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${language}">
<id>urn:sluice:catalogue:changes</id>
<title>${words.changes[language]} – ${words.catalogue[language]}</title>
<updated>${updated.toISOString()}</updated>
<author><name>Sluice</name></author>
<link rel="self" type="application/atom+xml" href="/v1/catalogue/changes/atom?lang=${language}"/>
<link rel="alternate" type="text/html" href="/v1/catalogue/html/changes?lang=${language}"/>
${changes.map((change) => entryOf(change, language))}</feed>
`
  return `<?xml version="1.0" encoding="UTF-8"?>\n${feed.text}`
}

function entryOf(change: CatalogueChange, language: 'az' | 'en'): Markup {
  const { position, at, object, member, kind, noun, successor } = change
  const details = [object, member, ...(successor === undefined ? [] : [`→ ${successor}`])]
  return markup`<entry>
<id>urn:sluice:catalogue:change:${position}</id>
<title>${clean(changeTitle(change, language))}</title>
<updated>${at.toISOString()}</updated>
<link rel="alternate" type="text/html" href="${pathOf(noun, object, language)}"/>
<category term="${kind}"/><category term="${noun}"/>
<summary>${clean(details.join(' · '))}</summary>
</entry>
`
}

/** Without what no XML text may have (XML 1.0 §2.2). */
function clean(text: string): string {
  return text.toWellFormed().replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
}
