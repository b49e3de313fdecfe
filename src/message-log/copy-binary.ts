/**
 * PostgreSQL's COPY in binary form ("Binary Format" in the manual's page on COPY) and the messages
 * that carry it ("Message Formats": CopyData, CopyDone, Query). Written by hand because it is the
 * cheapest durable way into a table by far, and short.
 */

import { isInMemory, type Bytes, type ByteSource } from '../exchange/payload.js'

/** A column's value: bytes as they are, a text, or null. */
export type Cell = Bytes | string | null

/** A row as pieces of one stream; a large value stays a piece of its own and is never copied. */
export type CopyRow = readonly Bytes[]

/** A piece above this size is sent as it is, the smaller ones are put together. */
const largeBytes = 64 * 1024
/** Longest CopyData message made here, so that the server never needs one huge buffer for it. */
const copyDataBytesMax = 1 << 20
const messageHeadBytes = 5

const postgresEpochMs = Date.UTC(2000, 0, 1)

const streamHead = Buffer.concat([
  Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'),
  // Flags, and length of the header's extension: none.
  Buffer.alloc(8),
])
const streamEnd = Buffer.from([0xff, 0xff])
const copyDone = Buffer.from([0x63, 0, 0, 0, 4])

/** @param text - a UUID in its usual form */
export function uuidCell(text: string): Buffer {
  return Buffer.from(text.replaceAll('-', ''), 'hex')
}

/** A `smallint`. */
export function smallintCell(value: number): Buffer {
  const cell = Buffer.allocUnsafe(2)
  cell.writeInt16BE(value)
  return cell
}

/** An `integer`. */
export function integerCell(value: number): Buffer {
  const cell = Buffer.allocUnsafe(4)
  cell.writeInt32BE(value)
  return cell
}

/** A `timestamptz`: microseconds since 2000. */
export function timestampCell(time: Date): Buffer {
  // Exact as a number until the year 2285; a BigInt costs five times as much.
  const us = (time.getTime() - postgresEpochMs) * 1000
  const cell = Buffer.allocUnsafe(8)
  cell.writeInt32BE(Math.floor(us / 0x1_0000_0000), 0)
  cell.writeUInt32BE(us >>> 0, 4)
  return cell
}

/** A `text`; the null character, which PostgreSQL cannot hold, becomes U+FFFD. */
export function textCell(value: string | undefined): Cell {
  return value === undefined ? null : value.toWellFormed().replaceAll('\0', '\ufffd')
}

/** Longest UTF-8 form of one UTF-16 code unit. */
const utf8BytesMax = 3

/** No fewer bytes than the cell takes in the row's own buffer. */
function roomOf(cell: Cell): number {
  if (cell === null) return 0
  if (typeof cell === 'string') return utf8BytesMax * cell.length
  return isApart(cell) ? 0 : cell.length
}

/** Whether a cell's bytes stay where they are. */
function isApart(cell: Bytes): cell is ByteSource {
  return cell.length > largeBytes || !isInMemory(cell)
}

/** Encodes one row: number of columns, then each column's length and value; -1 stands for null. */
export function encodeRow(cells: readonly Cell[]): CopyRow {
  let room = 2
  for (const cell of cells) room += 4 + roomOf(cell)
  const buffer = Buffer.allocUnsafe(room)
  const pieces: Bytes[] = []
  let from = 0
  let at = buffer.writeInt16BE(cells.length, 0)
  for (const cell of cells) {
    if (cell === null) {
      at = buffer.writeInt32BE(-1, at)
    } else if (typeof cell === 'string') {
      const bytes = buffer.write(cell, at + 4)
      at = buffer.writeInt32BE(bytes, at) + bytes
    } else {
      at = buffer.writeInt32BE(cell.length, at)
      if (isApart(cell)) {
        pieces.push(buffer.subarray(from, at), cell)
        from = at
      } else {
        buffer.set(cell, at)
        at += cell.length
      }
    }
  }
  if (from < at) pieces.push(buffer.subarray(from, at))
  return pieces
}

/**
 * The whole COPY of one table as protocol messages, ready for the socket. What is on the spool stands among
 * them as it is: each piece of it makes a message when it is read.
 */
export function copyMessages(rows: readonly CopyRow[]): Bytes[] {
  const messages: Bytes[] = []
  let run: Uint8Array[] = [streamHead]
  const flush = (): void => {
    if (run.length > 0) messages.push(copyDataHead(run), ...run)
    run = []
  }
  for (const row of rows) {
    for (const piece of row) {
      if (!isInMemory(piece)) {
        flush()
        messages.push(piece)
        continue
      }
      if (piece.length <= largeBytes) {
        run.push(piece)
        continue
      }
      flush()
      for (let at = 0; at < piece.length; at += copyDataBytesMax) {
        const slice = piece.subarray(at, at + copyDataBytesMax)
        messages.push(copyDataHead([slice]), slice)
      }
    }
  }
  run.push(streamEnd)
  flush()
  messages.push(copyDone)
  return messages
}

/** The head of the message whose content these pieces are. */
export function copyDataHead(pieces: readonly Uint8Array[]): Buffer {
  const head = Buffer.allocUnsafe(messageHeadBytes)
  head.writeUInt8(0x64, 0)
  head.writeInt32BE(
    pieces.reduce((sum, piece) => sum + piece.length, 4),
    1,
  )
  return head
}

/** Has the server take back the whole; it answers with an error that quotes the reason. */
export function copyFail(reason: string): Buffer {
  return messageOf(0x66, reason)
}

/** A simple query of several statements; the server runs them as one transaction. */
export function queryMessage(sql: string): Buffer {
  return messageOf(0x51, sql)
}

function messageOf(type: number, content: string): Buffer {
  const text = Buffer.from(`${content}\0`)
  const head = Buffer.allocUnsafe(messageHeadBytes)
  head.writeUInt8(type, 0)
  head.writeInt32BE(text.length + 4, 1)
  return Buffer.concat([head, text])
}

/** Puts neighbouring small pieces together: one large write costs less than many small ones. */
export function joinSmall(pieces: readonly Bytes[]): Bytes[] {
  const joined: Bytes[] = []
  let run: Uint8Array[] = []
  const flush = (): void => {
    if (run.length > 0) joined.push(run.length === 1 && run[0] ? run[0] : Buffer.concat(run))
    run = []
  }
  for (const piece of pieces) {
    if (isInMemory(piece) && piece.length <= largeBytes) {
      run.push(piece)
    } else {
      flush()
      joined.push(piece)
    }
  }
  flush()
  return joined
}
