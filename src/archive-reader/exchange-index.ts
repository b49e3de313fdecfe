import { hash } from 'node:crypto'
import { archiveLimits } from '../limits/log-archive.js'
import { ArchiveError } from './archive-error.js'
import type { ArchiveParts } from './archive-parts.js'

const idBytes = 16
const recordBytes = idBytes + 1 + 8

/** One line of the index: which entry of the log tells of this exchange. */
export interface IndexRecord {
  readonly id: string
  readonly part: number
  readonly index: number
}

/** The bytes of a record: id, part, index; records are sorted by them. */
export function recordOf({ id, part, index }: IndexRecord): Buffer {
  const bytes = Buffer.alloc(recordBytes)
  bytes.write(id.replaceAll('-', ''), 'hex')
  bytes.writeUInt8(part, idBytes)
  bytes.writeBigUInt64BE(BigInt(index), idBytes + 1)
  return bytes
}

/** The records of one part of the index. @throws ArchiveError */
export function recordsOf(bytes: Buffer, name: string): IndexRecord[] {
  const count = bytes.length / recordBytes
  if (!Number.isInteger(count) || count === 0 || count > archiveLimits.indexRecords) {
    throw new ArchiveError('part-unreadable', name)
  }
  return Array.from({ length: count }, (_, n) => {
    const at = n * recordBytes
    const hex = bytes.toString('hex', at, at + idBytes)
    const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
    const index = Number(bytes.readBigUInt64BE(at + idBytes + 1))
    return { id, part: bytes.readUInt8(at + idBytes), index }
  })
}

/** The name of the part that begins with this record. */
export function indexPart({ id, part }: Pick<IndexRecord, 'id' | 'part'>): string {
  return `index/${id}-${part}`
}

/**
 * Whether two heaps of records, which come in different orders, are the same: sums of their digests, in four
 * lanes of 64 bits. A record too many in one of them is found; nobody needs to hold either in memory.
 */
export class RecordSum {
  readonly #lanes = new BigUint64Array(4)
  #count = 0

  add(record: Buffer): void {
    const digest = hash('sha256', record, 'buffer')
    for (let lane = 0; lane < this.#lanes.length; lane++) {
      this.#lanes[lane] = (this.#lanes[lane] ?? 0n) + digest.readBigUInt64BE(8 * lane)
    }
    this.#count += 1
  }

  equals(other: RecordSum): boolean {
    return this.#count === other.#count && this.#lanes.every((sum, at) => sum === other.#lanes[at])
  }
}

/**
 * Checks that the index has each entry once, in order.
 * @param entries - the records that the entries themselves make
 * @throws ArchiveError
 */
export async function checkIndex(parts: ArchiveParts, entries: RecordSum): Promise<void> {
  const sum = new RecordSum()
  let last: Buffer = Buffer.alloc(0)
  for (const name of parts.namesUnder('index/')) {
    const records = recordsOf(await parts.read(name), name)
    const [first] = records
    if (!first || indexPart(first) !== name) throw new ArchiveError('index-differs')
    for (const each of records) {
      const record = recordOf(each)
      if (record.compare(last) <= 0) throw new ArchiveError('index-differs')
      last = record
      sum.add(record)
    }
  }
  if (!sum.equals(entries)) throw new ArchiveError('index-differs')
}
