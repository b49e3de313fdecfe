/** What the server sends is no COPY in binary form. */
export class CopyError extends Error {
  override readonly name = 'CopyError'
}

const signature = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1')
const headBytes = signature.length + 8
/** PostgreSQL counts time from the year 2000. */
const epochMs = Date.UTC(2000, 0, 1)
const noBytes = Buffer.alloc(0)

/** One row as the server sent it. It serves one row after the other; what it gives is good until the next one. */
export class Row {
  bytes: Buffer = noBytes
  readonly #from: Int32Array
  readonly #length: Int32Array

  constructor(columns: number) {
    this.#from = new Int32Array(columns)
    this.#length = new Int32Array(columns)
  }

  /**
   * Finds the columns of a row.
   * @returns where the row ends; -1 for one that has not come as a whole
   * @throws CopyError for another number of columns than asked for
   */
  read(bytes: Buffer, at: number): number {
    if (at + 2 > bytes.length) return -1
    if (bytes.readInt16BE(at) !== this.#from.length) throw new CopyError('a row of another form')
    this.bytes = bytes
    let from = at + 2
    for (let column = 0; column < this.#from.length; column += 1) {
      if (from + 4 > bytes.length) return -1
      const length = bytes.readInt32BE(from)
      this.#from[column] = from + 4
      this.#length[column] = length
      from += 4 + Math.max(0, length)
    }
    return from > bytes.length ? -1 : from
  }

  isNull(column: number): boolean {
    return this.length(column) < 0
  }

  from(column: number): number {
    return this.#from[column] ?? 0
  }

  to(column: number): number {
    return this.from(column) + Math.max(0, this.length(column))
  }

  /** Bytes of the value; -1 of none. */
  length(column: number): number {
    return this.#length[column] ?? -1
  }

  /** The value itself, which the next row overwrites. */
  view(column: number): Buffer {
    return this.bytes.subarray(this.from(column), this.to(column))
  }

  text(column: number): string {
    return this.bytes.toString('utf8', this.from(column), this.to(column))
  }

  /** A character a byte: of identifiers and hashes as keys. */
  key(column: number): string {
    return this.bytes.toString('latin1', this.from(column), this.to(column))
  }

  /** A `smallint`. */
  small(column: number): number {
    return this.bytes.readInt16BE(this.from(column))
  }

  /** A `bigint`, exact up to 2^53. */
  big(column: number): number {
    const at = this.from(column)
    return this.bytes.readInt32BE(at) * 0x1_0000_0000 + this.bytes.readUInt32BE(at + 4)
  }

  /** A `timestamptz` in microseconds since 1970. */
  microseconds(column: number): number {
    return this.big(column) + epochMs * 1_000
  }
}

/** Takes a COPY of which the pieces come one after the other, and gives its rows. */
export class CopyReader {
  readonly #row: Row
  readonly #onRow: (row: Row) => void
  #rest = noBytes
  #isBegun = false
  #isEnded = false

  constructor(columns: number, onRow: (row: Row) => void) {
    this.#row = new Row(columns)
    this.#onRow = onRow
  }

  /** @throws CopyError */
  take(piece: Buffer): void {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, piece]) : piece
    let at = 0
    if (!this.#isBegun) {
      if (bytes.length < headBytes) {
        this.#rest = Buffer.from(bytes)
        return
      }
      at = headEnd(bytes)
      this.#isBegun = true
    }
    while (at + 2 <= bytes.length && !this.#isEnded) {
      if (bytes.readInt16BE(at) === -1) {
        this.#isEnded = true
        at += 2
        break
      }
      const end = this.#row.read(bytes, at)
      if (end < 0) break
      this.#onRow(this.#row)
      at = end
    }
    if (this.#isEnded && at < bytes.length) throw new CopyError('something follows the end')
    this.#rest = at === bytes.length ? noBytes : Buffer.from(bytes.subarray(at))
  }

  /** @throws CopyError for a COPY that is cut */
  end(): void {
    if (!this.#isEnded || this.#rest.length > 0) throw new CopyError('the rows end too early')
  }
}

function headEnd(bytes: Buffer): number {
  const isCopy = bytes.subarray(0, signature.length).equals(signature)
  if (!isCopy || bytes.readInt32BE(signature.length) !== 0) {
    throw new CopyError('this is no COPY in binary form')
  }
  return headBytes + bytes.readInt32BE(signature.length + 4)
}
