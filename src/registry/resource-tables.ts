import { folded } from './folded.js'
import { objectKeys } from './object-keys.js'
import { column, derived, nameColumns, nameIn, type Row, type Table } from './table.js'
import {
  memberInResource,
  type DataObject,
  type InformationResource,
  type PersonalDataSystem,
} from './resource.js'

export const resourceTable: Table<InformationResource> = {
  table: 'information_resource',
  columns: [
    column('id', 'text', ({ id }) => id),
    derived('member', ({ id }) => memberInResource(id)),
    column('owner', 'text', ({ owner }) => owner),
    column('kind', 'text', ({ kind }) => kind),
    ...nameColumns,
    column('legal_basis', 'text', ({ legalBasis }) => legalBasis),
    column('identifiers', 'jsonb', ({ identifiers }) => identifiers),
    column('data_objects', 'jsonb', ({ dataObjects }) => dataObjects),
    derived('source_keys', (resource) => sourceKeys(resource), 'text[]'),
    derived('search_text', (resource) => searchText(resource)),
    column('hosting', 'jsonb', ({ hosting }) => hosting),
    column('contact', 'jsonb', ({ contact }) => contact),
    column('state', 'boolean', ({ state }) => state),
    column('register_number', 'text', ({ registerNumber }) => registerNumber),
    column('offered_by', 'jsonb', ({ offeredBy }) => offeredBy),
    column('read_by', 'jsonb', ({ readBy }) => readBy),
    column('status', 'text', ({ status }) => status),
    column('successor', 'text', ({ successor }) => successor),
    column('important', 'boolean', ({ important }) => important),
    column('archive_place', 'text', ({ archivePlace }) => archivePlace),
  ],
  read: resourceIn,
}

export const personalDataTable: Table<PersonalDataSystem> = {
  table: 'personal_data_system',
  columns: [
    column('id', 'text', ({ id }) => id),
    column('purpose', 'text', ({ purpose }) => purpose),
    column('categories', 'jsonb', ({ categories }) => categories),
    column('legal_basis', 'text', ({ legalBasis }) => legalBasis),
    column('no_pin_reason', 'text', ({ noPinReason }) => noPinReason),
    column('register_number', 'text', ({ registerNumber }) => registerNumber),
    column('status', 'text', ({ status }) => status),
  ],
  read: (row) =>
    ({
      id: row.id,
      purpose: row.purpose,
      categories: row.categories,
      legalBasis: row.legal_basis,
      noPinReason: row.no_pin_reason ?? undefined,
      registerNumber: row.register_number ?? undefined,
      status: row.status,
    }) as PersonalDataSystem,
}

/** Of what a resource is the source of truth, while it is not ended. */
function sourceKeys({ dataObjects, status }: InformationResource): string[] {
  if (status === 'liquidated') return []
  return [...new Set(dataObjects.filter(({ source }) => source).flatMap(objectKeys))]
}

/** What a resource is looked for by, a text a line. */
function searchText({ id, name, dataObjects }: InformationResource): string {
  const texts = [id, name.az, name.en]
  for (const { code, name: called } of dataObjects) texts.push(code, called.az, called.en)
  return texts.map(folded).join('\n')
}

function resourceIn(row: Row): InformationResource {
  const { place, address } = row.hosting as InformationResource['hosting']
  const { name, email, phone } = row.contact as InformationResource['contact']
  const resource: unknown = {
    id: row.id,
    owner: row.owner,
    kind: row.kind,
    name: nameIn(row),
    legalBasis: row.legal_basis,
    identifiers: row.identifiers,
    dataObjects: (row.data_objects as DataObject[]).map(objectIn),
    hosting: { place, address },
    contact: { name, email, phone },
    state: row.state,
    registerNumber: row.register_number ?? undefined,
    offeredBy: row.offered_by,
    readBy: row.read_by,
    status: row.status,
    successor: row.successor ?? undefined,
    important: row.important,
    archivePlace: row.archive_place ?? undefined,
  }
  return resource as InformationResource
}

/** In the order and with the fields of the type, whatever the database makes of JSON. */
function objectIn({ code, name, source, duplicateReason }: DataObject): DataObject {
  return { code, name: { az: name.az, en: name.en }, source, duplicateReason }
}
