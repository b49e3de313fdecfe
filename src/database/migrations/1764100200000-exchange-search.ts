import type { MigrationInterface, QueryRunner } from 'typeorm'
import { logTables, makePartitions } from './1764100000000-log-partitions.js'

/**
 * What auditors search exchanges by. The log itself has no indexes for that, because each would be paid
 * for on the exchange path; these tables are filled behind it, from what entries say, and hold nothing
 * that could not be made from them again.
 */
export class ExchangeSearch1764100200000 implements MigrationInterface {
  readonly name = 'ExchangeSearch1764100200000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [
      parties,
      exchanges,
      partitionsAsOfLog,
      progress,
      entryAsJson,
      ...grants,
    ]) {
      await runner.query(statement)
    }
    await runner.query(makePartitions([...logTables, 'exchange_search']))
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(makePartitions(logTables))
    for (const table of [
      'exchange_search_progress',
      'exchange_search',
      'exchange_search_parties',
    ]) {
      await runner.query(`DROP TABLE sluice.${table}`)
    }
    await runner.query('DROP FUNCTION sluice.entry_as_json(bytea)')
  }
}

/**
 * Who asked whom for what and how it ended: few of these for very many exchanges, so that one number
 * stands for all five. What an entry does not say is an empty text.
 */
const parties = `
  CREATE TABLE sluice.exchange_search_parties (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    domain text NOT NULL,
    consumer text NOT NULL,
    provider text NOT NULL,
    service text NOT NULL,
    outcome text NOT NULL
  );
  CREATE UNIQUE INDEX exchange_search_parties_once ON sluice.exchange_search_parties
    (consumer, service, outcome, provider, domain)`

/**
 * One row for each exchange that has its outcome. Texts that only one or few exchanges have are kept as
 * a hash of 64 bits: what is found by one is read back from its entries.
 */
const exchanges = `
  CREATE TABLE sluice.exchange_search (
    exchange_id uuid PRIMARY KEY,
    message_key bigint,
    correlation_key bigint,
    subject_key bigint,
    parties integer NOT NULL
  ) PARTITION BY RANGE (exchange_id);
  CREATE INDEX exchange_search_parties_of ON sluice.exchange_search (parties);
  CREATE INDEX exchange_search_message ON sluice.exchange_search (message_key)
    WHERE message_key IS NOT NULL;
  CREATE INDEX exchange_search_correlation ON sluice.exchange_search (correlation_key)
    WHERE correlation_key IS NOT NULL;
  CREATE INDEX exchange_search_subject ON sluice.exchange_search (subject_key)
    WHERE subject_key IS NOT NULL`

const partitionsAsOfLog = `
  DO $$
  DECLARE
    partition record;
  BEGIN
    FOR partition IN
      SELECT relname, pg_get_expr(relpartbound, oid) AS bounds
        FROM pg_inherits JOIN pg_class ON oid = inhrelid
       WHERE inhparent = 'sluice.message_log_entry'::regclass
    LOOP
      EXECUTE format('CREATE TABLE sluice.%I PARTITION OF sluice.exchange_search %s',
                     replace(partition.relname, 'message_log_entry', 'exchange_search'),
                     partition.bounds);
    END LOOP;
  END $$`

/**
 * How far the filling has come: rows that transactions before \`low\` wrote are in, and those from before
 * there was \`written_in\`, up to the exchange \`old_until\` (null: all of them). Everything committed before
 * \`reached_at\` is in; so will be what was before \`marked_at\`, once \`low\` has come to \`mark\`.
 */
const progress = `
  CREATE TABLE sluice.exchange_search_progress (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    low xid8 NOT NULL,
    old_until uuid,
    mark xid8 NOT NULL,
    marked_at timestamptz NOT NULL,
    reached_at timestamptz NOT NULL
  );
  INSERT INTO sluice.exchange_search_progress (low, old_until, mark, marked_at, reached_at)
    SELECT '1', CASE WHEN EXISTS (SELECT FROM sluice.message_log_entry WHERE written_in = '0')
                THEN '00000000-0000-0000-0000-000000000000'::uuid END,
           '1', 'epoch', 'epoch'`

/** An entry that somebody changed may be no JSON any more; it must not keep the others from being filled. */
const entryAsJson = `
  CREATE FUNCTION sluice.entry_as_json(entry bytea) RETURNS jsonb
  LANGUAGE plpgsql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    RETURN convert_from(entry, 'UTF8')::jsonb;
  EXCEPTION WHEN data_exception THEN
    RETURN '{}';
  END $$`

const grants = [
  'GRANT SELECT, INSERT ON sluice.exchange_search, sluice.exchange_search_parties TO sluice_jobs',
  `GRANT SELECT, UPDATE (low, old_until, mark, marked_at, reached_at)
     ON sluice.exchange_search_progress TO sluice_jobs`,
  `GRANT SELECT ON sluice.exchange_search, sluice.exchange_search_parties,
     sluice.exchange_search_progress TO sluice_auditor`,
]
