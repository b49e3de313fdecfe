import { parseServiceCode, type ServiceCode } from '../../exchange/identifier.js'
import { registryLimits } from '../limits.js'
import { partyStatuses } from '../member.js'
import {
  hostingPlaces,
  parseResourceId,
  personalDataStatuses,
  resourceKinds,
  type DataObject,
  type InformationResource,
  type ResourceContact,
  type ResourceId,
} from '../resource.js'
import type { DeclaredPersonalData, DeclaredResource } from './declaration.js'
import { fewEnough } from './read-conditions.js'
import { bilingual } from './read-member.js'
import { standIn } from './stand-in.js'
import { report, reportAbsent, type YamlPlace } from './yaml-place.js'
import {
  flag,
  identifier,
  list,
  memberId,
  oneOf,
  orNull,
  readRecord,
  text,
  textWhere,
  type Read,
} from './yaml-values.js'

const resourceId: Read<ResourceId> = identifier(parseResourceId, 'AZ/GOV/DSMF/FERDI-UCOT')
const serviceCode: Read<ServiceCode> = identifier(parseServiceCode, 'AZ/GOV/DIN/GCQ/finAxtaris')

/** What a data object, or an identifier of records, is called among machines. */
const code = textWhere(
  (value) => /^[\p{L}\p{N}._-]{1,100}$/u.test(value),
  'is no code',
  'Use at most 100 letters, digits and . _ -',
)

const email = textWhere(
  (value) => /^[^\s@]{1,64}@[^\s@]{1,190}$/.test(value),
  'is no e-mail address',
  'Write it like ad@example.az.',
)

/** Reads an item of `resources:`. */
export function resource(at: YamlPlace): DeclaredResource | undefined {
  const fields = readRecord(at, {
    id: resourceId,
    owner: memberId,
    kind: oneOf(resourceKinds),
    name: bilingual,
    legalBasis: text,
    identifiers: few(code, registryLimits.identifiersMax),
    dataObjects: few(dataObject, registryLimits.dataObjectsMax),
    hosting,
    contact,
    state: flag,
    registerNumber: orNull(text),
    offeredBy: few(serviceCode, registryLimits.relationsMax),
    readBy: few(serviceCode, registryLimits.relationsMax),
    status: oneOf(partyStatuses),
    successor: orNull(resourceId),
    important: flag,
    archivePlace: orNull(text),
  })
  if (!fields) return undefined
  const { id, ...patch } = fields
  reportAbsent(at, ['id'])
  return { id: id ?? (standIn(at, 'id') as ResourceId), patch, at }
}

/** Reads an item of `personalData:`. */
export function personalData(at: YamlPlace): DeclaredPersonalData | undefined {
  const fields = readRecord(at, {
    // Of a subsystem or of a resource, which have one form.
    id: resourceId,
    purpose: text,
    categories: few(text, registryLimits.categoriesMax),
    legalBasis: text,
    noPinReason: orNull(text),
    registerNumber: orNull(text),
    status: oneOf(personalDataStatuses),
  })
  if (!fields) return undefined
  const { id, ...patch } = fields
  reportAbsent(at, ['id'])
  return { id: id ?? standIn(at, 'id'), patch, at }
}

function dataObject(at: YamlPlace): DataObject | undefined {
  const fields = readRecord(at, {
    code,
    name: bilingual,
    source: flag,
    duplicateReason: orNull(text),
  })
  if (!fields) return undefined
  const { code: named, name, source, duplicateReason } = fields
  reportAbsent(at, ['code', 'name', 'source'])
  if (named === undefined || name === undefined || source === undefined) return undefined
  return { code: named, name, source, duplicateReason: duplicateReason ?? undefined }
}

function hosting(at: YamlPlace): InformationResource['hosting'] | undefined {
  const { place, address } = readRecord(at, { place: oneOf(hostingPlaces), address: text }) ?? {}
  if (place !== undefined && address !== undefined) return { place, address }
  report(at, 'must have place and address', 'Write { place: data-centre, address: … }.')
  return undefined
}

function contact(at: YamlPlace): ResourceContact | undefined {
  const { name, email: mail, phone } = readRecord(at, { name: text, email, phone: text }) ?? {}
  if (name !== undefined && mail !== undefined && phone !== undefined) {
    return { name, email: mail, phone }
  }
  report(at, 'must have name, email and phone', 'Say who is asked about it.')
  return undefined
}

/** A list of so many at most; what is there twice stays once. */
function few<T>(read: Read<T>, max: number): Read<T[]> {
  return (at) => {
    const found = list(read)(at)
    return found && fewEnough(at, [...new Set(found)], max)
  }
}
