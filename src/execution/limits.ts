/** Steps that are carried out in one transaction, and transactions of one turn of the job. */
export const stepsPerBatch = 500
export const stepBatchesPerTurn = 10
/** Executions of which one turn looks for notices, and tells. */
export const executionsPerTurn = 200
/** How long after the last look is looked for notices again: as long as the message is old, within these bounds. */
export const noticeLookMsMin = 1_000
export const noticeLookMsMax = 3_600_000
/** Longest period of one report, days. */
export const reportDaysMax = 366
/** Period of a report, days, where nobody says one. */
export const reportDays = 30
