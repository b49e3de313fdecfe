import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * What of the logs lies in archive files, which payloads were erased, and what a legal hold keeps. All
 * three are added to and never changed; only the owner of the schema may.
 */
export class Archive1764100400000 implements MigrationInterface {
  readonly name = 'Archive1764100400000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [archive, erasure, hold, dataKeyIndex, grants]) {
      await runner.query(statement)
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX sluice.message_log_payload_data_key')
    await runner.query('DROP TABLE sluice.legal_hold, sluice.payload_erasure, sluice.log_archive')
  }
}

/** Entries from one index on and before another lie in a file; `root_hash` is the tree's at the end of it. */
const archive = `
  CREATE TABLE sluice.log_archive (
    log text NOT NULL CHECK (log <> ''),
    from_index bigint NOT NULL CHECK (from_index >= 0),
    to_index bigint NOT NULL,
    file_name text NOT NULL CHECK (file_name <> ''),
    -- SHA-256 of the file's manifest, which has those of all its members.
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    root_hash bytea NOT NULL CHECK (octet_length(root_hash) = 32),
    checkpoint_size bigint NOT NULL,
    archived_at timestamptz NOT NULL,
    act_id uuid NOT NULL REFERENCES sluice.audit_log_entry,
    PRIMARY KEY (log, from_index),
    UNIQUE (log, to_index),
    CHECK (from_index < to_index AND to_index <= checkpoint_size)
  )`

/** Payloads of these exchanges of this service are gone by an act: '' is entries that name no service. */
const erasure = `
  CREATE TABLE sluice.payload_erasure (
    act_id uuid NOT NULL REFERENCES sluice.audit_log_entry,
    service text NOT NULL,
    from_id uuid NOT NULL,
    before_id uuid NOT NULL,
    payloads bigint NOT NULL CHECK (payloads > 0),
    erased_at timestamptz NOT NULL,
    PRIMARY KEY (act_id, service),
    CHECK (from_id < before_id)
  )`

/** A hold is a row, and its end is another. What a row leaves out holds whatever it is. */
const hold = `
  CREATE TABLE sluice.legal_hold (
    hold_id uuid NOT NULL,
    is_lift boolean NOT NULL,
    exchange_id uuid,
    service text,
    consumer text,
    domain text,
    from_day date,
    to_day date,
    reason text NOT NULL CHECK (reason <> ''),
    made_at timestamptz NOT NULL,
    act_id uuid NOT NULL REFERENCES sluice.audit_log_entry,
    PRIMARY KEY (hold_id, is_lift),
    CHECK (is_lift = (num_nonnulls(exchange_id, service, consumer, domain, from_day, to_day) = 0)),
    CHECK (from_day <= to_day)
  )`

/** Finds whether any payload needs a data key still; few keys are in a block range, so it is small. */
const dataKeyIndex = `
  CREATE INDEX message_log_payload_data_key ON sluice.message_log_payload
    USING brin (data_key_id uuid_bloom_ops (n_distinct_per_range = 32))`

const grants = `
  GRANT SELECT ON sluice.log_archive, sluice.payload_erasure, sluice.legal_hold TO sluice_auditor;
  GRANT SELECT ON sluice.log_archive TO sluice_jobs`
