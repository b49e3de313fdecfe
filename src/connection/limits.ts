/** Cases of one member that have not come to an end. */
export const openCasesPerMemberMax = 200
/** Those that it opens in a day, whatever becomes of them: each means papers, and mails to every officer. */
export const casesPerMemberDayMax = 400
/** Steps of a case after which it is handed in no more. */
export const stepsBeforeSubmissionMax = 100
/** What an officer or a participant writes to a step: a justification, grounds, what was done. */
export const caseTextCharsMax = 10_000
/** Files that show an improvement. */
export const evidenceFilesMax = 50
export const evidenceNameCharsMax = 500
/** Missing data that an officer names. */
export const missingNamedMax = 50
/** Improvements of one case; security opinions, and corrections, as many each. */
export const notesPerCaseMax = 200
/** Decisions of officers on the lines of one check. */
export const decisionsPerCheckMax = 500

/** A check that runs longer is given up. */
export const checkMsMax = 120_000
/** For so long nobody else takes up a check that a node has begun; longer than the check may take. */
export const checkLeaseMs = 180_000
/** Attempts before an officer gets what could not be checked. */
export const checkAttemptsMax = 3
/** For each attempt that failed, before the next. */
export const checkRetryMs = 10_000
/** Of what is kept of why an attempt failed. */
export const checkTroubleCharsMax = 500
/** Checks that a node runs at one time, and how often it looks for others. */
export const checksPerTurn = 4
export const checksEveryMs = 1_000
