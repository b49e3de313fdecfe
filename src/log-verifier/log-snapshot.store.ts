import pg from 'pg'
import { CopyReader, type Row } from './copy-rows.js'

// In the order of their places: whatever else the planner might think of for tables that nobody has analysed
// sorts or hashes whole entries.
const lookUp = `SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off;
  SET LOCAL enable_sort = off; SET LOCAL max_parallel_workers_per_gather = 0`

export interface SnapshotOptions {
  /** Makes a connection under the auditor's role, not yet opened, without a limit on a statement's time. */
  readonly connect: () => pg.Client
}

/**
 * One consistent state of the logs, read while the bus goes on writing.
 *
 * A first connection holds the snapshot and touches no table. Each reading is a short transaction of a second one
 * under that snapshot: a lock held on the tables for an hour would stop whoever makes or drops a partition, and
 * behind them all who write.
 */
export class LogSnapshot {
  readonly #holder: pg.Client
  readonly #reader: pg.Client
  readonly #id: string
  /** The server's clock when the snapshot was taken. */
  readonly takenAt: Date

  private constructor(holder: pg.Client, reader: pg.Client, id: string, takenAt: Date) {
    this.#holder = holder
    this.#reader = reader
    this.#id = id
    this.takenAt = takenAt
  }

  /** The caller closes it. @throws Error where the database cannot be reached */
  static async take({ connect }: SnapshotOptions): Promise<LogSnapshot> {
    const [holder, reader] = [connect(), connect()]
    // A connection that breaks fails the reading that needs it.
    for (const client of [holder, reader]) client.on('error', () => undefined)
    try {
      await holder.connect()
      await reader.connect()
      await holder.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
      const { rows } = await holder.query<{ id: string; now: Date }>(
        'SELECT pg_export_snapshot() AS id, clock_timestamp() AS now',
      )
      const [row] = rows
      if (!row) throw new Error('the server gave no snapshot')
      return new LogSnapshot(holder, reader, row.id, row.now)
    } catch (error) {
      await Promise.allSettled([holder.end(), reader.end()])
      throw error
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#reader.end(), this.#holder.end()])
  }

  /** Rows of a statement of few rows. */
  async rows<T extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<T[]> {
    return this.#within(async () => (await this.#reader.query<T>(sql, values)).rows)
  }

  /** Rows of several statements in one state, that of this moment, which is another than that of the snapshot. */
  async rowsTogether(statements: readonly string[]): Promise<Record<string, unknown>[][]> {
    await this.#reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    try {
      const found: Record<string, unknown>[][] = []
      for (const sql of statements) {
        found.push((await this.#reader.query<Record<string, unknown>>(sql)).rows)
      }
      return found
    } finally {
      await this.#reader.query('COMMIT')
    }
  }

  /**
   * Rows of any number, one after the other; the server waits for whoever takes them.
   * @param sql - with its values in it, as {@link text} writes them
   * @param onRow - must be done with the row when it returns
   * @param plan - `lookup`: rows of the joined tables are looked up one by one
   */
  async stream(
    sql: string,
    columns: number,
    onRow: (row: Row) => void,
    plan?: 'lookup',
  ): Promise<void> {
    await this.#within(async () => {
      if (plan === 'lookup') await this.#reader.query(lookUp)
      await copyOut(this.#reader, sql, new CopyReader(columns, onRow))
    })
  }

  /** A text as SQL. */
  text(value: string): string {
    return pg.escapeLiteral(value)
  }

  async #within<T>(work: () => Promise<T>): Promise<T> {
    await this.#reader.query(
      `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
       SET TRANSACTION SNAPSHOT ${this.text(this.#id)}; SET LOCAL jit = off`,
    )
    try {
      return await work()
    } finally {
      await this.#reader.query('COMMIT')
    }
  }
}

function copyOut(client: pg.Client, sql: string, reader: CopyReader): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error): void => (error ? reject(error) : resolve())
    client.query(new CopyOut(`COPY (${sql}) TO STDOUT (FORMAT binary)`, reader, done))
  })
}

/** What the driver calls while a COPY is under way. */
class CopyOut implements pg.Submittable {
  readonly #sql: string
  readonly #reader: CopyReader
  readonly #done: (error?: Error) => void
  #trouble: Error | undefined
  // The driver puts the end of its own time limit here.
  callback: ((error?: Error) => void) | undefined

  constructor(sql: string, reader: CopyReader, done: (error?: Error) => void) {
    this.#sql = sql
    this.#reader = reader
    this.#done = done
  }

  submit(connection: pg.Connection): void {
    connection.query(this.#sql)
  }

  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    if (this.#trouble) return
    // Thrown to the driver it would end the process.
    try {
      this.#reader.take(chunk)
    } catch (error) {
      this.#trouble = error as Error
    }
  }

  handleReadyForQuery(): void {
    if (!this.#trouble) {
      try {
        this.#reader.end()
      } catch (error) {
        this.#trouble = error as Error
      }
    }
    this.#end(this.#trouble)
  }

  handleError(error: Error): void {
    this.#end(error)
  }

  handleCopyOutResponse(): void {}
  handleCommandComplete(): void {}
  handleEmptyQuery(): void {}

  #end(error?: Error): void {
    this.callback?.(error)
    this.#done(error)
  }
}
