import type { Route } from './route.js'

/** The access right that leaves fields out of answers, as the consumer is told; undefined where none does. */
export function filteredBy({ accessRight }: Pick<Route, 'accessRight'>): string | undefined {
  return accessRight && accessRight.omit.length > 0 ? accessRight.id : undefined
}
