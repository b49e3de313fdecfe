import type pg from 'pg'
import { Client } from 'pg'
import {
  SequencingSession,
  type SessionParts,
} from '../../src/sequencing/sequencing-session.store.js'
import { startTestDatabase, type TestDatabase } from './database.js'
import { judgeLogs, testSequencing, type TestSequencing } from './sequencing.js'

/** A database with empty logs for each test, and a node that may give places in them. */
export class SequencingField {
  readonly database: TestDatabase
  readonly #open: { close(): Promise<unknown> }[] = []
  /** Set by {@link begin}. */
  owner!: pg.Client
  own!: TestSequencing

  private constructor(database: TestDatabase) {
    this.database = database
  }

  static async open(): Promise<SequencingField> {
    return new SequencingField(await startTestDatabase())
  }

  /** Empties the logs and makes another node. */
  async begin(): Promise<void> {
    this.owner = await this.connected()
    await this.owner.query(
      `TRUNCATE sluice.log_sequence, sluice.log_tile, sluice.log_checkpoint, sluice.log_cosignature,
         sluice.log_timestamp, sluice.message_log_entry, sluice.audit_log_entry CASCADE;
       UPDATE sluice.log_sequencer SET low = '0'`,
    )
    this.own = testSequencing(this.database)
  }

  /** Ends what a test has opened. */
  async end(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((each) => each.close()))
  }

  /** To be ended with the test. */
  ending<Open extends { close(): Promise<unknown> }>(opened: Open): Open {
    this.#open.push(opened)
    return opened
  }

  /** A session of the owner's. */
  async connected(): Promise<pg.Client> {
    const client = new Client(this.database.ownerUrl)
    client.on('error', () => undefined)
    await client.connect()
    this.ending({ close: () => client.end() })
    return client
  }

  async session(parts: SessionParts = this.own.parts): Promise<SequencingSession> {
    return this.ending(await SequencingSession.open(parts))
  }

  /** A session that is the sequencer's, with the logs as they were left. */
  async elected(parts: SessionParts = this.own.parts): Promise<SequencingSession> {
    const session = await this.session(parts)
    if (!(await session.elect())) throw new Error('another session is the sequencer already')
    await session.load()
    return session
  }

  /** Passes until nothing more is found. @returns number of entries that got a place */
  async passAll(session: SequencingSession): Promise<number> {
    let placed = 0
    for (;;) {
      const pass = await session.pass()
      placed += pass.placed
      for (const { log, note } of pass.checkpoints) await this.own.parts.published.keep(log, note)
      if (pass.isComplete) return placed
    }
  }

  judge(): ReturnType<typeof judgeLogs> {
    return judgeLogs(this.owner, this.own.signers)
  }
}
