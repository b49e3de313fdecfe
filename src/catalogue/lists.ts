import type { CatalogueMember, CatalogueResource, CatalogueService } from './catalogue-entry.js'
import type { CatalogueChange } from './change.js'
import { changeWords, nounWords } from './change-words.js'
import { layout, targetOf, type Section } from './layout.js'
import { markup, type Markup } from './markup.js'
import {
  kindWord,
  memberLink,
  named,
  objectNames,
  serviceLink,
  stateText,
  statusText,
  table,
} from './pieces.js'
import { momentText, pathOf, protocolWords, words, type Language } from './words.js'

/** A page of a list, with what was asked for. */
export interface Listed<Entry> {
  readonly items: readonly Entry[]
  /** What to send as `after` for the next page. */
  readonly next?: string | undefined
  readonly text?: string | undefined
}

export function servicesPage(
  listed: Listed<CatalogueService>,
  language: Language,
  now: Date,
): string {
  const head = [words.service, words.owner, words.version, words.protocol, words.state]
  const rows = listed.items.map(
    (service) => markup`<tr><th scope="row">${serviceLink(service, language)}</th>
<td>${memberLink(service.owner, language)}</td><td>${service.version}</td>
<td>${protocolWords[service.protocol] ?? service.protocol}</td><td>${stateText(service.stateAt(now), language)}</td></tr>
`,
  )
  return listPage('services', listed, language, table(words.services, head, rows, language))
}

export function resourcesPage(listed: Listed<CatalogueResource>, language: Language): string {
  const head = [words.resource, words.owner, words.kind, words.objects, words.state]
  const rows = listed.items.map(
    ({ id, name, owner, kind, dataObjects, status }) => markup`<tr>
<th scope="row"><a href="${pathOf('resource', id, language)}">${name[language]}</a><small><code>${id}</code></small></th>
<td>${memberLink(owner, language)}</td><td>${kindWord(kind, language)}</td>
<td>${objectNames(dataObjects, language)}</td><td>${statusText(status, language)}</td></tr>
`,
  )
  return listPage('resources', listed, language, table(words.resources, head, rows, language))
}

export function membersPage(listed: Listed<CatalogueMember>, language: Language): string {
  const rows = listed.items.map(
    ({ id, name, status }) => markup`<tr>
<th scope="row"><a href="${pathOf('member', id, language)}">${name[language]}</a></th>
<td><code>${id}</code></td><td>${statusText(status, language)}</td></tr>
`,
  )
  const head = [words.name, words.id, words.state]
  return listPage('members', listed, language, table(words.members, head, rows, language))
}

export function changesPage(listed: Listed<CatalogueChange>, language: Language): string {
  const when = {
    az: `${words.when.az} (${words.bakuTime.az})`,
    en: `${words.when.en} (${words.bakuTime.en})`,
  }
  const rows = listed.items.map(
    ({ at, noun, object, name, kind, successor }) => markup`<tr>
<td><time datetime="${at.toISOString()}">${momentText(at)}</time></td>
<td>${nounWords[noun][language]}</td>
<th scope="row">${named(pathOf(noun, object, language), name?.[language], object)}</th>
<td>${changeWords[kind][language]}${successor === undefined ? undefined : markup`<small>${words.successor[language]}: <code>${successor}</code></small>`}</td></tr>
`,
  )
  const head = [when, words.kind, words.name, words.what]
  const { items, next } = listed
  const path = '/v1/catalogue/html/changes'
  const content = markup`${items.length > 0 ? table(words.changes, head, rows, language) : markup`<p>${words.noChanges[language]}</p>`}
${nextLink(path, { after: next, lang: language }, words.older[language], language)}`
  const json = '/v1/catalogue/changes'
  const title = words.changes[language]
  return layout({ language, title, path, section: 'changes', content, json })
}

const paths = {
  services: '/v1/catalogue',
  resources: '/v1/catalogue/html/resources',
  members: '/v1/catalogue/html/members',
} as const

function listPage(
  section: Exclude<Section, 'changes'>,
  { items, next, text = '' }: Listed<unknown>,
  language: Language,
  found: Markup,
): string {
  const path = paths[section]
  const asked = text === '' ? undefined : text
  const content = markup`${searchForm(section, text, language)}
${items.length > 0 ? found : markup`<p role="status">${words.nothing[language]}</p>`}
${nextLink(path, { text: asked, after: next, lang: language }, words.next[language], language)}`
  const json = targetOf(`/v1/catalogue/${section}`, { text: asked })
  const title = section === 'services' ? words.catalogue[language] : words[section][language]
  const query = asked === undefined ? {} : { text: asked }
  return layout({ language, title, path, query, section, content, json: json.replace(/\?$/, '') })
}

function searchForm(section: keyof typeof paths, text: string, language: Language): Markup {
  const label = section === 'members' ? words.searchMember : words.search
  const clear =
    text === ''
      ? undefined
      : markup` <a href="${paths[section]}?lang=${language}">${words.clear[language]}</a>`
  return markup`<form role="search" method="get" action="${paths[section]}">
<label for="text">${label[language]}</label>
<input id="text" name="text" type="search" maxlength="200" value="${text}">
<input type="hidden" name="lang" value="${language}">
<button type="submit">${words.find[language]}</button>${clear}
</form>`
}

function nextLink(
  path: string,
  query: Readonly<Record<string, string | undefined>>,
  word: string,
  language: Language,
): Markup | undefined {
  if (query['after'] === undefined) return undefined
  return markup`<nav aria-label="${words.pages[language]}"><p><a rel="next" href="${targetOf(path, query)}">${word}</a></p></nav>`
}
