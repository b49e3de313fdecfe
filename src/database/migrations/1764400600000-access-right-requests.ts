import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Access rights that participants ask of each other, and what became of that. */
export class AccessRightRequests1764400600000 implements MigrationInterface {
  readonly name = 'AccessRightRequests1764400600000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [table, ...rules, ...grants]) await runner.query(statement)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sluice.access_right_request')
    await runner.query('DROP FUNCTION sluice.access_right_request_decided()')
  }
}

const table = `
  CREATE TABLE sluice.access_right_request (
    id uuid PRIMARY KEY,
    consumer text NOT NULL REFERENCES sluice.subsystem,
    provider text NOT NULL REFERENCES sluice.subsystem,
    service text NOT NULL,
    legal_basis text NOT NULL CHECK (legal_basis <> ''),
    purpose text NOT NULL CHECK (purpose <> ''),
    modes text[] NOT NULL CHECK (modes <> '{}'),
    omit text[] NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_until timestamptz,
    daily_quota integer CHECK (daily_quota > 0),
    asked_by text NOT NULL CHECK (asked_by <> ''),
    asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    state text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'granted', 'refused', 'withdrawn')),
    ground jsonb,
    decided_by text,
    decided_at timestamptz,
    access_right text REFERENCES sluice.access_right,
    revision integer NOT NULL DEFAULT 1,
    CHECK ((state = 'asked') = (decided_at IS NULL)),
    CHECK ((state = 'asked') = (decided_by IS NULL)),
    -- A refusal has its ground, and nothing else has one.
    CHECK ((state = 'refused') = (ground IS NOT NULL)),
    CHECK ((state = 'granted') = (access_right IS NOT NULL))
  )`

const rules = [
  // The same is asked once at a time.
  `CREATE UNIQUE INDEX access_right_request_open ON sluice.access_right_request (consumer, service, purpose)
   WHERE state = 'asked'`,
  'CREATE INDEX access_right_request_provider ON sluice.access_right_request (provider, id)',
  'CREATE INDEX access_right_request_consumer ON sluice.access_right_request (consumer, id)',
  `CREATE INDEX access_right_request_refused ON sluice.access_right_request (id) WHERE state = 'refused'`,
  `CREATE TRIGGER keeps BEFORE DELETE OR TRUNCATE ON sluice.access_right_request
   FOR EACH STATEMENT EXECUTE FUNCTION sluice.registry_keeps()`,
  `CREATE FUNCTION sluice.access_right_request_decided() RETURNS trigger
   LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
   BEGIN
     RAISE EXCEPTION 'what was decided of an access right request stays' USING ERRCODE = '42501';
   END $$`,
  `CREATE TRIGGER decided BEFORE UPDATE ON sluice.access_right_request
   FOR EACH ROW WHEN (OLD.state <> 'asked') EXECUTE FUNCTION sluice.access_right_request_decided()`,
]

const grants = [
  'GRANT SELECT, INSERT ON sluice.access_right_request TO sluice_admin',
  `GRANT UPDATE (state, ground, decided_by, decided_at, access_right, revision)
     ON sluice.access_right_request TO sluice_admin`,
]
