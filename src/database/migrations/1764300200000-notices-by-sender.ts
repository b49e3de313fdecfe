import type { MigrationInterface, QueryRunner } from 'typeorm'
import { partitionOf } from '../../exchange/lane.js'

/**
 * A sender's lanes come into the partition of its notices, so that one worker reads its queue, delivers and tells it.
 * Notices that were not told are found by their sender, so that one who cannot be told costs the others nothing. What
 * else stood in the way of writing many of them goes: the log sees to it that no notice is there twice, and age needs no
 * index that each row has a place of its own in.
 */
export class NoticesBySender1764300200000 implements MigrationInterface {
  readonly name = 'NoticesBySender1764300200000'

  async up(runner: QueryRunner): Promise<void> {
    await moveMessages(runner)
    await runner.query(`
      DROP INDEX sluice.outbox_notice_untold;
      DROP INDEX sluice.outbox_notice_age;
      ALTER TABLE sluice.outbox_notice DROP CONSTRAINT outbox_notice_id_key;
      CREATE INDEX outbox_notice_untold ON sluice.outbox_notice (partition, sender, position)
        WHERE told_at IS NULL;
      CREATE INDEX outbox_notice_age ON sluice.outbox_notice USING brin (at)`)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX sluice.outbox_notice_untold;
      DROP INDEX sluice.outbox_notice_age;
      ALTER TABLE sluice.outbox_notice ADD CONSTRAINT outbox_notice_id_key UNIQUE (id);
      CREATE INDEX outbox_notice_untold ON sluice.outbox_notice (partition, position)
        WHERE told_at IS NULL;
      CREATE INDEX outbox_notice_age ON sluice.outbox_notice (at)`)
  }
}

async function moveMessages(runner: QueryRunner): Promise<void> {
  const senders = (await runner.query('SELECT DISTINCT sender FROM sluice.outbox_message')) as {
    readonly sender: string
  }[]
  for (const { sender } of senders) {
    await runner.query('UPDATE sluice.outbox_message SET partition = $2 WHERE sender = $1', [
      sender,
      partitionOf(sender),
    ])
  }
}
