import { z } from 'zod'
import type { JsonValue } from '../../canonical-json.js'
import { partyStatuses } from '../../registry/member.js'
import {
  hostingPlaces,
  personalDataStatuses,
  resourceKinds,
  type InformationResource,
  type PersonalDataSystem,
} from '../../registry/resource.js'
import { personalDataTable, resourceTable } from '../../registry/resource-tables.js'
import { reasonText } from '../reason-text.js'
import { plainJson } from '../registry/entry-schemas.js'
import { bilingual, code, identifier, text } from '../registry/fields.js'
import type { Kind } from '../registry/registry-entries.js'

const dataObject = z.strictObject({
  code,
  name: bilingual,
  source: z.boolean().describe('Whether this resource is its source of truth'),
  duplicateReason: text
    .nullable()
    .optional()
    .describe('Why it is held although another resource is its source of truth; by the operator'),
})

const hosting = z.strictObject({ place: z.enum(hostingPlaces), address: text })
const contact = z.strictObject({ name: text, email: text, phone: text })

export const resourceFields = z
  .strictObject({
    kind: z.enum(resourceKinds),
    name: bilingual,
    legalBasis: text,
    identifiers: z.array(code).max(16).describe('By what records are found: fin, voen'),
    dataObjects: z.array(dataObject).max(256),
    hosting,
    contact,
    state: z.boolean().describe('Whether it is in the register of state information resources'),
    registerNumber: text.nullable(),
    offeredBy: z.array(identifier).max(256).describe('Service codes that give of its data'),
    readBy: z.array(identifier).max(256).describe('Service codes that read its data'),
    successor: identifier.nullable(),
    important: z.boolean(),
    archivePlace: text.nullable(),
  })
  .partial()
export type ResourceFields = z.infer<typeof resourceFields>

const asked = { reason: reasonText.optional() }
export const resourceChange = resourceFields.extend(asked).meta({ id: 'ResourceChange' })
export type ResourceChange = z.infer<typeof resourceChange>

export const newResource = resourceFields
  .required({ kind: true, name: true, legalBasis: true, identifiers: true })
  .required({ dataObjects: true, hosting: true, contact: true })
  .extend({ id: identifier, ...asked })
  .meta({ id: 'NewInformationResource' })
export type NewResource = z.infer<typeof newResource>

export const resourceStatusChange = z
  .strictObject({
    status: z.enum(partyStatuses),
    reason: reasonText,
    successor: identifier.optional(),
    archivePlace: text.optional(),
  })
  .meta({ id: 'ResourceStatusChange' })
export type ResourceStatusChange = z.infer<typeof resourceStatusChange>

const name = z.object({ az: z.string(), en: z.string() })

export const objectSchema = z.object({
  code: z.string(),
  name,
  source: z.boolean(),
  duplicateReason: z.string().optional(),
})

export const resourceSchema = z
  .object({
    ...{ id: z.string(), owner: z.string(), kind: z.enum(resourceKinds), name },
    legalBasis: z.string(),
    identifiers: z.array(z.string()),
    dataObjects: z.array(objectSchema),
    hosting: z.object({
      place: z.enum(hostingPlaces),
      address: z.string().optional().describe('For the owner, the operator, coordinator, security'),
    }),
    contact: z.object({ name: z.string(), email: z.string(), phone: z.string() }),
    state: z.boolean(),
    registerNumber: z.string().optional(),
    offeredBy: z.array(z.string()),
    readBy: z.array(z.string()),
    status: z.enum(partyStatuses),
    successor: z.string().optional(),
    important: z.boolean(),
    archivePlace: z.string().optional(),
  })
  .meta({ id: 'InformationResource', description: 'An information resource of the registry' })

/** @param withAddress - whether it is said where the resource stands, which only few may see */
export function resources(withAddress: boolean): Kind<InformationResource> {
  return {
    table: resourceTable,
    keyOf: ({ id }) => id,
    json: (resource) => resourceJson(resource, withAddress),
  }
}

function resourceJson(resource: InformationResource, withAddress: boolean): JsonValue {
  const { place, address } = resource.hosting
  return plainJson({
    ...resource,
    dataObjects: resource.dataObjects.map((each) => plainJson(each) as object),
    hosting: withAddress ? { place, address } : { place },
  })
}

export const personalDataFields = z
  .strictObject({
    purpose: text,
    categories: z.array(text).min(1).max(64),
    legalBasis: text,
    noPinReason: text.nullable().describe('Why records are not found by PIN (FİN)'),
    registerNumber: text.nullable(),
    status: z.enum(personalDataStatuses),
  })
  .partial()
export const personalDataChange = personalDataFields
  .extend(asked)
  .meta({ id: 'PersonalDataSystemChange' })
export type PersonalDataChange = z.infer<typeof personalDataChange>
export const newPersonalData = personalDataFields
  .required({ purpose: true, categories: true, legalBasis: true })
  .extend({ id: identifier.describe('Of a subsystem or of an information resource') })
  .meta({ id: 'NewPersonalDataSystem' })
export type NewPersonalData = z.infer<typeof newPersonalData>

export const personalDataSchema = z
  .object({
    ...{ id: z.string(), purpose: z.string(), categories: z.array(z.string()) },
    ...{ legalBasis: z.string(), noPinReason: z.string().optional() },
    ...{ registerNumber: z.string().optional(), status: z.enum(personalDataStatuses) },
  })
  .meta({ id: 'PersonalDataSystem', description: 'An entry of the second State Register' })

export const personalDataSystems: Kind<PersonalDataSystem> = {
  table: personalDataTable,
  keyOf: ({ id }) => id,
  json: plainJson,
}
