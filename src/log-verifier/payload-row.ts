import { createHash, hash } from 'node:crypto'
import type { Row } from './copy-rows.js'
import { member, type EntryView } from './entry-view.js'
import { hashBytes, sha256, type Hash } from './hashing.js'
import { place } from './log-rows.store.js'

/** How the payload beside an entry is. */
export type PayloadState =
  | 'fits'
  /** None is kept, and the entry names none. */
  | 'none'
  /** The entry was written by a build that said nothing of what is stored. */
  | 'unknowable'
  | 'changed'
  | 'missing'
  | 'inserted'
  | 'key missing'

interface DataKey {
  readonly commitment: Hash
  /** Payloads under it that are what their entries say. */
  fits: number
}

/** A copy of a small payload costs less than hashing it in three pieces. */
const copiedBytesMax = 65_536
const noncePlusBytes = 64

/**
 * Holds stored payloads, which nobody here can open, against their entries: the digest is over the row of the data
 * key, nonce and ciphertext.
 */
export class PayloadRows {
  readonly #dataKeys = new Map<string, DataKey>()
  readonly #scratch = Buffer.alloc(hashBytes + noncePlusBytes + copiedBytesMax)

  /** @param row - id, master key's id, time, wrapped key */
  addDataKey(row: Row, idText: string): void {
    const us = row.microseconds(2)
    // Keys are made to the millisecond; a time that is not would be read as if it were.
    const at = us % 1_000 === 0 ? new Date(us / 1_000).toISOString() : `changed ${us}`
    const head = Buffer.from(`${idText}\n${row.text(1)}\n${at}\n`)
    const commitment = sha256(Buffer.concat([head, row.view(3)]))
    this.#dataKeys.set(row.key(0), { commitment, fits: 0 })
  }

  check(row: Row, view: EntryView): PayloadState {
    const isNamed = view.has(member.sealedPayloadDigest)
    if (row.isNull(place.ciphertext)) return isNamed ? 'missing' : this.#withoutRow(view)
    if (!isNamed) return view.has(member.payloadDigest) ? 'unknowable' : 'inserted'
    const dataKey = this.#dataKeys.get(row.key(place.dataKeyId))
    if (dataKey === undefined) return 'key missing'
    const digest = this.#digest(dataKey.commitment, row)
    if (!view.is(member.sealedPayloadDigest, digest)) return 'changed'
    dataKey.fits += 1
    return 'fits'
  }

  /** Whether any payload fits that names this data key. */
  isFitting(dataKeyId: string): boolean {
    return (this.#dataKeys.get(dataKeyId)?.fits ?? 0) > 0
  }

  #withoutRow(view: EntryView): PayloadState {
    return view.has(member.payloadDigest) ? 'unknowable' : 'none'
  }

  #digest(commitment: Hash, row: Row): string {
    const nonceBytes = row.length(place.nonce)
    const bytes = row.length(place.ciphertext)
    if (bytes > copiedBytesMax || nonceBytes > noncePlusBytes) {
      return createHash('sha256')
        .update(commitment, 'latin1')
        .update(row.view(place.nonce))
        .update(row.view(place.ciphertext))
        .digest('base64url')
    }
    const scratch = this.#scratch
    const textAt = hashBytes + nonceBytes
    scratch.write(commitment, 0, hashBytes, 'latin1')
    row.bytes.copy(scratch, hashBytes, row.from(place.nonce), row.to(place.nonce))
    row.bytes.copy(scratch, textAt, row.from(place.ciphertext), row.to(place.ciphertext))
    return hash('sha256', scratch.subarray(0, textAt + bytes), 'base64url')
  }
}
