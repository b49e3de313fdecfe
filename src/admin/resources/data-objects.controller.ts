import { Controller, Get, Inject, Query } from '@nestjs/common'
import { z } from 'zod'
import {
  resourceKinds,
  type DataObject,
  type InformationResource,
} from '../../registry/resource.js'
import { ResourceDirectory } from '../../registry/resource-directory.store.js'
import { AdminDatabase } from '../admin-database.store.js'
import { Answers } from '../answers.decorator.js'
import { page, pageOf, pageQuery, type Page } from '../paging.js'
import { Everyone } from '../permission.js'
import { identifier } from '../registry/fields.js'
import { graphOf, graphSchema, type Graph } from './graph.js'
import { resourceAreaLimits } from './limits.js'
import { consumersOf, relatedResources } from './relations.store.js'
import { objectSchema } from './resource-schemas.js'

const { searchCharsMax, codesAskedMax, graphNodesMax } = resourceAreaLimits

const searchQuery = pageQuery.extend({
  text: z.string().min(1).max(searchCharsMax).describe('Part of a name or code, in any case'),
})
const holdersQuery = z.strictObject({
  codes: z
    .string()
    .min(1)
    .max(codesAskedMax * 100)
    .transform((text) => text.split(',').map((each) => each.trim()))
    .pipe(z.array(z.string().min(1).max(100)).max(codesAskedMax))
    .meta({ type: 'string', description: 'Codes or names of data objects, with commas' }),
})
const graphQuery = z.strictObject({
  resource: identifier.optional(),
  owner: identifier.optional(),
})

const holderFields = {
  resource: z.string(),
  owner: z.string(),
  kind: z.enum(resourceKinds),
  name: z.object({ az: z.string(), en: z.string() }),
  identifiers: z.array(z.string()),
  services: z.array(z.string()).describe('Service codes that give of its data'),
}
const foundSchema = z
  .object({ ...holderFields, dataObjects: z.array(objectSchema) })
  .meta({ id: 'HoldingResource', description: 'A resource that holds what was asked for' })
const heldSchema = z
  .object({ ...holderFields, asked: z.string(), dataObject: objectSchema })
  .meta({ id: 'HeldObject', description: 'A data object with its source of truth' })

/** Which resource holds what data. */
@Controller()
export class DataObjectsController {
  readonly #database: AdminDatabase
  readonly #directory: ResourceDirectory

  constructor(
    @Inject(AdminDatabase) database: AdminDatabase,
    @Inject(ResourceDirectory) directory: ResourceDirectory,
  ) {
    this.#database = database
    this.#directory = directory
  }

  /** Which resource holds this data, and by which services it is given. */
  @Get('data-objects')
  @Everyone()
  @Answers(pageOf(foundSchema))
  async search(
    @Query({ schema: searchQuery }) { text, limit, after }: z.infer<typeof searchQuery>,
  ): Promise<Page<z.infer<typeof foundSchema>>> {
    const found = await this.#directory.search({ text, after, limit: limit + 1 })
    const items = found.map(({ resource, objects }) => ({
      ...holderOf(resource),
      dataObjects: objects.map(objectOf),
    }))
    return page(items, limit, ({ resource }) => resource)
  }

  /** Sources of truth of data objects: what would be a duplicate, and what need not be asked of people. */
  @Get('data-objects/holders')
  @Everyone()
  @Answers(z.object({ items: z.array(heldSchema) }))
  async holders(
    @Query({ schema: holdersQuery }) { codes }: z.infer<typeof holdersQuery>,
  ): Promise<{ items: z.infer<typeof heldSchema>[] }> {
    const held = await this.#directory.findDuplicates(codes)
    return {
      items: held.map(({ asked, object, resource }) => ({
        ...holderOf(resource),
        ...{ asked, dataObject: objectOf(object) },
      })),
    }
  }

  /** Who owns, offers, reads and consumes resources, as nodes and edges. */
  @Get('resource-graph')
  @Everyone()
  @Answers(graphSchema)
  async graph(@Query({ schema: graphQuery }) wanted: z.infer<typeof graphQuery>): Promise<Graph> {
    const { pool } = this.#database
    const found = await relatedResources(pool, wanted, graphNodesMax + 1)
    const resources = found.slice(0, graphNodesMax)
    const codes = [...new Set(resources.flatMap(({ offeredBy }) => offeredBy))]
    const limit = resourceAreaLimits.graphEdgesMax
    const consumers = await consumersOf(pool, codes, { now: new Date(), limit: limit + 1 })
    const isWhole = found.length === resources.length && consumers.length <= limit
    return graphOf(resources, consumers.slice(0, limit), isWhole)
  }
}

function holderOf({ id, owner, kind, name, identifiers, offeredBy }: InformationResource) {
  return {
    ...{ resource: id, owner, kind, name },
    ...{ identifiers: [...identifiers], services: [...offeredBy] },
  }
}

function objectOf({ duplicateReason, ...object }: DataObject): z.infer<typeof objectSchema> {
  return { ...object, ...(duplicateReason !== undefined && { duplicateReason }) }
}
