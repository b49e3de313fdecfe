import type { SearchPage } from './log-search.store.js'
import type { SearchCriteria, SearchPageWish, SearchScope } from './search-query.js'

/** What the controller needs; whoever opens the listener supplies it. */
export abstract class LogSearch {
  /**
   * Whose exchanges the caller may see.
   * @param bearer - the `Authorization` field of the request (RFC 6750 §2.1)
   * @returns undefined for somebody who may see none
   */
  abstract scopeOf(bearer: string | undefined): SearchScope | undefined

  /** @throws SearchQueryError; any other error means that the log cannot be read just now */
  abstract search(
    scope: SearchScope,
    criteria: SearchCriteria,
    page: SearchPageWish,
  ): Promise<SearchPage>
}
