export const incidentTextCharsMax = 2_000
/** A failure that is entered by hand began no longer ago. */
export const incidentStartDaysMax = 31
