import { parseMemberId } from '../../src/exchange/identifier.js'
import {
  memberInResource,
  parseResourceId,
  type DataObject,
  type InformationResource,
} from '../../src/registry/resource.js'

export const pensionId = parseResourceId('AZ/GOV/DSMF/FERDI-UCOT')

export function sampleObject(code: string, az: string, rest: Partial<DataObject> = {}): DataObject {
  return { code, name: { az, en: code }, source: true, duplicateReason: undefined, ...rest }
}

export function sampleResource(
  id: string,
  rest: Partial<InformationResource> = {},
): InformationResource {
  const named = parseResourceId(id)
  return {
    id: named,
    owner: parseMemberId(memberInResource(named)),
    kind: 'register',
    name: { az: 'Ehtiyat', en: 'Resource' },
    legalBasis: 'Nazirlər Kabinetinin qərarı',
    identifiers: ['fin'],
    dataObjects: [],
    hosting: { place: 'data-centre', address: 'Bakı, Z. Əliyeva 77' },
    contact: { name: 'Aysel Nümunəyeva', email: 'ehtiyat@example.az', phone: '+994 12 000 00 00' },
    state: true,
    registerNumber: undefined,
    offeredBy: [],
    readBy: [],
    status: 'active',
    successor: undefined,
    important: false,
    archivePlace: undefined,
    ...rest,
  }
}
