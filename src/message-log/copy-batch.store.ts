import type pg from 'pg'
import { isInMemory, type Bytes } from '../exchange/payload.js'
import { copyMessages, joinSmall, queryMessage, type CopyRow } from './copy-binary.js'
import { logTables, type LogRecord } from './log-record.js'
import { StreamedBatch } from './streamed-batch.store.js'

/**
 * Writes records durably: one query of several COPY statements is one transaction, and all its data
 * goes out with it, in one turn of the socket, without waiting for the server to ask. If a COPY
 * fails, the server takes back the whole and ignores the data still coming.
 * @throws the server's error, with its `code`; an error without code is trouble of the connection
 */
export function writeBatch(client: pg.Client, records: readonly LogRecord[]): Promise<void> {
  const statements: string[] = []
  const data: Bytes[] = []
  for (const [index, table] of logTables.entries()) {
    const rows = records.map((record) => record.rows[index]).filter((row) => row !== undefined)
    if (rows.length === 0) continue
    statements.push(`COPY ${table.name} (${table.columns}) FROM STDIN (FORMAT binary)`)
    data.push(...copyMessages(rows satisfies CopyRow[]))
  }
  const ended = records.filter(({ endsMessage }) => endsMessage)
  if (ended.length > 0) statements.push(endOf(ended))
  const bytes = joinSmall([queryMessage(statements.join('; ')), ...data])
  return new Promise((resolve, reject) => {
    const done = (error?: Error): void => (error ? reject(error) : resolve())
    client.query(isHeld(bytes) ? new CopyBatch(bytes, done) : new StreamedBatch(bytes, done))
  })
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Their messages leave the outbox with their outcomes: whatever happens to the bus, none is delivered twice for that. */
function endOf(records: readonly LogRecord[]): string {
  const ids = records.map(({ exchangeId }) => {
    // It stands in the statement's text.
    if (!uuid.test(exchangeId)) throw new RangeError('an exchange id is a UUID')
    return `'${exchangeId}'`
  })
  return `DELETE FROM sluice.outbox_message WHERE exchange_id IN (${ids.join(', ')})`
}

function isHeld(bytes: readonly Bytes[]): bytes is readonly Uint8Array[] {
  return bytes.every(isInMemory)
}

/** What the driver calls while a query of ours is under way. */
class CopyBatch implements pg.Submittable {
  readonly #bytes: readonly Uint8Array[]
  readonly #done: (error?: Error) => void
  // The driver puts the end of its own time limit here.
  callback: ((error?: Error) => void) | undefined

  constructor(bytes: readonly Uint8Array[], done: (error?: Error) => void) {
    this.#bytes = bytes
    this.#done = done
  }

  submit({ stream }: pg.Connection): void {
    stream.cork()
    for (const piece of this.#bytes) stream.write(piece)
    stream.uncork()
  }

  handleReadyForQuery(): void {
    this.#end()
  }

  handleError(error: Error): void {
    this.#end(error)
  }

  // The data is on its way already.
  handleCopyInResponse(): void {}
  handleCommandComplete(): void {}
  handleEmptyQuery(): void {}

  #end(error?: Error): void {
    this.callback?.(error)
    this.#done(error)
  }
}
