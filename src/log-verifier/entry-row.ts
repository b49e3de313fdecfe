import { readCanonicalEntry } from './canonical-entry.js'
import type { Row } from './copy-rows.js'
import { EntryView, member } from './entry-view.js'
import { auditLogName, place } from './log-rows.store.js'
import { microsecondsOf } from './times.js'

/** What does not fit between an entry and its row. */
export interface RowTrouble {
  readonly finding: 'entry-form' | 'entry-column' | 'entry-of-another-log'
  readonly column?: string
}

const unassignedLogName = 'unassigned'
const domainLogs = 'domain/'

/** Reads entries out of their rows, and holds each against its own columns and the log it has its place in. */
export class EntryRows {
  readonly view = new EntryView()
  readonly #onTrouble: (trouble: RowTrouble) => void
  #isFitting = true
  /** Bytes of the last log's name. */
  #log = { name: '', bytes: Buffer.alloc(0) }

  constructor(onTrouble: (trouble: RowTrouble) => void) {
    this.#onTrouble = onTrouble
  }

  /**
   * @param log - name of the log; undefined where the row has no place yet
   * @returns whether all fits
   */
  check(row: Row, log: string | undefined): boolean {
    this.#isFitting = true
    const isCanonical = readCanonicalEntry(
      row.bytes,
      row.from(place.entry),
      row.to(place.entry),
      this.view,
    )
    if (!isCanonical) {
      this.#tell({ finding: 'entry-form' })
      return false
    }
    const isAct = row.small(place.part) === 0
    this.#same(row, 'kind', place.kind, member.kind)
    if (!this.#isTime(row)) this.#column('recorded_at')
    if (isAct) this.#act(row, log)
    else this.#exchange(row, log)
    return this.#isFitting
  }

  #act(row: Row, log: string | undefined): void {
    if (!this.#isId(row, member.actId)) this.#column('act_id')
    this.#same(row, 'actor', place.actor, member.actor)
    if (log !== undefined && log !== auditLogName) this.#otherLog()
  }

  #exchange(row: Row, log: string | undefined): void {
    if (!this.#isId(row, member.exchangeId)) this.#column('exchange_id')
    const isRequest = this.view.is(member.kind, 'request')
    if (isRequest !== (row.small(place.part) === 1)) this.#column('half')
    this.#same(row, 'domain', place.domain, member.domain)
    this.#same(row, 'consumer', place.consumer, member.consumer)
    this.#same(row, 'service', place.service, member.service)
    this.#same(row, 'outcome', place.outcome, member.outcome)
    if (log !== undefined && !this.#isOfLog(log)) this.#otherLog()
  }

  #same(row: Row, name: string, column: number, at: number): void {
    const isSame = row.isNull(column)
      ? !this.view.has(at)
      : this.view.equals(at, row.bytes, row.from(column), row.to(column))
    if (!isSame && !this.#isSameToTheDatabase(row, column, at)) this.#column(name)
  }

  /** PostgreSQL has no null character in texts; there U+FFFD stands for it. */
  #isSameToTheDatabase(row: Row, column: number, at: number): boolean {
    const text = this.view.text(at)
    return text?.includes('\0') === true && text.replaceAll('\0', '\ufffd') === row.text(column)
  }

  #isTime(row: Row): boolean {
    const { view } = this
    const at = member.recordedAt
    const time = microsecondsOf(view.bytes, view.from[at] ?? 0, view.to[at] ?? 0)
    return time === row.microseconds(place.recordedAt)
  }

  #isId(row: Row, at: number): boolean {
    const { view } = this
    const from = view.from[at] ?? 0
    if ((view.to[at] ?? -1) - from !== 36) return false
    return isUuidText(view.bytes, from, row.bytes, row.from(place.entryId))
  }

  #isOfLog(log: string): boolean {
    if (!this.view.has(member.domain)) return log === unassignedLogName
    if (!log.startsWith(domainLogs)) return false
    if (this.#log.name !== log) {
      this.#log = { name: log, bytes: Buffer.from(log.slice(domainLogs.length)) }
    }
    const { bytes } = this.#log
    return this.view.equals(member.domain, bytes, 0, bytes.length)
  }

  #column(column: string): void {
    this.#tell({ finding: 'entry-column', column })
  }

  #otherLog(): void {
    this.#tell({ finding: 'entry-of-another-log' })
  }

  #tell(trouble: RowTrouble): void {
    this.#isFitting = false
    this.#onTrouble(trouble)
  }
}

/** A `boolean`. */
export function isTrue(row: Row, column: number): boolean {
  return row.bytes[row.from(column)] === 1
}

const hexDigits = Buffer.from('0123456789abcdef')

/** Whether text (RFC 9562 §4) and bytes are the same id. */
function isUuidText(text: Buffer, textAt: number, bytes: Buffer, bytesAt: number): boolean {
  let at = textAt
  for (let n = 0; n < 16; n += 1) {
    if (n === 4 || n === 6 || n === 8 || n === 10) {
      if (text[at] !== 0x2d) return false
      at += 1
    }
    const byte = bytes[bytesAt + n] ?? 0
    if (text[at] !== hexDigits[byte >> 4] || text[at + 1] !== hexDigits[byte & 15]) return false
    at += 2
  }
  return true
}

/** A UUID's text from its bytes. */
export function uuidText(bytes: Buffer, at: number): string {
  const hex = bytes.toString('hex', at, at + 16)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-')
}
