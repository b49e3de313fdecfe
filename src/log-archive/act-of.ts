import { hash } from 'node:crypto'
import type { JsonValue } from '../canonical-json.js'
import { servicesInActBytesMax } from '../limits/audit-log.js'
import type { ArchivedSummary } from './archive-logs.store.js'
import type { VerifiedFile } from './drop-archived.store.js'
import type { ErasedFile } from './erase-archived.store.js'
import type { ErasedDay } from './erase-payloads.store.js'
import type { HoldScope } from './legal-hold.store.js'
import { dayAfter, firstIdOf, startOf } from './log-day.js'

// What acts say of the rows that belong to them: the tables can be changed, an act in its log cannot. Whoever
// verifies the logs reads these forms again, with code of their own.

/**
 * What an act says of an archive: of each log, before which index its entries lie in files now, the digest of the
 * last file's manifest, which names the one before by its digest, and one over the rows of `log_archive`.
 */
export function archiveActOf({ day, partitions, files, at }: ArchivedSummary): JsonValue {
  const byLog = new Map<string, VerifiedFile[]>()
  for (const file of files) byLog.set(file.log, [...(byLog.get(file.log) ?? []), file])
  const logs: Record<string, JsonValue> = {}
  for (const [log, ofLog] of byLog) {
    const last = ofLog.at(-1)
    if (!last) continue
    const digest = last.digest.toString('base64')
    logs[log] = { to: last.to, digest, records: digestOf(ofLog.map(recordLine)) }
  }
  return {
    before: day,
    at: at.toISOString(),
    partitions: partitions.length,
    files: files.length,
    logs,
  }
}

function recordLine({ from, to, fileName, digest, root, checkpointSize }: VerifiedFile): string {
  const [digestText, rootText] = [digest.toString('base64'), root.toString('base64')]
  return JSON.stringify([from, to, fileName, digestText, rootText, checkpointSize])
}

/** What an act says of an erasure. Very many services would be more than an entry takes. */
export function erasureActOf({ day, payloads, at }: ErasedDay): JsonValue {
  const counts = Object.values(payloads)
  const ids = [firstIdOf(startOf(day)), firstIdOf(startOf(dayAfter(day)))]
  const lines = Object.entries(payloads).map((each) => JSON.stringify([...each, ...ids]))
  return {
    at: at.toISOString(),
    payloads:
      Buffer.byteLength(JSON.stringify(payloads)) <= servicesInActBytesMax
        ? { ...payloads }
        : counts.reduce((sum, count) => sum + count, 0),
    services: counts.length,
    records: digestOf(lines),
  }
}

/** What an act says of an archive file whose payloads were erased; its digest is that of `log_archive`. */
export function archiveErasureActOf({ at, ...erased }: ErasedFile): JsonValue {
  return { ...erased, at: at.toISOString() }
}

/** What an act says of a hold. */
export function holdActOf(
  { exchangeId, service, consumer, domain, fromDay, toDay }: HoldScope,
  madeAt: Date,
): JsonValue {
  return { exchangeId, service, consumer, domain, fromDay, toDay, at: madeAt.toISOString() }
}

/** SHA-256 over the lines in their order as texts, base64. */
function digestOf(lines: readonly string[]): string {
  return hash('sha256', lines.toSorted().join('\n'), 'base64')
}
