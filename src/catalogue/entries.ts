import { dayText } from '../country-time.js'
import type { Catalogue } from './catalogue.js'
import type {
  CatalogueMember,
  CatalogueObject,
  CatalogueResource,
  CatalogueService,
} from './catalogue-entry.js'
import type { ChangedNoun } from './change.js'
import { layout } from './layout.js'
import { markup, type Markup } from './markup.js'
import { kindWord, memberLink, serviceLink, stateText, statusText, table, terms } from './pieces.js'
import {
  interactionWords,
  modeWords,
  pathOf,
  patternWords,
  placeWords,
  protocolWords,
  wordFor,
  words,
  type Language,
} from './words.js'

/** Which parts of its contract a service has for everybody. */
export interface ContractParts {
  readonly wsdl: boolean
  readonly openApi: boolean
  readonly files: boolean
}

export function servicePage(
  service: CatalogueService,
  { catalogue, contract }: { readonly catalogue: Catalogue; readonly contract: ContractParts },
  language: Language,
  now: Date,
): string {
  const { id, group, name } = service
  const content = markup`${serviceTerms(service, catalogue, language, now)}
<h2>${words.contract[language]}</h2>
${contractLinks(id, contract, language)}
${givenData(catalogue, group, language)}
${versions(service, catalogue.versions(group), language, now)}`
  return entryPage('service', id, name?.[language] ?? id, language, content)
}

function serviceTerms(
  service: CatalogueService,
  catalogue: Catalogue,
  language: Language,
  now: Date,
): Markup {
  const { id, owner, system, domain, protocol, pattern, modes, successor } = service
  const { deprecatedFrom, version, isDefault } = service
  const pairs = [
    [words.state, stateText(service.stateAt(now), language)],
    [
      words.successor,
      successor && link('service', successor, catalogue.service(successor), language),
    ],
    [words.owner, memberLink(owner, language)],
    [words.provider, markup`${system.name[language]} <code>${system.id}</code>`],
    [words.id, markup`<code>${id}</code>`],
    [words.version, isDefault ? `${version} (${words.isDefault[language]})` : version],
    [words.deprecated, deprecatedFrom && dayText(deprecatedFrom)],
    [words.protocol, protocolWords[protocol] ?? protocol],
    [words.pattern, wordFor(patternWords, pattern, language)],
    [words.modes, modes.map((each) => wordFor(modeWords, each, language)).join(', ')],
    [words.domain, domain],
    ...placeTerms(service, language),
  ] as const
  return terms(
    pairs.map(([term, value]) => [term, value === '' ? undefined : value]),
    language,
  )
}

/** Where people find it, and who approved that (R-041). */
function placeTerms(
  { place }: CatalogueService,
  language: Language,
): (readonly [(typeof words)[keyof typeof words], Markup | string])[] {
  if (!place) return []
  const { approvedBy, places, interaction } = place
  const where = places.map((each) => wordFor(placeWords, each, language)).join(', ')
  const how = wordFor(interactionWords, interaction, language)
  const offered = [words.place, where === '' ? how : `${where} (${how})`] as const
  if (approvedBy === undefined) return [offered]
  return [[words.approved, markup`${words.approvedMark[language]}: ${approvedBy}`], offered]
}

function contractLinks(id: string, contract: ContractParts, language: Language): Markup {
  const path = `/v1/catalogue/services/${encodeURIComponent(id)}`
  const links = [
    contract.wsdl ? markup`<li><a href="${path}/wsdl">WSDL</a> (SOAP)</li>\n` : undefined,
    contract.openApi ? markup`<li><a href="${path}/openapi">OpenAPI</a> (REST)</li>\n` : undefined,
    contract.files
      ? markup`<li><a href="${path}/contract">${words.files[language]}</a></li>\n`
      : undefined,
  ]
  if (links.every((each) => each === undefined)) return markup`<p>${words.noContract[language]}</p>`
  return markup`<ul>${links}</ul>`
}

function givenData(catalogue: Catalogue, group: string, language: Language): Markup | undefined {
  const given = catalogue.given(group)
  if (given.length === 0) return undefined
  const rows = given.map(
    ({
      object,
      resource,
    }) => markup`<tr><th scope="row">${object.name[language]}<small><code>${object.code}</code></small></th>
<td><a href="${pathOf('resource', resource.id, language)}">${resource.name[language]}</a></td><td>${sourceWord(object, language)}</td></tr>
`,
  )
  const head = [words.object, words.resource, words.source]
  return markup`<h2>${words.given[language]}</h2>
${table(words.given, head, rows, language)}`
}

