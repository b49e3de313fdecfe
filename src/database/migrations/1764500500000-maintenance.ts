import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * Announced works on systems, services and the bus itself, and services that fail again and again
 * . Every process follows both, as it follows the registry.
 */
export class Maintenance1764500500000 implements MigrationInterface {
  readonly name = 'Maintenance1764500500000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [windows, ...filed, failures, troubles]) await runner.query(statement)
    for (const table of ['maintenance_window', 'provider_trouble']) {
      for (const statement of followed(table)) await runner.query(statement)
    }
    for (const statement of grants) await runner.query(statement)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('REVOKE ALL (once) ON sluice.notice FROM sluice_bus')
    await runner.query('REVOKE INSERT ON sluice.notice FROM sluice_bus')
    await runner.query(
      'DROP TABLE sluice.maintenance_window, sluice.provider_trouble, sluice.provider_failures',
    )
    await runner.query('DROP FUNCTION sluice.maintenance_window_filed()')
  }
}

const revision = `
    revision bigint NOT NULL DEFAULT 0,
    changed_at timestamptz NOT NULL DEFAULT now()`

// `late` stands as it was found when the window was filed or changed: how long ahead notice is given may change.
const windows = `
  CREATE TABLE sluice.maintenance_window (
    id uuid PRIMARY KEY,
    -- Whose works; nobody's are the bus's own.
    member text REFERENCES sluice.member,
    subsystem text REFERENCES sluice.subsystem,
    -- One version alone, and not all that the system offers.
    service text REFERENCES sluice.service,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    works_az text NOT NULL CHECK (works_az <> ''),
    works_en text NOT NULL CHECK (works_en <> ''),
    filed_at timestamptz NOT NULL,
    -- Since when all of this time is known to be one of works.
    announced_at timestamptz NOT NULL,
    late boolean NOT NULL,
    called_off_at timestamptz,
    ended_at timestamptz,
    ${revision},
    CHECK (starts_at < ends_at),
    CHECK ((member IS NULL) = (subsystem IS NULL)),
    CHECK (service IS NULL OR starts_with(service, subsystem || '/')),
    CHECK (called_off_at IS NULL OR ended_at IS NULL),
    CHECK (ended_at BETWEEN starts_at AND ends_at)
  );
  CREATE INDEX maintenance_window_system ON sluice.maintenance_window (subsystem, ends_at);
  CREATE INDEX maintenance_window_time ON sluice.maintenance_window (ends_at)`

/** Whose works they are, and when they were told of, is evidence of a duty (C7): it stays. */
const filed = [
  `CREATE FUNCTION sluice.maintenance_window_filed() RETURNS trigger
   LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
   BEGIN
     RAISE EXCEPTION 'what is over or called off stays as it is' USING ERRCODE = '42501';
   END $$`,
  `CREATE TRIGGER filed BEFORE UPDATE ON sluice.maintenance_window
   FOR EACH ROW WHEN (OLD.called_off_at IS NOT NULL OR OLD.ended_at IS NOT NULL)
   EXECUTE FUNCTION sluice.maintenance_window_filed()`,
  `CREATE TRIGGER remembered AFTER INSERT OR UPDATE ON sluice.maintenance_window
   FOR EACH ROW EXECUTE FUNCTION sluice.registry_remembered('id')`,
]

// Written at every failure, and so not followed: those who have to know are notified.
const failures = `
  CREATE TABLE sluice.provider_failures (
    service text PRIMARY KEY REFERENCES sluice.service,
    -- In a row, over all workers and nodes.
    failures integer NOT NULL CHECK (failures >= 0),
    -- The only one whose requests failed.
    consumer text,
    failed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- When a worker last looked whether it can be reached again.
    probed_at timestamptz
  )`

const troubles = `
  CREATE TABLE sluice.provider_trouble (
    service text PRIMARY KEY REFERENCES sluice.service,
    state text NOT NULL CHECK (state IN ('FAULTY', 'ACTIVE')),
    reason text NOT NULL CHECK (reason IN ('unreachable', 'unanswered')),
    -- For whom alone it is closed.
    consumer text,
    probe text NOT NULL CHECK (probe IN ('connection', 'exchange')),
    since timestamptz NOT NULL DEFAULT clock_timestamp(),
    restored_at timestamptz,
    ${revision},
    CHECK ((state = 'ACTIVE') = (restored_at IS NOT NULL))
  )`

/** As the registry's other tables: a statement is a new generation, and every process loads what it wrote. */
const followed = (table: string): string[] => [
  `CREATE INDEX ON sluice.${table} (revision)`,
  `CREATE TRIGGER changed BEFORE INSERT OR UPDATE ON sluice.${table}
   FOR EACH STATEMENT EXECUTE FUNCTION sluice.registry_changed()`,
  `CREATE TRIGGER revised BEFORE INSERT OR UPDATE ON sluice.${table}
   FOR EACH ROW EXECUTE FUNCTION sluice.registry_revised()`,
  `CREATE TRIGGER keeps BEFORE DELETE OR TRUNCATE ON sluice.${table}
   FOR EACH STATEMENT EXECUTE FUNCTION sluice.registry_keeps()`,
]

/** Workers count failures, and tell of them; of other notices they see nothing but that one is not there twice. */
const grants = [
  'GRANT SELECT ON sluice.maintenance_window TO sluice_bus, sluice_admin',
  'GRANT INSERT ON sluice.maintenance_window TO sluice_admin',
  `GRANT UPDATE (starts_at, ends_at, works_az, works_en, announced_at, late, called_off_at, ended_at)
     ON sluice.maintenance_window TO sluice_admin`,
  'GRANT SELECT, INSERT, UPDATE ON sluice.provider_failures TO sluice_bus',
  'GRANT SELECT, INSERT, UPDATE ON sluice.provider_trouble TO sluice_bus',
  'GRANT SELECT ON sluice.provider_failures, sluice.provider_trouble TO sluice_admin',
  'GRANT INSERT, SELECT (once) ON sluice.notice TO sluice_bus',
]
