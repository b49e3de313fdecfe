/** Limits of the open catalogue: anybody may ask, and nobody may empty it in a hurry. */
export const catalogueLimits = {
  /** Of one address, and of all together; beyond what people do, and below what a scraper wants. */
  requestsPerAddressSecondMax: 10,
  requestsPerSecondMax: 200,
  searchCharsMax: 200,
  /** Entries of the Atom feed; who wants more reads the pages of changes. */
  feedEntriesMax: 100,
  /** States of the history that one step of the job looks at, and steps of one turn. */
  historyRowsPerStep: 500,
  stepsPerTurn: 20,
  /** Subscriptions of one recipient. */
  subscriptionsMax: 200,
} as const
