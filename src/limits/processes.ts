/** Worker processes and health: fixed limits, with their units in their names. */

// Worker processes.

/** How far the heap of a worker grows beyond what lived at the last full collection before the next. */
export const workerHeapGrowthPercent = 300
/**
 * Small buffers of a worker are cut from slabs of this size. A slab lives as long as the last of them, which are held
 * for an exchange.
 */
export const workerBufferSlabBytes = 32_768

// Health.

/** Workers report twice a second; one that has not for so long is busy beyond reason, or hangs. */
export const healthReportAgeMsMax = 5_000
