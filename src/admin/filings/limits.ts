export const filingTitleCharsMax = 200
export const filingTextCharsMax = 4_000
/** What one member has waiting for an answer at one time, of each kind. */
export const openFilingsPerMemberMax = 100