function versions(
  { id }: CatalogueService,
  all: readonly CatalogueService[],
  language: Language,
  now: Date,
): Markup | undefined {
  const others = all.filter((each) => each.id !== id)
  if (others.length === 0) return undefined
  const rows = all.map(
    (
      each,
    ) => markup`<tr><th scope="row"><a href="${pathOf('service', each.id, language)}"${each.id === id ? markup` aria-current="page"` : undefined}>${each.version}</a></th>
<td>${stateText(each.stateAt(now), language)}</td><td>${each.deprecatedFrom ? dayText(each.deprecatedFrom) : '–'}</td></tr>
`,
  )
  const head = [words.version, words.state, words.deprecated]
  return markup`<h2>${words.versions[language]}</h2>
${table(words.versions, head, rows, language)}`
}

export function resourcePage(
  resource: CatalogueResource,
  catalogue: Catalogue,
  language: Language,
): string {
  const { id, name, owner, kind, status, successor, identifiers, dataObjects, offeredBy } = resource
  const facts = terms(
    [
      [words.state, statusText(status, language)],
      [
        words.successor,
        successor === undefined
          ? undefined
          : link('resource', successor, catalogue.resource(successor), language),
      ],
      [words.owner, memberLink(owner, language)],
      [words.id, markup`<code>${id}</code>`],
      [words.kind, kindWord(kind, language)],
      [words.identifiers, identifiers.length > 0 ? identifiers.join(', ') : words.none[language]],
    ],
    language,
  )
  const rows = dataObjects.map(
    (object) => markup`<tr><th scope="row">${object.name[language]}</th>
<td><code>${object.code}</code></td><td>${sourceWord(object, language)}</td></tr>
`,
  )
  const head = [words.name, words.code, words.source]
  const services = offeredBy.flatMap((group) => catalogue.versions(group))
  const content = markup`${facts}
<h2>${words.objects[language]}</h2>
${rows.length > 0 ? table(words.objects, head, rows, language) : markup`<p>${words.none[language]}</p>`}
${serviceList(words.offeredBy, services, language)}`
  return entryPage('resource', id, name[language], language, content)
}

export function memberPage(
  member: CatalogueMember,
  catalogue: Catalogue,
  language: Language,
): string {
  const { id, name, status, successor } = member
  const facts = terms(
    [
      [words.state, statusText(status, language)],
      [
        words.successor,
        successor === undefined
          ? undefined
          : link('member', successor, catalogue.member(successor), language),
      ],
      [words.id, markup`<code>${id}</code>`],
    ],
    language,
  )
  const resources = catalogue.resourcesOf(id)
  const held = resources.map(
    (each) =>
      markup`<li><a href="${pathOf('resource', each.id, language)}">${each.name[language]}</a></li>\n`,
  )
  const content = markup`${facts}
${serviceList(words.services, catalogue.servicesOf(id), language)}
<h2>${words.resources[language]}</h2>
${held.length > 0 ? markup`<ul>${held}</ul>` : markup`<p>${words.none[language]}</p>`}`
  return entryPage('member', id, name[language], language, content)
}

function serviceList(
  title: (typeof words)[keyof typeof words],
  services: readonly CatalogueService[],
  language: Language,
): Markup {
  const items = services.map((each) => markup`<li>${serviceLink(each, language)}</li>\n`)
  return markup`<h2>${title[language]}</h2>
${items.length > 0 ? markup`<ul>${items}</ul>` : markup`<p>${words.none[language]}</p>`}`
}

/** What was put away, or never was in the catalogue, has no page. */
function link(
  noun: ChangedNoun,
  id: string,
  there: object | undefined,
  language: Language,
): Markup {
  if (!there) return markup`<code>${id}</code>`
  return markup`<a href="${pathOf(noun, id, language)}"><code>${id}</code></a>`
}

function sourceWord({ source }: CatalogueObject, language: Language): string {
  return (source ? words.isSource : words.isCopy)[language]
}

function entryPage(
  noun: ChangedNoun,
  id: string,
  title: string,
  language: Language,
  content: Markup,
): string {
  const path = pathOf(noun, id, language).replace(/\?.*$/, '')
  return layout({ language, title, path, content, json: path.replace('/html/', '/') })
}
