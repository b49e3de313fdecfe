import type { AdminDatabase } from './admin-database.store.js'

/** What the areas of the admin API are made of. */
export interface AreaParts {
  readonly database: AdminDatabase
}
