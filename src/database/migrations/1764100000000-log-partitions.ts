import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Tables with a partition a day. */
export const logTables = ['message_log_entry', 'message_log_payload']

/**
 * The message log in a partition a day, so that old days can go to an archive as a whole. Exchange ids
 * are UUIDv7: the day is in the key that keeps each half once, and both halves are in one partition.
 *
 * What was there before becomes the first partition. A default partition takes what no day is made for,
 * because a clock that jumped must not stop the log.
 */
export class LogPartitions1764100000000 implements MigrationInterface {
  readonly name = 'LogPartitions1764100000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(firstIdOfDay)
    await runner.query(writtenIn)
    for (const table of logTables) {
      for (const statement of partitioned(table)) await runner.query(statement)
    }
    await runner.query(
      'GRANT SELECT, INSERT ON sluice.message_log_entry, sluice.message_log_payload TO sluice_bus',
    )
    await runner.query('GRANT SELECT, INSERT ON sluice.message_log_entry TO sluice_jobs')
    await runner.query(
      'GRANT USAGE ON SEQUENCE sluice.message_log_row_id TO sluice_bus, sluice_jobs',
    )
    await runner.query(makePartitions(logTables))
    await runner.query(
      'REVOKE ALL ON FUNCTION sluice.make_log_partitions(date, integer) FROM PUBLIC',
    )
    await runner.query(
      'GRANT EXECUTE ON FUNCTION sluice.make_log_partitions(date, integer) TO sluice_jobs',
    )
    await runner.query("SELECT sluice.make_log_partitions((now() AT TIME ZONE 'UTC')::date, 5)")
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION sluice.make_log_partitions(date, integer)')
    for (const table of logTables) {
      for (const statement of joined(table)) await runner.query(statement)
    }
    await runner.query(numberedByTable)
    await runner.query('DROP FUNCTION sluice.first_id_of_day(date)')
    await runner.query(
      'GRANT SELECT, INSERT ON sluice.message_log_entry, sluice.message_log_payload TO sluice_bus',
    )
    await runner.query('GRANT SELECT, INSERT ON sluice.message_log_entry TO sluice_jobs')
  }
}

/** The smallest UUIDv7 of a day (RFC 9562 §5.7): its first 48 bits are milliseconds, UTC. */
const firstIdOfDay = `
  CREATE FUNCTION sluice.first_id_of_day(day date) RETURNS uuid
  LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
    SELECT rpad(lpad(to_hex(extract(epoch FROM day)::bigint * 1000), 12, '0'), 32, '0')::uuid
  $$`

/**
 * In which transaction a row was written, which the sequencer finds new rows by. Rows are numbered apart
 * from the table, so that the number goes on over all partitions.
 */
const writtenIn = `
  CREATE SEQUENCE sluice.message_log_row_id;
  SELECT setval('sluice.message_log_row_id', coalesce(max(row_id), 0) + 1, false)
    FROM sluice.message_log_entry;
  ALTER TABLE sluice.message_log_entry ALTER COLUMN row_id DROP IDENTITY,
    ALTER COLUMN row_id SET DEFAULT nextval('sluice.message_log_row_id'),
    ADD COLUMN written_in xid8 NOT NULL DEFAULT '0';
  ALTER TABLE sluice.message_log_entry
    ALTER COLUMN written_in SET DEFAULT pg_current_xact_id();
  CREATE INDEX message_log_entry_written_in ON sluice.message_log_entry (written_in)`

const partitioned = (table: string): string[] => [
  `ALTER TABLE sluice.${table} RENAME TO ${table}_first`,
  `ALTER INDEX sluice.${table}_pkey RENAME TO ${table}_first_pkey`,
  ...(table === 'message_log_entry'
    ? [`ALTER INDEX sluice.${table}_written_in RENAME TO ${table}_first_written_in`]
    : []),
  `CREATE TABLE sluice.${table} (LIKE sluice.${table}_first INCLUDING ALL)
     PARTITION BY RANGE (exchange_id)`,
  `CREATE TABLE sluice.${table}_default PARTITION OF sluice.${table} DEFAULT
     WITH (toast_tuple_target = 8160)`,
  // From here on it is reached through the whole only.
  `REVOKE ALL ON sluice.${table}_first FROM sluice_bus, sluice_jobs`,
  `DO $$ BEGIN
     EXECUTE format('ALTER TABLE sluice.${table} ATTACH PARTITION sluice.${table}_first
                     FOR VALUES FROM (MINVALUE) TO (%L)',
                    sluice.first_id_of_day((now() AT TIME ZONE 'UTC')::date + 2));
   END $$`,
]

