/** Search of exchanges: fixed limits, with their units in their names. */

export const searchFillLimits = {
  /** Entries looked at in one transaction; one transaction's own are never parted. */
  entriesPerBatchMax: 20_000,
  batchesPerTurnMax: 5,
}

export type SearchFillLimits = Readonly<typeof searchFillLimits>
/** Exchanges of one page, unless the query says another number, and at most. */
export const searchPageDefault = 50
export const searchPageMax = 500
/** A message id or correlation id that is looked for. */
export const searchTextCharsMax = 1_000
/** Combinations of consumer, provider, service and outcome that one search goes through. */
export const searchPartiesMax = 50_000
/** How often exchanges that have ended are added to the search tables. */
export const searchFillEveryMs = 2_000
/** Health says so when exchanges that ended longer ago cannot be found yet. */
export const searchLagMsMax = 300_000
/** One search in the database. */
export const searchStatementTimeoutMs = 30_000
