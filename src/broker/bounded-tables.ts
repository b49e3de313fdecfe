/**
 * amqplib reads tables of headers by calling itself: one that is nested some thousands deep, which whoever may write to
 * a queue can send, ends the stack, and with it the connection of everybody. So each frame with properties is looked
 * over before amqplib reads it.
 */

/** Of tables and lists within each other. */
const depthMax = 16

/** What amqplib 2 has of a connection inside. */
interface Receiving {
  rest: Buffer
  recvFrame(): unknown
}

/**
 * Keeps what a peer says from ending this connection.
 * @throws Error where amqplib is another than the one that this was written for
 */
export function boundTables(connection: object): void {
  if (!isReceiving(connection)) throw new Error('amqplib receives otherwise than it did')
  const receive = connection.recvFrame.bind(connection)
  connection.recvFrame = () => {
    defuse(connection.rest)
    return receive()
  }
}

function isReceiving(connection: object): connection is Receiving {
  return (
    'rest' in connection &&
    Buffer.isBuffer(connection.rest) &&
    'recvFrame' in connection &&
    typeof connection.recvFrame === 'function'
  )
}

// AMQP 0-9-1 §4.2.3: type, channel, size of the payload; the frame's end is one byte.
const frameHead = 7
const typeOfHeaders = 2
// §4.2.6.1: class, weight and size of the body, then the flags of the properties that are there.
const flagsAt = frameHead + 12
const hasContentType = 0x8000
const hasContentEncoding = 0x4000
const hasTable = 0x2000

/** Where the next frame has a table that amqplib should not read, makes it one with bytes for a value. */
function defuse(rest: Buffer): void {
  if (rest.length < frameHead || rest[0] !== typeOfHeaders) return
  const end = frameHead + rest.readUInt32BE(3)
  if (rest.length <= end || end < flagsAt + 2) return
  const flags = rest.readUInt16BE(flagsAt)
  if (!(flags & hasTable)) return
  let at = flagsAt + 2
  for (const flag of [hasContentType, hasContentEncoding]) {
    if (flags & flag) at += 1 + (rest[at] ?? 0)
  }
  if (at + 4 > end) return
  const start = at + 4
  const length = rest.readUInt32BE(at)
  if (start + length > end || isReadable(rest, start, start + length)) return
  // A name of no letters, and as its value all that was there: nobody reads either. A shorter one cannot be deep.
  if (length < 6) return
  rest[start] = 0
  rest[start + 1] = tagOf('x')
  rest.writeUInt32BE(length - 6, start + 2)
}

/** The end of a table or list, and which of both. */
interface Level {
  readonly end: number
  readonly isTable: boolean
}

/** Whether it is well-formed and not too deep. Goes through it without calling itself. */
function isReadable(bytes: Buffer, start: number, end: number): boolean {
  const levels: Level[] = [{ end, isTable: true }]
  let at = start
  for (;;) {
    const level = levels.at(-1)
    if (!level) return true
    if (at > level.end) return false
    if (at === level.end) {
      levels.pop()
      continue
    }
    if (level.isTable) at += 1 + (bytes[at] ?? 0)
    const tag = bytes[at]
    at += 1
    if (tag === undefined || at > level.end) return false
    const width = widths.get(tag)
    if (width !== undefined) {
      at += width
      continue
    }
    if (!counted.has(tag) || at + 4 > level.end) return false
    const length = bytes.readUInt32BE(at)
    at += 4
    if (!nested.has(tag)) {
      at += length
      continue
    }
    if (at + length > level.end || levels.length >= depthMax) return false
    levels.push({ end: at + length, isTable: tag === tagOf('F') })
  }
}

// The types that amqplib knows (RabbitMQ, "AMQP 0-9-1 Errata", field types): bytes that a value takes.
const widths: ReadonlyMap<number, number> = new Map(
  Object.entries({
    V: 0,
    b: 1,
    B: 1,
    t: 1,
    s: 2,
    u: 2,
    I: 4,
    i: 4,
    f: 4,
    D: 5,
    l: 8,
    T: 8,
    d: 8,
  }).map(([tag, width]) => [tagOf(tag), width]),
)
const counted: ReadonlySet<number> = new Set(['S', 'x', 'F', 'A'].map(tagOf))
const nested: ReadonlySet<number> = new Set(['F', 'A'].map(tagOf))

function tagOf(letter: string): number {
  return letter.charCodeAt(0)
}
