import { serviceCodeOf, type ServiceCode, type ServiceId } from '../../exchange/identifier.js'
import { holdsStandIn, mayBeSame } from '../declaration/stand-in.js'
import { fieldPlace, itemPlaces, report, type YamlPlace } from '../declaration/yaml-place.js'
import { registryLimits } from '../limits.js'
import { objectKeys } from '../object-keys.js'
import {
  isKeyedByPin,
  type DataObject,
  type InformationResource,
  type ResourceId,
} from '../resource.js'
import { checkSuccessors } from './check-parties.js'
import type { WorkingCopy } from './working-copy.js'

/** Whether resources are whose they say, are one thing only, and hold what nobody else is the source of. */
export function checkResources(copy: WorkingCopy): void {
  checkSuccessors(copy.resources)
  checkNames(copy)
  const sources = new SourceIndex(copy.resources.after.values())
  const codes = serviceCodesOf(copy)
  for (const [, resource, at] of copy.resources.declared()) {
    checkSize(resource, at)
    checkOwner(copy, resource, at)
    checkEnd(resource, at)
    checkRelations(copy, resource, { at, codes })
    checkObjects(copy, resource, { at, sources })
  }
  checkPersonalData(copy)
}

/** A name is that of a system or of a resource, and never of both. */
function checkNames({ resources, subsystems }: WorkingCopy): void {
  const nameless = 'Give one of the two another code.'
  for (const [id, , at] of resources.declared()) {
    if (subsystems.after.has(id)) report(at, `${id} is a subsystem already`, nameless)
  }
  for (const [id, , at] of subsystems.declared()) {
    const isNew = !subsystems.before.has(id)
    if (isNew && resources.before.has(id)) report(at, `${id} is a resource already`, nameless)
  }
}

function checkSize(entry: object, at: YamlPlace): void {
  const { resourceBytesMax } = registryLimits
  if (Buffer.byteLength(JSON.stringify(entry)) <= resourceBytesMax) return
  report(at, `is larger than ${resourceBytesMax} bytes`, 'Shorten its texts, or divide it.')
}

function checkOwner({ members }: WorkingCopy, resource: InformationResource, at: YamlPlace): void {
  const { id, owner } = resource
  const named = id.slice(0, id.lastIndexOf('/'))
  for (const member of new Set([named, owner])) {
    if (members.knows(member)) continue
    const place = fieldPlace(at, member === owner && member !== named ? 'owner' : 'id')
    report(place, `${member} is not registered`, 'Declare it as a member.')
  }
}

function checkEnd(resource: InformationResource, at: YamlPlace): void {
  const { important, status, successor, archivePlace } = resource
  if (!important || status !== 'liquidated') return
  if (successor !== undefined || archivePlace !== undefined) return
  report(
    fieldPlace(at, 'status'),
    'is liquidated, and the resource is important',
    'Name its successor, or archivePlace: where its data are kept (R-036).',
  )
}

function checkRelations(
  copy: WorkingCopy,
  resource: InformationResource,
  { at, codes }: { readonly at: YamlPlace; readonly codes: ReadonlySet<string> },
): void {
  for (const field of ['offeredBy', 'readBy'] as const) {
    const places = itemPlaces(fieldPlace(at, field))
    for (const [index, code] of resource[field].entries()) {
      if (codes.has(code) || mayBeDeclared(copy, code)) continue
      const place = places[index] ?? fieldPlace(at, field)
      report(place, `${code} is not registered`, 'Declare the service, or leave it out.')
    }
  }
}

function checkObjects(
  copy: WorkingCopy,
  resource: InformationResource,
  { at, sources }: { readonly at: YamlPlace; readonly sources: SourceIndex },
): void {
  const places = itemPlaces(fieldPlace(at, 'dataObjects'))
  const before = copy.resources.before.get(resource.id)
  const seen = new Set<string>()
  for (const [index, object] of resource.dataObjects.entries()) {
    const place = places[index] ?? fieldPlace(at, 'dataObjects')
    const keys = objectKeys(object)
    if (keys.some((key) => seen.has(key))) {
      report(place, `${object.code} is there twice`, 'Keep one of the two.')
    }
    for (const key of keys) seen.add(key)
    if (resource.status === 'liquidated' || object.duplicateReason !== undefined) continue
    const claimed = keysBefore(before, object)
    const news = keys.filter((key) => !claimed.has(key))
    for (const { holder, held } of sources.clashes(resource.id, news)) {
      report(
        place,
        `${held.code} (${held.name.az}) is held by ${holder.id} as its source of truth`,
        'Have it from there; where it must be held a second time, say why as duplicateReason (R-034).',
      )
    }
  }
}

/** What a resource held before with the same claim is nobody's news, whatever else of it changes. */
function keysBefore(
  before: InformationResource | undefined,
  { source }: DataObject,
): ReadonlySet<string> {
  if (before === undefined || before.status === 'liquidated') return new Set()
  const same = before.dataObjects.filter((each) => each.source || !source)
  return new Set(same.flatMap(objectKeys))
}

/** A register of personal data is of something registered, and has its records by PIN or says why not. */
function checkPersonalData({ personalData, subsystems, resources }: WorkingCopy): void {
  for (const [id, entry, at] of personalData.declared()) {
    const { noPinReason, categories } = entry
    checkSize(entry, at)
    if (!subsystems.knows(id) && !resources.knows(id)) {
      report(fieldPlace(at, 'id'), `${id} is not registered`, 'Declare the subsystem or resource.')
    }
    if (categories.length === 0) {
      report(fieldPlace(at, 'categories'), 'names none', 'Say what data of persons it holds.')
    }
    const resource = resources.after.get(id)
    if (!resource || isKeyedByPin(resource) || noPinReason !== undefined) continue
    report(
      at,
      'holds personal data, and its records are not found by PIN (fin)',
      'Add fin to identifiers of the resource, or say why as noPinReason (R-038).',
    )
  }
}

interface Clash {
  readonly holder: InformationResource
  readonly held: DataObject
}

/** Which resources are the source of truth of what. */
class SourceIndex {
  readonly #byKey = new Map<string, Clash[]>()

  constructor(resources: Iterable<InformationResource>) {
    for (const holder of resources) {
      if (holder.status === 'liquidated' || holdsStandIn(holder.id)) continue
      for (const held of holder.dataObjects.filter(({ source }) => source)) {
        for (const key of objectKeys(held)) {
          const known = this.#byKey.get(key)
          if (known) known.push({ holder, held })
          else this.#byKey.set(key, [{ holder, held }])
        }
      }
    }
  }

  clashes(resource: ResourceId, keys: readonly string[]): Clash[] {
    const found = keys.flatMap((key) => this.#byKey.get(key) ?? [])
    const others = found.filter(({ holder }) => holder.id !== resource)
    return [...new Map(others.map((clash) => [clash.holder.id, clash])).values()]
  }
}

function serviceCodesOf({ services }: WorkingCopy): ReadonlySet<string> {
  return new Set([...services.after.keys()].map((id) => serviceCodeOf(id as ServiceId)))
}

function mayBeDeclared({ services }: WorkingCopy, code: ServiceCode): boolean {
  return services.mayHold((each) => mayBeSame(serviceCodeOf(each as ServiceId), code))
}
