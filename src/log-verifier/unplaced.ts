import type { Row } from './copy-rows.js'
import type { Report } from './defect.js'
import { EntryRows, isTrue, uuidText } from './entry-row.js'
import type { Finding } from './finding-text.js'
import { hashAt, hashOfLeaf } from './hashing.js'
import {
  auditLogName,
  place,
  readIdSpan,
  streamLonePayloads,
  streamUnplaced,
  streamUnplacedActs,
  type IdRange,
} from './log-rows.store.js'
import type { LogParts } from './log-parts.js'
import type { LogSnapshot } from './log-snapshot.store.js'
import { firstIdOf, timeText } from './times.js'

const dayMs = 86_400_000

/** Entries that have no place yet: the newest ones, as a rule. */
export class Unplaced {
  readonly #parts: Pick<LogParts, 'report' | 'payloads' | 'messageIds' | 'onPayload'>
  readonly #rows: EntryRows
  /** Entries recorded before have waited too long; microseconds since 1970. */
  readonly #before: number
  /** Nothing was recorded after this yet. */
  readonly #after: number
  #row: Row | undefined
  count = 0

  constructor(
    parts: Pick<LogParts, 'report' | 'payloads' | 'messageIds' | 'onPayload'>,
    [before, after]: readonly [before: number, after: number],
  ) {
    this.#parts = parts
    this.#before = before
    this.#after = after
    this.#rows = new EntryRows(({ finding, column }) => this.#tell('changed', finding, column))
  }

  async run(snapshot: LogSnapshot): Promise<void> {
    const take = (row: Row): void => this.#take(row)
    for (const range of rangesOf(await readIdSpan(snapshot))) {
      await streamUnplaced(snapshot, range, take)
      if (this.#parts.payloads) await this.#lonePayloads(snapshot, range)
    }
    await streamUnplacedActs(snapshot, take)
  }

  #take(row: Row): void {
    this.#row = row
    this.count += 1
    const recordedAt = row.microseconds(place.recordedAt)
    const isLate = isTrue(row, place.isPassedBy) || recordedAt < this.#before
    if (isLate || recordedAt > this.#after) this.#tell('unsequenced too long', 'unsequenced')
    const stated =
      row.length(place.leafHash) === 32 ? hashAt(row.bytes, row.from(place.leafHash)) : ''
    if (hashOfLeaf(row.bytes, row.from(place.entry), row.to(place.entry)) !== stated) {
      this.#tell('changed', 'unplaced-changed', 'entry')
      return
    }
    this.#rows.check(row, undefined)
    if (row.small(place.part) === 0) return
    const { view } = this.#rows
    if (row.small(place.part) === 1) this.#parts.messageIds?.addRequest(row, view)
    const state = this.#parts.payloads?.check(row, view)
    if (state !== undefined && state !== 'fits' && state !== 'none') {
      this.#parts.onPayload(state, undefined, row, view)
    }
  }

  async #lonePayloads(snapshot: LogSnapshot, range: IdRange): Promise<void> {
    await streamLonePayloads(snapshot, range, (row) => {
      this.#parts.report({
        log: undefined,
        kind: 'inserted',
        finding: 'payload-alone',
        table: 'message_log_payload',
        index: undefined,
        row: `${uuidText(row.bytes, row.from(0))}/${row.small(1)}`,
      })
    })
  }

  #tell(kind: Parameters<Report>[0]['kind'], finding: Finding, column?: string): void {
    const row = this.#row
    if (!row) return
    const isAct = row.small(place.part) === 0
    this.#parts.report({
      log: isAct ? auditLogName : undefined,
      kind,
      finding,
      table: isAct ? 'audit_log_entry' : 'message_log_entry',
      column,
      index: undefined,
      row: `${uuidText(row.bytes, row.from(place.entryId))}/${row.small(place.part)}`,
      details: { recordedAt: timeText(row.microseconds(place.recordedAt)) },
    })
  }
}

/** Days of ids, which have their time in their first 48 bits (RFC 9562 §5.7), so that no statement lasts long. */
function rangesOf(span: { readonly first: string; readonly last: string } | undefined): IdRange[] {
  if (!span) return []
  const lowest = '00000000-0000-0000-0000-000000000000'
  const [first, last] = [dayOf(span.first), dayOf(span.last)]
  // Ids of other kinds may be centuries apart.
  if (last - first > 20_000) return [{ from: lowest, to: undefined }]
  const ranges: IdRange[] = []
  for (let day = first; day <= last; day += 1) {
    const from = day === first ? lowest : firstIdOf(day * dayMs)
    ranges.push({ from, to: day === last ? undefined : firstIdOf((day + 1) * dayMs) })
  }
  return ranges
}

function dayOf(id: string): number {
  return Math.floor(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16) / dayMs)
}
