/** Acts that are read at once, and those that are looked at for one page: who wants the rest asks on. */
export const actsReadAtOnce = 200
export const actsSeenForPageMax = 2_000
