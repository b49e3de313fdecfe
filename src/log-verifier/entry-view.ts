/** Members of entries that have to fit what stands elsewhere. */
export const memberNames = [
  'actId',
  'actor',
  'consumer',
  'copy',
  'domain',
  'exchangeId',
  'kind',
  'messageId',
  'noticeOf',
  'outcome',
  'payloadDigest',
  'recordedAt',
  'requestEntry',
  'sealedPayloadDigest',
  'service',
] as const
export type MemberName = (typeof memberNames)[number]

/** Place of a member in an {@link EntryView}. */
export const member = Object.fromEntries(memberNames.map((name, at) => [name, at])) as Readonly<
  Record<MemberName, number>
>

/**
 * Where the values of an entry's members stand, as the text they are, without quotes. One view serves many
 * entries, one after the other.
 */
export class EntryView {
  /** Holds the values; nothing else of it may be read. */
  bytes: Buffer = Buffer.alloc(0)
  readonly from = new Int32Array(memberNames.length)
  /** Below `from` for a member that the entry does not have. */
  readonly to = new Int32Array(memberNames.length)

  clear(bytes: Buffer): void {
    this.bytes = bytes
    this.from.fill(0)
    this.to.fill(-1)
  }

  set(at: number, from: number, to: number): void {
    this.from[at] = from
    this.to[at] = to
  }

  has(at: number): boolean {
    return (this.to[at] ?? -1) >= 0
  }

  text(at: number): string | undefined {
    return this.has(at) ? this.bytes.toString('utf8', this.from[at], this.to[at]) : undefined
  }

  /** Whether the member is this very text, as bytes of another buffer. */
  equals(at: number, other: Buffer, otherFrom: number, otherTo: number): boolean {
    const from = this.from[at] ?? 0
    const length = otherTo - otherFrom
    if ((this.to[at] ?? -1) - from !== length) return false
    const own = this.bytes
    for (let n = 0; n < length; n += 1) if (own[from + n] !== other[otherFrom + n]) return false
    return true
  }

  /** Whether the member is this ASCII text. */
  is(at: number, text: string): boolean {
    const from = this.from[at] ?? 0
    if ((this.to[at] ?? -1) - from !== text.length) return false
    for (let n = 0; n < text.length; n += 1) {
      if (this.bytes[from + n] !== text.charCodeAt(n)) return false
    }
    return true
  }
}
