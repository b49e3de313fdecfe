/** Days before its end on which an open recheck is told of once more, the soonest last. */
export const warningDays: readonly number[] = [30, 7, 1]
/** How long an owner has, days, where nobody names a day, or where the day of the requirements has passed already. */
export const recheckDays = 30
/** The furthest day that an officer may set, days from now. */
export const recheckDaysMax = 365
/** Objects that one turn of the job opens, warns of, suspends or settles. */
export const rechecksPerTurn = 50
/** What an owner says of a change. */
export const changeTextCharsMax = 4_000
