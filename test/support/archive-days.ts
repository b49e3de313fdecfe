import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { verifyArchive, type ArchiveVerdict } from '../../src/archive-reader/verify-archive.js'
import { recordAct } from '../../src/audit-log/audit-log.store.js'
import {
  archiveLogs,
  type ArchivedSummary,
  type ArchiveInput,
} from '../../src/log-archive/archive-logs.store.js'
import { dayAfter, dayOf } from '../../src/log-archive/log-day.js'
import type { TestDatabase } from './database.js'

export const today = dayOf(new Date())

/** So many days ago. */
export function daysAgo(days: number): string {
  return dayAfter(today, -days)
}

/** An empty log with a partition for each day around today, and a folder for what is archived of it. */
export class ArchiveDays {
  private constructor(
    readonly owner: pg.Client,
    readonly folder: string,
  ) {}

  static async start(database: TestDatabase): Promise<ArchiveDays> {
    const owner = new pg.Client(database.ownerUrl)
    await owner.connect()
    const days = new ArchiveDays(owner, await mkdtemp(join(tmpdir(), 'sluice-archive-')))
    await days.clear()
    return days
  }

  /** @param days - that have a partition, beginning with five days ago; making them is most of the work */
  async clear(days = 9): Promise<void> {
    await this.owner.query(`TRUNCATE sluice.message_log_entry, sluice.message_log_payload,
      sluice.message_log_data_key, sluice.log_sequence, sluice.log_tile, sluice.log_checkpoint,
      sluice.log_cosignature, sluice.log_timestamp, sluice.log_archive, sluice.payload_erasure,
      sluice.legal_hold, sluice.audit_log_entry CASCADE`)
    // What there was before the first start lies in one partition for all of its days.
    await this.owner.query(`DO $$ DECLARE partition regclass; BEGIN
      FOR partition IN SELECT oid::regclass FROM pg_class
        WHERE relispartition AND relkind = 'r' AND relname LIKE '%\\_first' LOOP
        EXECUTE format('DROP TABLE %s', partition);
      END LOOP;
    END $$`)
    await this.owner.query(`SELECT sluice.make_log_partitions('${daysAgo(5)}', ${days})`)
  }

  input(before: string): ArchiveInput {
    return {
      ...{ day: before, folder: this.folder, originBase: 'sluice', logKeys: new Map() },
      recordAct: async (client) =>
        (await recordAct(client, { kind: 'log.archive', actor: 'test' })).actId,
      now: () => new Date(),
    }
  }

  archive(
    before: string,
    change: Partial<ArchiveInput> = {},
  ): Promise<ArchivedSummary | undefined> {
    return archiveLogs(this.owner, { ...this.input(before), ...change })
  }

  verify(summary: ArchivedSummary | undefined): Promise<ArchiveVerdict[]> {
    const names = summary?.files.map(({ fileName }) => fileName) ?? []
    return Promise.all(names.map((name) => verifyArchive(join(this.folder, name))))
  }

  async count(from: string): Promise<number> {
    const { rows } = await this.owner.query<{ count: string }>(
      `SELECT count(*) FROM sluice.${from}`,
    )
    return Number(rows[0]?.count)
  }

  async stop(): Promise<void> {
    await this.owner.end()
    await rm(this.folder, { recursive: true })
  }
}
