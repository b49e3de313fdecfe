import type { Pool } from 'pg'
import { folded } from './folded.js'
import { selectOf } from './registry-content.store.js'
import type { Row } from './table.js'
import { objectKeys } from './object-keys.js'
import { resourceTable } from './resource-tables.js'
import type { DataObject, InformationResource } from './resource.js'

/** A data object that a resource is the source of truth of. */
export interface HeldObject {
  /** As the question named it. */
  readonly asked: string
  readonly object: DataObject
  readonly resource: InformationResource
}

export interface FoundResource {
  readonly resource: InformationResource
  /** Those of its data objects that were meant; none where the resource itself was. */
  readonly objects: readonly DataObject[]
}

export interface SearchTerms {
  /** Part of a name or a code; any, where it is absent. */
  readonly text?: string | undefined
  readonly limit: number
  /** Identifier of a resource behind which the list begins. */
  readonly after?: string | undefined
}

const columns = resourceTable.columns
  .filter(({ derived }) => !derived)
  .map((each) => selectOf(each, 'r'))
  .join(', ')

/** Answers which resource holds what data. */
export class ResourceDirectory {
  readonly #pool: Pick<Pool, 'query'>

  constructor(pool: Pick<Pool, 'query'>) {
    this.#pool = pool
  }

  /** Resources by a part of their name, or of what they hold, in the order of identifiers; ended ones left out. */
  async search({ text = '', limit, after }: SearchTerms): Promise<FoundResource[]> {
    const wanted = folded(text)
    const { rows } = await this.#pool.query<Row>(
      `SELECT ${columns} FROM sluice.information_resource r
        WHERE r.status <> 'liquidated' AND ($2::text IS NULL OR r.id COLLATE "C" > $2)
          AND strpos(r.search_text, $3) > 0
        ORDER BY r.id COLLATE "C" LIMIT $1`,
      [limit, after ?? null, wanted],
    )
    return rows.map(resourceTable.read).map((resource) => ({
      resource,
      objects: wanted === '' ? [] : resource.dataObjects.filter((each) => isMeant(each, wanted)),
    }))
  }

  /**
   * Data objects that other resources are the source of truth of already.
   * @param dataObjects - their codes, or their Azerbaijani names
   * @param except - a resource, or a member whose resources do not count
   */
  async findDuplicates(
    dataObjects: readonly string[],
    except: { readonly resource?: string; readonly owner?: string } = {},
  ): Promise<HeldObject[]> {
    const held = await this.#held(dataObjects)
    return held.filter(
      ({ resource: { id, owner } }) => id !== except.resource && owner !== except.owner,
    )
  }

  /**
   * What a service asks its users for although it could have it from a resource. By what records are found has
   * to be asked for: a PIN that is the key of its own register is no such thing.
   * @param asksFor - codes, or Azerbaijani names, of data objects
   */
  async asksForHeld(asksFor: readonly string[]): Promise<HeldObject[]> {
    const held = await this.#held(asksFor)
    return held.filter(({ asked, resource: { identifiers } }) => {
      return !identifiers.some((each) => folded(each) === folded(asked))
    })
  }

  async #held(asked: readonly string[]): Promise<HeldObject[]> {
    const keys = new Map(asked.map((each) => [folded(each), each]))
    const { rows } = await this.#pool.query<Row>(
      `SELECT ${columns} FROM sluice.information_resource r WHERE r.source_keys && $1
        ORDER BY r.id COLLATE "C"`,
      [[...keys.keys()]],
    )
    return rows.map(resourceTable.read).flatMap((resource) =>
      resource.dataObjects.flatMap((object) => {
        const key = object.source ? objectKeys(object).find((each) => keys.has(each)) : undefined
        const name = key === undefined ? undefined : keys.get(key)
        return name === undefined ? [] : [{ asked: name, object, resource }]
      }),
    )
  }
}

function isMeant({ code, name }: DataObject, wanted: string): boolean {
  return [code, name.az, name.en].some((each) => folded(each).includes(wanted))
}
