import { folded } from '../registry/folded.js'
import type {
  CatalogueContent,
  CatalogueMember,
  CatalogueObject,
  CatalogueResource,
  CatalogueService,
} from './catalogue-entry.js'

export interface Wanted {
  /** Part of a name or a code, in whatever case; any, where it is absent. */
  readonly text?: string | undefined
  readonly limit: number
  /** Identifier behind which the list begins. */
  readonly after?: string | undefined
}

/** What the catalogue has of a service: a data object, with the resource that it comes from. */
export interface GivenObject {
  readonly object: CatalogueObject
  readonly resource: CatalogueResource
}

interface Kept<Entry> {
  readonly entry: Entry
  /** What it is looked for by, folded. */
  readonly words: string
}

/** The open catalogue of one moment, to be looked through. */
export class Catalogue {
  readonly #members: Section<CatalogueMember>
  readonly #services: Section<CatalogueService>
  readonly #resources: Section<CatalogueResource>
  readonly #byGroup: ReadonlyMap<string, readonly CatalogueService[]>
  readonly #offering: ReadonlyMap<string, readonly CatalogueResource[]>

  constructor({ members, services, resources }: CatalogueContent) {
    this.#offering = grouped(
      resources.flatMap((each) => each.offeredBy.map((code) => [code, each] as const)),
    )
    this.#byGroup = grouped(services.map((each) => [each.group, each] as const))
    this.#members = new Section(members, ({ id, name }) => [id, name.az, name.en])
    this.#resources = new Section(resources, resourceWords)
    this.#services = new Section(services, (service) => [
      ...[service.id, service.name?.az, service.name?.en, service.owner.name.az],
      ...[service.owner.name.en, service.system.name.az, service.system.name.en],
      ...(this.#offering.get(service.group) ?? []).flatMap(resourceWords),
    ])
  }

  members(wanted: Wanted): CatalogueMember[] {
    return this.#members.list(wanted)
  }

  member(id: string): CatalogueMember | undefined {
    return this.#members.get(id)
  }

  /** By names and codes of the service, its system, its owner and what its resources hold. */
  services(wanted: Wanted): CatalogueService[] {
    return this.#services.list(wanted)
  }

  service(id: string): CatalogueService | undefined {
    return this.#services.get(id)
  }

  /** All versions that are in the catalogue. */
  versions(group: string): readonly CatalogueService[] {
    return this.#byGroup.get(group) ?? []
  }

  /** What data a service gives, and of which resource. */
  given(group: string): GivenObject[] {
    const resources = this.#offering.get(group) ?? []
    return resources.flatMap((resource) =>
      resource.dataObjects.map((object) => ({ object, resource })),
    )
  }

  resources(wanted: Wanted): CatalogueResource[] {
    return this.#resources.list(wanted)
  }

  resource(id: string): CatalogueResource | undefined {
    return this.#resources.get(id)
  }

  servicesOf(member: string): CatalogueService[] {
    return this.#services.all.filter(({ owner }) => owner.id === member)
  }

  resourcesOf(member: string): CatalogueResource[] {
    return this.#resources.all.filter(({ owner }) => owner.id === member)
  }
}

/** Entries of one kind, in the order of identifiers. */
class Section<Entry extends { readonly id: string }> {
  readonly all: readonly Entry[]
  readonly #kept: readonly Kept<Entry>[]
  readonly #byId: ReadonlyMap<string, Entry>

  constructor(entries: readonly Entry[], wordsOf: (entry: Entry) => (string | undefined)[]) {
    this.all = entries.toSorted((a, b) => byId(a.id, b.id))
    this.#kept = this.all.map((entry) => {
      const words = wordsOf(entry).flatMap((word) => (word === undefined ? [] : [folded(word)]))
      return { entry, words: words.join('\n') }
    })
    this.#byId = new Map(entries.map((entry) => [entry.id, entry]))
  }

  get(id: string): Entry | undefined {
    return this.#byId.get(id)
  }

  list({ text = '', limit, after }: Wanted): Entry[] {
    const wanted = folded(text)
    const found: Entry[] = []
    for (const { entry, words } of this.#kept) {
      if (found.length === limit) break
      if (after !== undefined && byId(entry.id, after) <= 0) continue
      if (words.includes(wanted)) found.push(entry)
    }
    return found
  }
}

function resourceWords({ id, name, dataObjects }: CatalogueResource): string[] {
  const objects = dataObjects.flatMap(({ code, name: called }) => [code, called.az, called.en])
  return [id, name.az, name.en, ...objects]
}

function byId(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

function grouped<Entry>(
  pairs: readonly (readonly [string, Entry])[],
): ReadonlyMap<string, readonly Entry[]> {
  const groups = new Map<string, Entry[]>()
  for (const [key, entry] of pairs) {
    const group = groups.get(key)
    if (group) group.push(entry)
    else groups.set(key, [entry])
  }
  return groups
}