/** One day's partition of one table, for the loop below. */
const partitionOfDay = `
        BEGIN
          EXECUTE format('SELECT EXISTS (SELECT FROM sluice.%I WHERE exchange_id >= $1
                            AND exchange_id < $2)', base || '_default')
            INTO strays USING first, beyond;
          IF strays THEN
            EXECUTE format('LOCK TABLE ONLY sluice.%I IN SHARE ROW EXCLUSIVE MODE', base);
          END IF;
          EXECUTE format('LOCK TABLE sluice.%I IN ACCESS EXCLUSIVE MODE', base || '_default');
          EXECUTE format('CREATE TABLE sluice.%I (LIKE sluice.%I INCLUDING ALL)
                          WITH (toast_tuple_target = 8160)', partition, base);
          EXECUTE format('WITH moved AS (DELETE FROM sluice.%I WHERE exchange_id >= $1
                            AND exchange_id < $2 RETURNING *)
                          INSERT INTO sluice.%I SELECT * FROM moved',
                         base || '_default', partition) USING first, beyond;
          EXECUTE format('ALTER TABLE sluice.%I ATTACH PARTITION sluice.%I
                          FOR VALUES FROM (%L) TO (%L)', base, partition, first, beyond);
          made := made + 1;
        EXCEPTION WHEN invalid_object_definition THEN
          -- Another partition, the first of all, has this day already; the table made here is gone again.
          NULL;
        END;`

/**
 * Makes the partitions of so many days from one on, where they are missing. What the default partition
 * holds of such a day moves to it.
 *
 * Writers to the default partition wait meanwhile: a row that one of them commits between the move and the
 * attachment would make it fail, and under load one always does. Where there are rows to move they wait
 * before they choose a partition, or the one that waits would find its row in the wrong one. They wait for
 * two seconds at most.
 */
export const makePartitions = (tables: readonly string[]): string => `
  CREATE OR REPLACE FUNCTION sluice.make_log_partitions(from_day date, days integer) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
  DECLARE
    day date;
    base text;
    partition text;
    first uuid;
    beyond uuid;
    strays boolean;
    made integer := 0;
  BEGIN
    IF days NOT BETWEEN 1 AND 60 OR abs(from_day - (now() AT TIME ZONE 'UTC')::date) > 60 THEN
      RAISE EXCEPTION 'partitions are made for the days around today';
    END IF;
    FOR day IN SELECT from_day + n FROM generate_series(0, days - 1) AS n LOOP
      first := sluice.first_id_of_day(day);
      beyond := sluice.first_id_of_day(day + 1);
      FOREACH base IN ARRAY ARRAY[${tables.map((table) => `'${table}'`).join(', ')}] LOOP
        partition := base || '_' || to_char(day, 'YYYYMMDD');
        CONTINUE WHEN to_regclass(format('sluice.%I', partition)) IS NOT NULL;${partitionOfDay}
      END LOOP;
    END LOOP;
    RETURN made;
  END $$`

/** All days in one table again. */
const joined = (table: string): string[] => [
  `CREATE TABLE sluice.${table}_whole (LIKE sluice.${table} INCLUDING ALL)
     WITH (toast_tuple_target = 8160)`,
  `INSERT INTO sluice.${table}_whole SELECT * FROM sluice.${table}`,
  `DROP TABLE sluice.${table}`,
  `ALTER TABLE sluice.${table}_whole RENAME TO ${table}`,
  `ALTER INDEX sluice.${table}_whole_pkey RENAME TO ${table}_pkey`,
]

const numberedByTable = `
  ALTER TABLE sluice.message_log_entry DROP COLUMN written_in,
    ALTER COLUMN row_id DROP DEFAULT,
    ALTER COLUMN row_id ADD GENERATED ALWAYS AS IDENTITY;
  SELECT setval(pg_get_serial_sequence('sluice.message_log_entry', 'row_id'),
                nextval('sluice.message_log_row_id'), false);
  DROP SEQUENCE sluice.message_log_row_id`
