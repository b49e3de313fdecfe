import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * One-way messages that wait for their delivery, and what their senders are told of them. Both are written in one
 * transaction with the entries of the message log that they follow from; the content of a message is there.
 */
export class Outbox1764300000000 implements MigrationInterface {
  readonly name = 'Outbox1764300000000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [columns, message, notice, ...grants]) await runner.query(statement)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sluice.outbox_notice')
    await runner.query('DROP TABLE sluice.outbox_message')
    await runner.query('ALTER TABLE sluice.service DROP COLUMN pattern')
    await runner.query('ALTER TABLE sluice.subsystem DROP COLUMN mq')
  }
}

const columns = `
  ALTER TABLE sluice.service ADD COLUMN pattern text NOT NULL DEFAULT 'request-reply'
    CHECK (pattern IN ('request-reply', 'one-way'));
  ALTER TABLE sluice.subsystem ADD COLUMN mq boolean NOT NULL DEFAULT false`

// A row goes with the entry of its exchange's outcome. Order of a lane is that of the positions: one connection of a
// worker writes all messages of a sender. `drop_ground` is an operator's wish that the relay carries out.
const message = `
  CREATE TABLE sluice.outbox_message (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    exchange_id uuid NOT NULL UNIQUE,
    partition smallint NOT NULL CHECK (partition BETWEEN 0 AND 15),
    sender text NOT NULL,
    recipient text NOT NULL,
    provider text NOT NULL,
    message_id text NOT NULL,
    protocol text NOT NULL,
    copy smallint NOT NULL,
    payload_bytes integer NOT NULL,
    accepted_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    next_at timestamptz NOT NULL DEFAULT '-infinity',
    last_fault text,
    drop_ground text
  );
  CREATE INDEX outbox_message_lane ON sluice.outbox_message (partition, sender, provider, position);
  CREATE INDEX outbox_message_expiry ON sluice.outbox_message (expires_at);
  CREATE INDEX outbox_message_dropped ON sluice.outbox_message (partition) WHERE drop_ground IS NOT NULL`

// Kept after it was told, for senders who ask; \`told_at\` is null while it waits to be put into a queue.
const notice = `
  CREATE TABLE sluice.outbox_notice (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    exchange_id uuid NOT NULL,
    partition smallint NOT NULL CHECK (partition BETWEEN 0 AND 15),
    code text NOT NULL,
    sender text NOT NULL,
    recipient text NOT NULL,
    message_id text NOT NULL,
    protocol text NOT NULL,
    at timestamptz NOT NULL,
    details text,
    told_at timestamptz
  );
  CREATE INDEX outbox_notice_untold ON sluice.outbox_notice (partition, position) WHERE told_at IS NULL;
  CREATE INDEX outbox_notice_exchange ON sluice.outbox_notice (exchange_id);
  CREATE INDEX outbox_notice_age ON sluice.outbox_notice (at)`

// What workers read of the log and its keys they could read before. Who drops a message is the owner.
const grants = [
  `GRANT SELECT, INSERT, DELETE, UPDATE (attempts, next_at, last_fault) ON sluice.outbox_message TO sluice_bus`,
  `GRANT SELECT, INSERT, UPDATE (told_at) ON sluice.outbox_notice TO sluice_bus`,
  `GRANT SELECT ON sluice.outbox_message TO sluice_jobs`,
  `GRANT SELECT, DELETE ON sluice.outbox_notice TO sluice_jobs`,
  `GRANT SELECT ON sluice.outbox_message, sluice.outbox_notice TO sluice_auditor`,
]
