import { hash } from 'node:crypto'
import type { Row } from './copy-rows.js'
import { member, type EntryView } from './entry-view.js'
import { place } from './log-rows.store.js'
import { MultisetKey } from './multiset.js'
import { microsecondsOf } from './times.js'

const digestBytes = 32
const idBytes = 16
const timeBytes = 8

/** Columns of a taken message id. */
export const messageId = { digest: 0, exchangeId: 1, recordedAt: 2 } as const

/**
 * Message ids that are taken, which keep replays out: those of late have to be those of the requests in the log,
 * one by one. Both are summed up first; only if the sums differ it is looked up which rows do.
 */
export class MessageIds {
  readonly #expected
  readonly #found
  /** Requests recorded from here on must have theirs; microseconds since 1970. */
  readonly from: number
  #scratch = Buffer.alloc(1_024)

  constructor(from: number) {
    const key = new MultisetKey(digestBytes + idBytes + timeBytes)
    this.#expected = key.sum()
    this.#found = key.sum()
    this.from = from
  }

  get count(): number {
    return this.#found.count
  }

  /** A request's entry with its row. */
  addRequest(row: Row, view: EntryView): void {
    const at = member.recordedAt
    const recordedAt = microsecondsOf(view.bytes, view.from[at] ?? 0, view.to[at] ?? 0)
    if (!(recordedAt >= this.from)) return
    const digest = this.digestOf(view)
    this.#expected.add((into, offset) => {
      into.write(digest, offset, digestBytes, 'latin1')
      row.bytes.copy(into, offset + digestBytes, row.from(place.entryId), row.to(place.entryId))
      writeTime(into, offset + digestBytes + idBytes, recordedAt)
    })
  }

  /** A taken message id. */
  addRow(row: Row): void {
    const recordedAt = row.microseconds(messageId.recordedAt)
    this.#found.add((into, offset) => {
      row.bytes.copy(into, offset, row.from(messageId.digest), row.to(messageId.digest))
      const idAt = offset + digestBytes
      row.bytes.copy(into, idAt, row.from(messageId.exchangeId), row.to(messageId.exchangeId))
      writeTime(into, idAt + idBytes, recordedAt)
    })
  }

  /** Whether requests and taken message ids are the same. */
  get fit(): boolean {
    return this.#expected.equals(this.#found)
  }

  /**
   * SHA-256 of consumer, null character and message id, as the request's entry has them; of a message to several
   * recipients, of another null character and the number of a later one, too.
   */
  digestOf(view: EntryView): string {
    let length = this.#put(view, member.consumer, 0)
    length = this.#put(view, member.messageId, this.#null(length))
    if (view.has(member.copy)) length = this.#put(view, member.copy, this.#null(length))
    return hash('sha256', this.#scratch.subarray(0, length), 'binary')
  }

  /** @returns where the text ends in the scratch */
  #put(view: EntryView, at: number, into: number): number {
    const from = view.from[at] ?? 0
    const to = Math.max(from, view.to[at] ?? 0)
    const end = into + to - from
    // One more for the null character after it.
    if (end >= this.#scratch.length) {
      const longer = Buffer.alloc(2 * end + 1)
      this.#scratch.copy(longer)
      this.#scratch = longer
    }
    view.bytes.copy(this.#scratch, into, from, to)
    return end
  }

  #null(at: number): number {
    this.#scratch[at] = 0
    return at + 1
  }
}

function writeTime(into: Buffer, at: number, microseconds: number): void {
  into.writeDoubleBE(microseconds, at)
}
