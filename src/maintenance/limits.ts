/** How long works last at most, and how far ahead they are announced. */
export const windowDaysMax = 31
export const daysAheadMax = 366
/** Windows of one system, or of the bus, that are not over yet. */
export const openWindowsMax = 200
/** Windows that are filed of one system in a day, called off or not, and changes of one window: everybody concerned has a mail of each. */
export const windowsPerDayMax = 200
export const windowChangesMax = 50
export const worksCharsMax = 1_000
/** Members told in one statement. */
export const toldAtOnce = 500
/** What a calendar shows: so many windows, those that were over for so long left out. */
export const calendarWindowsMax = 2_000
export const calendarDaysBack = 31
