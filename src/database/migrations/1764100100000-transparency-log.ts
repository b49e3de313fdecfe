import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * The logs as Merkle trees (RFC 9162): which entry has which index, full tiles of hashes, checkpoints
 * with what others say of them; and a log of administrators' acts, apart from that of exchanges.
 */
export class TransparencyLog1764100100000 implements MigrationInterface {
  readonly name = 'TransparencyLog1764100100000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [auditEntry, ...trees, ...grants]) await runner.query(statement)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('REVOKE ALL ON ALL TABLES IN SCHEMA sluice FROM sluice_auditor')
    await runner.query('REVOKE ALL ON SCHEMA sluice FROM sluice_auditor')
    for (const table of treeTables.toReversed()) await runner.query(`DROP TABLE sluice.${table}`)
    await runner.query('DROP TABLE sluice.audit_log_entry')
  }
}

const treeTables = [
  'log_sequence',
  'log_tile',
  'log_checkpoint',
  'log_cosignature',
  'log_timestamp',
  'log_sequencer',
]

const logName = "text NOT NULL CHECK (log <> '')"

/** Acts are ordered by time like exchanges; their entries have no halves. */
const auditEntry = `
  CREATE TABLE sluice.audit_log_entry (
    act_id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind <> ''),
    recorded_at timestamptz NOT NULL,
    actor text NOT NULL CHECK (actor <> ''),
    entry bytea NOT NULL,
    leaf_hash bytea NOT NULL CHECK (octet_length(leaf_hash) = 32),
    written_in xid8 NOT NULL DEFAULT pg_current_xact_id()
  );
  CREATE INDEX audit_log_entry_written_in ON sluice.audit_log_entry (written_in)`

const trees = [
  // Both keys are the promise: an index is given once, and an entry has one place in one log.
  `CREATE TABLE sluice.log_sequence (
    log ${logName},
    index bigint NOT NULL CHECK (index >= 0),
    entry_id uuid NOT NULL,
    part smallint NOT NULL CHECK (part IN (0, 1, 2)),
    PRIMARY KEY (log, index),
    UNIQUE (entry_id, part)
  )`,
  `CREATE TABLE sluice.log_tile (
    log ${logName},
    level smallint NOT NULL CHECK (level BETWEEN 0 AND 7),
    index bigint NOT NULL CHECK (index >= 0),
    hashes bytea NOT NULL CHECK (octet_length(hashes) = 8192),
    PRIMARY KEY (log, level, index)
  ) WITH (toast_tuple_target = 8160);
  ALTER TABLE sluice.log_tile ALTER COLUMN hashes SET STORAGE EXTERNAL`,
  `CREATE TABLE sluice.log_checkpoint (
    log ${logName},
    size bigint NOT NULL CHECK (size > 0),
    root_hash bytea NOT NULL CHECK (octet_length(root_hash) = 32),
    note text NOT NULL CHECK (note <> ''),
    made_at timestamptz NOT NULL,
    PRIMARY KEY (log, size)
  )`,
  `CREATE TABLE sluice.log_cosignature (
    log ${logName},
    size bigint NOT NULL,
    witness text NOT NULL CHECK (witness <> ''),
    line text NOT NULL CHECK (line <> ''),
    made_at timestamptz NOT NULL,
    PRIMARY KEY (log, size, witness),
    FOREIGN KEY (log, size) REFERENCES sluice.log_checkpoint
  )`,
  `CREATE TABLE sluice.log_timestamp (
    log ${logName},
    size bigint NOT NULL,
    tsa text NOT NULL CHECK (tsa <> ''),
    token bytea NOT NULL,
    stamped_at timestamptz NOT NULL,
    PRIMARY KEY (log, size, tsa),
    FOREIGN KEY (log, size) REFERENCES sluice.log_checkpoint
  )`,
  // Every entry that an earlier transaction than this wrote has its place already.
  `CREATE TABLE sluice.log_sequencer (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    low xid8 NOT NULL
  );
  INSERT INTO sluice.log_sequencer (low) VALUES ('0')`,
]

const grown = 'sluice.log_sequence, sluice.log_tile, sluice.log_checkpoint'
const attested = 'sluice.log_cosignature, sluice.log_timestamp'

const grants = [
  `GRANT SELECT, INSERT ON ${grown}, ${attested} TO sluice_jobs`,
  'GRANT SELECT ON sluice.audit_log_entry TO sluice_jobs',
  'GRANT SELECT, UPDATE (low) ON sluice.log_sequencer TO sluice_jobs',
  'GRANT USAGE ON SCHEMA sluice TO sluice_auditor',
  // To look for what has no place yet means to know when its transaction ended; the rest is evidence.
  `GRANT SELECT ON sluice.message_log_entry, sluice.message_log_payload, sluice.message_log_data_key,
     sluice.message_log_message_id, sluice.audit_log_entry, sluice.log_sequencer, ${grown}, ${attested}
   TO sluice_auditor`,
]
