import type { Report } from './defect.js'
import type { KeyRing } from './key-ring.js'
import type { LogSummary, VerifyLimits } from './verify-types.js'

/** Logs of which nobody has vouched for what came last, though it has been there for long enough. */
export function tellStale(
  logs: readonly LogSummary[],
  keys: KeyRing,
  at: Date,
  limits: VerifyLimits,
  report: Report,
): void {
  for (const summary of logs) {
    const { log, size, signed, newestBy } = summary
    // Places come with the checkpoint over them, in one transaction.
    if (signed < size) {
      const details = { signed, size }
      report({
        log,
        kind: 'stale',
        finding: 'checkpoint-stale',
        table: 'log_checkpoint',
        index: signed,
        details,
      })
    }
    for (const { name } of keys.witnesses) {
      const newest = (newestBy.get(name) ?? 0) / 1_000
      if (at.getTime() - newest <= limits.cosignatureAgeMsMax || size === 0) continue
      const newestText = newest === 0 ? '–' : new Date(newest).toISOString()
      report({
        log,
        kind: 'stale',
        finding: 'cosignature-stale',
        table: 'log_cosignature',
        index: undefined,
        details: { witness: name, newest: newestText },
      })
    }
  }
}
