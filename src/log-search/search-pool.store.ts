import type pg from 'pg'
import { LogSearch } from './log-search.js'
import { searchExchanges, type SearchPage } from './log-search.store.js'
import type { SearchCriteria, SearchPageWish, SearchScope } from './search-query.js'

export interface SearchPoolOptions {
  /** Few connections under the role of the auditors, with `searchStatementTimeoutMs` as their limit. */
  readonly pool: pg.Pool
  /** Whose exchanges the bearer of an `Authorization` field may see; undefined for nobody's. */
  readonly scopeOf: (bearer: string | undefined) => SearchScope | undefined
}

/** Log search for a listener. The caller ends the pool. */
export class SearchPool extends LogSearch {
  readonly #options: SearchPoolOptions

  constructor(options: SearchPoolOptions) {
    super()
    this.#options = options
  }

  override scopeOf(bearer: string | undefined): SearchScope | undefined {
    return this.#options.scopeOf(bearer)
  }

  override async search(
    scope: SearchScope,
    criteria: SearchCriteria,
    page: SearchPageWish,
  ): Promise<SearchPage> {
    const client = await this.#options.pool.connect()
    // A connection that breaks meanwhile is told of by the query under way.
    client.on('error', nothing)
    try {
      return await searchExchanges(client, scope, criteria, page)
    } finally {
      client.off('error', nothing)
      client.release()
    }
  }
}

function nothing(): void {}
