import type { MigrationInterface, QueryRunner } from 'typeorm'

// Each half of an exchange once: one request, one outcome. Exchange ids are time-ordered (UUIDv7),
// so this one index also serves searches by time.
const entry = `
  CREATE TABLE sluice.message_log_entry (
    row_id bigint GENERATED ALWAYS AS IDENTITY,
    exchange_id uuid NOT NULL,
    half smallint NOT NULL CHECK (half IN (1, 2)),
    kind text NOT NULL CHECK (kind IN ('request', 'reply', 'refusal', 'unresolved')),
    recorded_at timestamptz NOT NULL,
    domain text,
    consumer text,
    service text,
    outcome text,
    entry bytea NOT NULL,
    leaf_hash bytea NOT NULL CHECK (octet_length(leaf_hash) = 32),
    PRIMARY KEY (exchange_id, half),
    CHECK ((half = 1) = (kind = 'request'))
  ) WITH (toast_tuple_target = 8160)`

const payload = `
  CREATE TABLE sluice.message_log_payload (
    exchange_id uuid NOT NULL,
    half smallint NOT NULL CHECK (half IN (1, 2)),
    data_key_id uuid NOT NULL,
    nonce bytea NOT NULL,
    ciphertext bytea NOT NULL,
    PRIMARY KEY (exchange_id, half)
  ) WITH (toast_tuple_target = 8160)`

const dataKey = `
  CREATE TABLE sluice.message_log_data_key (
    id uuid PRIMARY KEY,
    wrapped_key bytea NOT NULL,
    master_key_id text NOT NULL,
    created_at timestamptz NOT NULL
  )`

const messageId = `
  CREATE TABLE sluice.message_log_message_id (
    digest bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
    exchange_id uuid NOT NULL,
    recorded_at timestamptz NOT NULL
  )`

/** Evidence of exchanges: entries, encrypted payloads, their keys, and the message ids seen. */
export class MessageLog1764000000100 implements MigrationInterface {
  readonly name = 'MessageLog1764000000100'

  async up(runner: QueryRunner): Promise<void> {
    for (const table of [entry, payload, dataKey, messageId]) await runner.query(table)
    // Compressing is half of what a row costs the server, and ciphertext does not shrink.
    await runner.query(
      'ALTER TABLE sluice.message_log_entry ALTER COLUMN entry SET STORAGE EXTERNAL',
    )
    await runner.query(
      'ALTER TABLE sluice.message_log_payload ALTER COLUMN ciphertext SET STORAGE EXTERNAL',
    )
    // Rows come in the order of time, so a block range index finds the old ones at no cost to writers.
    await runner.query(
      'CREATE INDEX message_log_message_id_recorded_at ON sluice.message_log_message_id USING brin (recorded_at)',
    )
    // Append-only by privilege; only the replay table forgets, after its window.
    await runner.query(
      `GRANT SELECT, INSERT ON sluice.message_log_entry, sluice.message_log_payload,
        sluice.message_log_data_key TO sluice_bus`,
    )
    await runner.query(
      'GRANT SELECT, INSERT, DELETE ON sluice.message_log_message_id TO sluice_bus',
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['message_id', 'data_key', 'payload', 'entry']) {
      await runner.query(`DROP TABLE sluice.message_log_${table}`)
    }
  }
}
