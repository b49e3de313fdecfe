import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * A partition a day from the first day on. What there was before there were days lies in one partition, which
 * reaches to the second day after it was made; where there was nothing, as on a fresh installation, it
 * would only keep its days from going one by one.
 */
export class DaysFromFirst1764100500000 implements MigrationInterface {
  readonly name = 'DaysFromFirst1764100500000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(dropEmptyFirst)
  }

  // Days are as good as one partition for all of them.
  down(): Promise<void> {
    return Promise.resolve()
  }
}

/**
 * Looked at before anything is locked, too: where the log is in use, nobody shall wait for this. A partition with
 * rows stays, and goes to the archive with the last of its days.
 */
const dropEmptyFirst = `
  DO $$
  DECLARE
    base text;
    bases text[] := ARRAY['message_log_entry', 'message_log_payload', 'exchange_search'];
    has_rows boolean;
  BEGIN
    FOR is_locked IN 0..1 LOOP
      FOREACH base IN ARRAY bases LOOP
        IF to_regclass(format('sluice.%I', base || '_first')) IS NULL THEN RETURN; END IF;
        IF is_locked = 1 THEN
          EXECUTE format('LOCK TABLE sluice.%I IN ACCESS EXCLUSIVE MODE', base);
        END IF;
        EXECUTE format('SELECT EXISTS (SELECT FROM sluice.%I)', base || '_first') INTO has_rows;
        IF has_rows THEN RETURN; END IF;
      END LOOP;
    END LOOP;
    FOREACH base IN ARRAY bases LOOP
      EXECUTE format('DROP TABLE sluice.%I', base || '_first');
    END LOOP;
    PERFORM sluice.make_log_partitions((now() AT TIME ZONE 'UTC')::date, 5);
  END $$`
