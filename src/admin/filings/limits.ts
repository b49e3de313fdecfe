export const filingTitleCharsMax = 200
export const filingTextCharsMax = 4_000
/** What one member has waiting for an answer at one time, of each kind. */
export const openFilingsPerMemberMax = 100
/** What one member files in a day, withdrawn or not: everybody who answers has a mail of it. */
export const filingsPerMemberDayMax = 200
