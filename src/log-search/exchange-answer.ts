import type { FoundExchange, SearchPage } from './log-search.store.js'

/** A page as JSON: what the entries say, and how far to trust that it is all. */
export function pageJson({ exchanges, next, reachedAt, disagreeing }: SearchPage): object {
  return {
    exchanges: exchanges.map(exchangeJson),
    next,
    reachedAt: reachedAt?.toISOString(),
    disagreeing,
  }
}

/** One exchange as JSON: both entries as they are stored. */
export function exchangeJson(found: FoundExchange): object {
  const { exchangeId, isIntact, request, outcome } = found
  return { exchangeId, intact: isIntact, request, outcome }
}
