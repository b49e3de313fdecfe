import { z } from 'zod'
import type { Catalogue } from '../../catalogue/catalogue.js'
import type {
  CatalogueMember,
  CatalogueObject,
  CatalogueResource,
  CatalogueService,
} from '../../catalogue/catalogue-entry.js'
import { changedNouns, changeKinds, type CatalogueChange } from '../../catalogue/change.js'
import { catalogueLimits } from '../../catalogue/limits.js'
import { pageQuery } from '../paging.js'

export const catalogueQuery = pageQuery.extend({
  text: z
    .string()
    .max(catalogueLimits.searchCharsMax)
    .optional()
    .describe('Part of a name or code'),
})
export type CatalogueQuery = z.infer<typeof catalogueQuery>

const bilingual = z.object({ az: z.string(), en: z.string() })
const named = z.object({ id: z.string(), name: bilingual })
const objectSchema = z.object({ code: z.string(), name: bilingual, source: z.boolean() })

export const memberSchema = z
  .object({
    ...{ id: z.string(), name: bilingual, status: z.string() },
    successor: z.string().optional(),
  })
  .meta({ id: 'CatalogueMember', description: 'A participant, as everybody may know it' })

export const serviceSchema = z
  .object({
    ...{ id: z.string(), version: z.string(), name: bilingual.optional() },
    ...{ owner: named, system: named, domain: z.string() },
    state: z.object({
      ...{ code: z.string(), label: bilingual },
      until: z.iso.datetime().optional().describe('Planned end of the works'),
    }),
    isDefault: z.boolean().describe('Whether it answers where no version is named'),
    ...{ protocol: z.string(), pattern: z.string(), modes: z.array(z.string()) },
    hasContract: z.boolean(),
    deprecatedFrom: z.iso.datetime().optional(),
    successor: z.string().optional(),
    place: z
      .object({
        approvedBy: z.string().optional(),
        ...{ places: z.array(z.string()), interaction: z.string() },
      })
      .optional(),
    versions: z.array(z.string()).describe('All versions of the service'),
    gives: z.array(objectSchema.extend({ resource: z.string() })),
  })
  .meta({ id: 'CatalogueService', description: 'A service, as everybody may know it' })

export const resourceSchema = z
  .object({
    ...{ id: z.string(), owner: named, kind: z.string(), name: bilingual, status: z.string() },
    identifiers: z.array(z.string()),
    dataObjects: z.array(objectSchema),
    services: z.array(z.string()).describe('Services that give of its data'),
    successor: z.string().optional(),
  })
  .meta({ id: 'CatalogueResource', description: 'A resource, as everybody may know it' })

export const changeSchema = z
  .object({
    ...{ position: z.string(), at: z.iso.datetime() },
    ...{ kind: z.enum(changeKinds), noun: z.enum(changedNouns), object: z.string() },
    ...{ member: z.string(), name: bilingual.optional(), successor: z.string().optional() },
  })
  .meta({ id: 'CatalogueChange', description: 'A change of the catalogue' })

export function memberJson({ id, name, status, successor }: CatalogueMember) {
  return { ...{ id, name, status }, ...(successor !== undefined && { successor }) }
}

export function serviceJson(
  service: CatalogueService,
  catalogue: Catalogue,
  now: Date,
): z.infer<typeof serviceSchema> {
  const { id, version, name, owner, system, domain, deprecatedFrom, successor, place } = service
  const { code, label, until } = service.stateAt(now)
  const given = catalogue.given(service.group)
  return {
    ...{ id, version, ...(name && { name }), owner, system, domain },
    state: { code, label, ...(until && { until: until.toISOString() }) },
    ...{ isDefault: service.isDefault, protocol: service.protocol, pattern: service.pattern },
    ...{ modes: [...service.modes], hasContract: service.hasContract },
    ...(deprecatedFrom && { deprecatedFrom: deprecatedFrom.toISOString() }),
    ...(successor !== undefined && { successor }),
    ...(place && {
      place: {
        ...(place.approvedBy !== undefined && { approvedBy: place.approvedBy }),
        ...{ places: [...place.places], interaction: place.interaction },
      },
    }),
    versions: catalogue.versions(service.group).map((each) => each.version),
    gives: given.map(({ object, resource }) => ({ ...objectJson(object), resource: resource.id })),
  }
}

export function resourceJson(resource: CatalogueResource): z.infer<typeof resourceSchema> {
  const { id, owner, kind, name, status, identifiers, dataObjects, offeredBy, successor } = resource
  return {
    ...{ id, owner, kind, name, status, identifiers: [...identifiers] },
    ...{ dataObjects: dataObjects.map(objectJson), services: [...offeredBy] },
    ...(successor !== undefined && { successor }),
  }
}

function objectJson({ code, name, source }: CatalogueObject) {
  return { code, name, source }
}

export function changeJson(change: CatalogueChange): z.infer<typeof changeSchema> {
  const { position, at, kind, noun, object, member, name, successor } = change
  return {
    ...{ position, at: at.toISOString(), kind, noun, object, member },
    ...(name && { name }),
    ...(successor !== undefined && { successor }),
  }
}
