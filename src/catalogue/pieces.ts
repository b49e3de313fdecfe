import type { BilingualText } from '../exchange/fault.js'
import { resourceKindNames } from '../registry/resource.js'
import type {
  CatalogueMember,
  CatalogueObject,
  CatalogueService,
  CatalogueState,
} from './catalogue-entry.js'
import { markup, type Markup } from './markup.js'
import { momentText, pathOf, statusWords, wordFor, words, type Language } from './words.js'

/** A table that says what it is, and what each column is. */
export function table(
  caption: BilingualText,
  head: readonly BilingualText[],
  rows: readonly Markup[],
  language: Language,
): Markup {
  const cells = head.map((each) => markup`<th scope="col">${each[language]}</th>`)
  return markup`<div class="wide"><table>
<caption>${caption[language]}</caption>
<thead><tr>${cells}</tr></thead>
<tbody>
${rows}</tbody>
</table></div>`
}

/** Terms with what they are; those without anything are left out. */
export function terms(
  pairs: readonly (readonly [BilingualText, Markup | string | undefined])[],
  language: Language,
): Markup {
  const items = pairs.map(([term, value]) =>
    value === undefined ? undefined : markup`<dt>${term[language]}</dt><dd>${value}</dd>\n`,
  )
  return markup`<dl>${items}</dl>`
}

/** A link under a name, with the identifier below; under the identifier where there is no name. */
export function named(path: string, name: string | undefined, id: string): Markup {
  if (name === undefined) return markup`<a href="${path}"><code>${id}</code></a>`
  return markup`<a href="${path}">${name}</a><small><code>${id}</code></small>`
}

export function serviceLink({ id, name }: CatalogueService, language: Language): Markup {
  return named(pathOf('service', id, language), name?.[language], id)
}

export function memberLink(
  { id, name }: Pick<CatalogueMember, 'id' | 'name'>,
  language: Language,
): Markup {
  return markup`<a href="${pathOf('member', id, language)}">${name[language]}</a>`
}

export function stateText({ code, label, until }: CatalogueState, language: Language): Markup {
  const end =
    until &&
    markup` <small>${words.until[language]}: <time datetime="${until.toISOString()}">${momentText(until)}</time> (${words.bakuTime[language]})</small>`
  return markup`<span class="state ${code}">${label[language]}</span>${end}`
}

export function statusText(status: string, language: Language): Markup {
  return markup`<span class="state ${status}">${wordFor(statusWords, status, language)}</span>`
}

export function kindWord(kind: string, language: Language): string {
  return wordFor(resourceKindNames, kind, language)
}

export function objectNames(objects: readonly CatalogueObject[], language: Language): string {
  return objects.map(({ name }) => name[language]).join(', ')
}
