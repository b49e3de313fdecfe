import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * Who made each state of the registry, and what is planned to happen to members and systems on a day: change of
 * owner, merger, end.
 */
export class LifeCycle1764400500000 implements MigrationInterface {
  readonly name = 'LifeCycle1764400500000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [actor, remember, table, ...grants]) {
      await runner.query(statement)
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sluice.life_cycle_event')
    await runner.query(before)
    await runner.query('ALTER TABLE sluice.registry_history DROP COLUMN actor')
  }
}

const actor = 'ALTER TABLE sluice.registry_history ADD COLUMN actor text'

// The bytes of a certificate never change and stand in its table; an authority may be given another one.
const remember = `
  CREATE OR REPLACE FUNCTION sluice.registry_remembered() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DECLARE
    entry jsonb := to_jsonb(NEW);
  BEGIN
    IF TG_TABLE_NAME = 'certificate' THEN entry := entry - 'der'; END IF;
    INSERT INTO sluice.registry_history (noun, id, revision, written_at, entry, actor)
    VALUES (TG_TABLE_NAME, entry ->> TG_ARGV[0], NEW.revision, clock_timestamp(), entry,
            nullif(current_setting('sluice.actor', true), ''))
    ON CONFLICT (noun, id, revision)
      DO UPDATE SET entry = EXCLUDED.entry, actor = EXCLUDED.actor;
    RETURN NULL;
  END $$`

const before = `
  CREATE OR REPLACE FUNCTION sluice.registry_remembered() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DECLARE
    entry jsonb := to_jsonb(NEW) - 'der';
  BEGIN
    INSERT INTO sluice.registry_history (noun, id, revision, written_at, entry)
    VALUES (TG_TABLE_NAME, entry ->> TG_ARGV[0], NEW.revision, clock_timestamp(), entry)
    ON CONFLICT (noun, id, revision) DO UPDATE SET entry = EXCLUDED.entry;
    RETURN NULL;
  END $$`

const table = `
  CREATE TABLE sluice.life_cycle_event (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('owner-change', 'merger', 'liquidation')),
    subject text NOT NULL CHECK (subject <> ''),
    target text,
    alias_until timestamptz,
    archive_place text,
    reason text NOT NULL CHECK (reason <> ''),
    due_at timestamptz NOT NULL,
    filed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    filed_by text NOT NULL,
    state text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'done', 'cancelled')),
    ended_at timestamptz,
    ended_by text,
    trouble text,
    revision integer NOT NULL DEFAULT 1,
    CHECK ((state = 'planned') = (ended_at IS NULL)),
    CHECK (kind = 'liquidation' OR target IS NOT NULL)
  );
  CREATE INDEX ON sluice.life_cycle_event (due_at) WHERE state = 'planned';
  -- One thing at a time happens to one thing.
  CREATE UNIQUE INDEX ON sluice.life_cycle_event (subject) WHERE state = 'planned';
  CREATE TRIGGER keeps BEFORE DELETE OR TRUNCATE ON sluice.life_cycle_event
  FOR EACH STATEMENT EXECUTE FUNCTION sluice.registry_keeps()`

const grants = ['GRANT SELECT, INSERT, UPDATE ON sluice.life_cycle_event TO sluice_admin']
