import { readCanonicalEntry } from './canonical-entry.js'
import type { Row } from './copy-rows.js'
import type { Report } from './defect.js'
import { uuidText } from './entry-row.js'
import type { Finding } from './finding-text.js'
import { EntryView, member } from './entry-view.js'
import type { LogParts } from './log-parts.js'
import type { LogSnapshot } from './log-snapshot.store.js'
import type { MessageIds } from './message-ids.js'
import {
  pair,
  streamMessageIds,
  streamOldMessageIds,
  streamPairs,
} from './message-id-rows.store.js'
import { microsecondsOf } from './times.js'

/** Holds the taken message ids against the requests, which must all have been added. */
export async function checkMessageIds(
  snapshot: LogSnapshot,
  ids: MessageIds,
  { report, keeping }: Pick<LogParts, 'report' | 'keeping'>,
): Promise<void> {
  const from = new Date(ids.from / 1_000)
  const view = new EntryView()
  const check = (row: Row): void => {
    // The request went to an archive, and its message id is taken until the replay window is over.
    const isArchived = row.isNull(pair.entry) && idOf(row) < keeping.archived.beforeId
    if (!isArchived) checkPair(row, view, ids, report)
  }
  await streamMessageIds(snapshot, from, (row) => ids.addRow(row))
  await streamOldMessageIds(snapshot, from, check)
  if (!ids.fit) await streamPairs(snapshot, from, check)
}

function checkPair(row: Row, view: EntryView, ids: MessageIds, report: Report): void {
  const tell = (
    kind: 'changed' | 'missing' | 'inserted',
    finding: Finding,
    column?: string,
  ): void => {
    report({
      log: undefined,
      kind,
      finding,
      table: 'message_log_message_id',
      column,
      index: undefined,
      row: idOf(row),
    })
  }
  if (row.isNull(pair.digest)) {
    tell('missing', 'message-id-missing')
    return
  }
  const [from, to] = [row.from(pair.entry), row.to(pair.entry)]
  if (row.isNull(pair.entry)) {
    tell('inserted', 'message-id-alone')
    return
  }
  // An entry that cannot be read is told of where it has its place.
  if (!readCanonicalEntry(row.bytes, from, to, view)) return
  if (row.key(pair.digest) !== ids.digestOf(view)) tell('changed', 'message-id-column', 'digest')
  const at = member.recordedAt
  const recordedAt = microsecondsOf(view.bytes, view.from[at] ?? 0, view.to[at] ?? 0)
  if (row.microseconds(pair.recordedAt) !== recordedAt) {
    tell('changed', 'message-id-column', 'recorded_at')
  }
}

function idOf(row: Row): string {
  const column = row.isNull(pair.exchangeId) ? pair.requestId : pair.exchangeId
  return uuidText(row.bytes, row.from(column))
}
