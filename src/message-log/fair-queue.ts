/** What a queue needs to know of the things in it. */
export interface Queued {
  readonly record: {
    /** Whose record it is, as far as that is known: a consumer, or the address of a stranger. */
    readonly party: string
    /** Of the memory. */
    readonly bytes: number
    /** What a transaction writes of it. */
    readonly writtenBytes: number
  }
}

export interface FairQueueLimits {
  readonly recordsMax: number
  /** Of the memory. */
  readonly bytesMax: number
  /** Share of the queue, 0 to 1, that one party may take. */
  readonly partyShareMax: number
  readonly batchRecordsMax: number
  /** A record above this size makes a batch of its own. */
  readonly batchBytesMax: number
}

interface Line<Item> {
  readonly items: Item[]
  bytes: number
}

/**
 * Records that wait for a connection. Whoever's records wait, each party gets one into the batch
 * before any gets its second, so that a party with many records holds up its own.
 */
export class FairQueue<Item extends Queued> {
  readonly #limits: FairQueueLimits
  /** By party, in the order of their turns. */
  #lines = new Map<string, Line<Item>>()
  records = 0
  bytes = 0
  #writtenBytes = 0

  constructor(limits: FairQueueLimits) {
    this.#limits = limits
  }

  hasRoom(party: string, bytes: number): boolean {
    // A record that alone exceeds the limits still passes where nothing else waits.
    if (this.records === 0) return true
    const { recordsMax, bytesMax, partyShareMax } = this.#limits
    if (this.records >= recordsMax || this.bytes + bytes > bytesMax) return false
    const line = this.#lines.get(party)
    return (
      !line ||
      (line.items.length < recordsMax * partyShareMax &&
        line.bytes + bytes <= bytesMax * partyShareMax)
    )
  }

  /** Puts it at the end of its party's line, whether or not there is room. */
  push(item: Item): void {
    const { party, bytes, writtenBytes } = item.record
    const line = this.#lines.get(party)
    if (line) {
      line.items.push(item)
      line.bytes += bytes
    } else {
      this.#lines.set(party, { items: [item], bytes })
    }
    this.records += 1
    this.bytes += bytes
    this.#writtenBytes += writtenBytes
  }

  /** Takes what one transaction is to write; nothing where nothing waits. */
  takeBatch(): Item[] {
    const { batchRecordsMax, batchBytesMax } = this.#limits
    if (this.records <= batchRecordsMax && this.#writtenBytes <= batchBytesMax) return this.drain()
    const batch: Item[] = []
    let bytes = 0
    let writtenBytes = 0
    // A party that is put back is met again in this same loop, behind all the others. One whose
    // record does not fit any more keeps its place, and so begins the next batch.
    for (const [party, line] of this.#lines) {
      const [next] = line.items
      if (!next || batch.length === batchRecordsMax) break
      if (batch.length > 0 && writtenBytes + next.record.writtenBytes > batchBytesMax) continue
      line.items.shift()
      line.bytes -= next.record.bytes
      bytes += next.record.bytes
      writtenBytes += next.record.writtenBytes
      batch.push(next)
      this.#lines.delete(party)
      if (line.items.length > 0) this.#lines.set(party, line)
    }
    this.records -= batch.length
    this.bytes -= bytes
    this.#writtenBytes -= writtenBytes
    return batch
  }

  /** Takes everything. */
  drain(): Item[] {
    const all = [...this.#lines.values()].flatMap(({ items }) => items)
    // A map that is cleared keeps its old table linked to the new one, and so every record that was
    // ever in it until the next full collection of garbage: 20 us an exchange.
    this.#lines = new Map()
    this.records = 0
    this.bytes = 0
    this.#writtenBytes = 0
    return all
  }
}
